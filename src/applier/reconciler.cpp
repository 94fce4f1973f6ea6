#include "applier/reconciler.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <utility>

namespace nodewall::applier {

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
    if (delay_)
        return wait_for{*std::exchange(delay_, std::nullopt)};
    if (news_ && !known_) {
        outcome_ = due::read;
        return read_kernel{};
    }
    if (news_) {
        outcome_ = due::applied;
        goal_ = desired_;
        return apply_ruleset{goal_.ruleset};
    }
    if (!tidy_at_ || !known_)
        return idle{};
    if (now < *tidy_at_)
        return wait_for{*tidy_at_ - now};
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
        return settle();
    }
    if (outcome.failure->is(ruleset::dataplane_errc::busy))
        return retry_in(limits::xtables_lock_retry, *outcome.failure);
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

void reconciler::settle() {
    actual_ = goal_.ruleset;
    news_ = desired_.ruleset != goal_.ruleset || desired_.seq != goal_.seq;
    applied_ = applied{.ruleset = goal_.ruleset,
                       .seq = goal_.seq,
                       .commits = std::exchange(commits_, 0),
                       .steps = std::exchange(steps_, 0),
                       .members_changed = std::exchange(members_changed_, 0),
                       .drift = std::exchange(drift_, false),
                       .remarks = remarks_};
    attempts_ = 0;
    failure_.reset();
    if (std::exchange(stale_, false))
        resync();
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
