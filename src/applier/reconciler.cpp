#include "applier/reconciler.hpp"

#include "base/limits.hpp"
#include "ruleset/set_apart.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace nodewall::applier {

namespace {

/// So many attempts that set something apart follow each other without a wait: a kernel that
/// refuses more than that lacks something for all.
constexpr unsigned set_apart_at_once = 32;

} // namespace

reconciler::reconciler(std::function<double()> jitter) : jitter_(std::move(jitter)) {}

void reconciler::want(std::shared_ptr<const ruleset::ruleset> desired, std::uint64_t seq) {
    desired_ = {std::move(desired), seq};
    news_ = true;
}

void reconciler::resync() {
    if (outcome_ != due::nothing) {
        stale_ = true;
        return;
    }
    if (known_ && actual_)
        expected_ = std::move(actual_);
    actual_.reset();
    known_ = false;
    news_ = desired_.ruleset != nullptr;
}

void reconciler::restart() {
    if (std::exchange(outcome_, due::nothing) != due::nothing) {
        known_ = false; // how far it came is not known: nobody else's drift
        actual_.reset();
    }
    delay_.reset();
    resync();
}

action reconciler::next(nanoseconds now) {
    if (outcome_ != due::nothing)
        return idle{};
    take_back_what_was_set_apart(now);
    if (delay_)
        return wait_for{*std::exchange(delay_, std::nullopt)};
    if (news_ && !known_) {
        outcome_ = due::read;
        return read_kernel{};
    }
    if (news_) {
        outcome_ = due::applied;
        goal_ = desired_;
        given_ = without_those_apart();
        return apply_ruleset{given_};
    }
    const auto tidy_at = known_ ? tidy_at_ : std::nullopt;
    if (!tidy_at && !whole_at_)
        return idle{};
    if (!tidy_at || now < *tidy_at)
        return wait_for{
            std::min(tidy_at.value_or(nanoseconds::max()), whole_at_.value_or(nanoseconds::max())) -
            now};
    outcome_ = due::tidied;
    return tidy_up{};
}

void reconciler::on_read(result<ruleset::kernel_view> seen) {
    outcome_ = due::nothing;
    stale_ = false;
    if (!seen)
        return failed(seen.error());
    known_ = true;
    remarks_ = std::move(seen->remarks);
    drift_ = drift_ || (expected_ && !same_content(seen->rules, *expected_, seen->families));
    expected_.reset();
}

void reconciler::on_applied(const ruleset::apply_outcome& outcome, nanoseconds now) {
    outcome_ = due::nothing;
    steps_ += outcome.steps;
    commits_ += outcome.commits;
    members_changed_ += outcome.members_changed;
    if (!outcome.failure) {
        tidy_at_ = outcome.untidy ? std::optional(now + limits::slot_rest) : std::nullopt;
        return settle(now);
    }
    if (outcome.failure->is(ruleset::dataplane_errc::busy))
        return retry_in(limits::xtables_lock_retry, *outcome.failure);
    if (set_apart(outcome) && ++set_apart_in_a_row_ <= set_apart_at_once) {
        known_ = false;
        actual_.reset();
        news_ = true;
        failure_ = *outcome.failure;
        return;
    }
    failed(*outcome.failure);
}

void reconciler::on_tidied(const ruleset::apply_outcome& outcome, nanoseconds now) {
    outcome_ = due::nothing;
    tidy_at_.reset();
    if (outcome.untidy)
        tidy_at_ = now + limits::slot_rest;
    if (outcome.failure && !outcome.failure->is(ruleset::dataplane_errc::busy))
        failed(*outcome.failure);
    if (std::exchange(stale_, false))
        resync();
}

std::optional<applied> reconciler::take_applied() {
    return std::exchange(applied_, std::nullopt);
}

void reconciler::settle(nanoseconds now) {
    actual_ = given_;
    if (apart_.empty())
        set_apart_times_ = 0;
    else if (!whole_at_)
        whole_at_ = now + limits::set_apart_retry * (1U << std::min(set_apart_times_, 6U));
    news_ = desired_.ruleset != goal_.ruleset || desired_.seq != goal_.seq;
    applied_ = applied{.ruleset = given_,
                       .seq = goal_.seq,
                       .commits = std::exchange(commits_, 0),
                       .steps = std::exchange(steps_, 0),
                       .members_changed = std::exchange(members_changed_, 0),
                       .drift = std::exchange(drift_, false),
                       .refused_units = {},
                       .set_apart = apart_.empty() ? std::vector<std::string>{} : reduced_.doors,
                       .remarks = remarks_};
    for (const auto& [unit, why] : apart_)
        applied_->refused_units.push_back(unit);
    attempts_ = set_apart_in_a_row_ = 0;
    suspected_.clear();
    failure_.reset();
    if (std::exchange(stale_, false))
        resync();
}

bool reconciler::set_apart(const ruleset::apply_outcome& outcome) {
    if (!outcome.failure->is(ruleset::dataplane_errc::kernel_refused))
        return false; // it would be so for every unit
    bool any = false;
    for (const auto& unit : outcome.refused_units) {
        const bool is_new = suspected_.insert(unit).second; // once may be chance
        if (is_new || (apart_.size() < limits::set_apart_max &&
                       apart_.emplace(unit, outcome.failure->message()).second))
            any = true;
    }
    if (any)
        reduced_ = {};
    return any;
}

void reconciler::take_back_what_was_set_apart(nanoseconds now) {
    if (!whole_at_ || now < *whole_at_)
        return;
    whole_at_.reset();
    ++set_apart_times_;
    apart_.clear();
    reduced_ = {};
    news_ = desired_.ruleset != nullptr;
}

/// The desired ruleset, or the same one each time that lacks what is set apart.
reconciler::shared_ruleset reconciler::without_those_apart() {
    if (apart_.empty())
        return desired_.ruleset;
    if (reduced_.of == desired_.ruleset)
        return reduced_.rules;
    std::set<std::string> units;
    for (const auto& [unit, why] : apart_)
        units.insert(unit);
    auto reduced = ruleset::without(*desired_.ruleset, units);
    reduced_ = {.of = desired_.ruleset,
                .rules = std::make_shared<const ruleset::ruleset>(std::move(reduced.rules)),
                .doors = {}};
    for (const auto& door : reduced.shut) {
        std::string whose;
        for (const auto& cause : door->causes)
            whose += (whose.empty() ? " of " : ", ") + cause.kind + ' ' + cause.key.to_string();
        reduced_.doors.push_back(door->name + whose);
    }
    return reduced_.rules;
}

/// What the kernel holds is not known any more. Full jitter: the next attempt comes anywhere
/// between now and a bound that doubles with each failure.
void reconciler::failed(const error& why) {
    known_ = false;
    actual_.reset();
    news_ = desired_.ruleset != nullptr;
    const auto bound = std::min<nanoseconds>(
        limits::backoff_max, limits::apply_retry_first * (1U << std::min(attempts_, 16U)));
    ++attempts_;
    retry_in(std::chrono::duration_cast<nanoseconds>(bound * jitter_()), why);
}

void reconciler::retry_in(nanoseconds delay, const error& why) {
    delay_ = delay;
    failure_ = why;
}

bool same_content(const ruleset::ruleset& a, const ruleset::ruleset& b,
                  const std::vector<model::family>& families) {
    const auto there = [&](const ruleset::unit* u) {
        return u != nullptr && std::ranges::find(families, u->fam) != families.end();
    };
    for (const auto& [left, right] : ruleset::unit_map::differences(a.units(), b.units())) {
        if (there(left.get()) != there(right.get()))
            return false;
        if (there(left.get()) && !left->same_content(*right))
            return false;
    }
    return true;
}

} // namespace nodewall::applier
