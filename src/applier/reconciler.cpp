#include "applier/reconciler.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace nodewall::applier {

namespace {

std::size_t members_of(const model::plan& plan) {
    std::size_t count = 0;
    for (const auto& step : plan.steps)
        std::visit(
            [&](const auto& s) {
                if constexpr (requires { s.members; })
                    count += s.members.size();
            },
            step);
    return count;
}

} // namespace

reconciler::reconciler(std::function<double()> jitter) : jitter_(std::move(jitter)) {}

void reconciler::want(std::shared_ptr<const model::ruleset> desired, std::uint64_t seq) {
    desired_ = {std::move(desired), seq};
    news_ = true;
}

void reconciler::resync() {
    if (in_flight_ || outcome_due_) {
        stale_ = true;
        return;
    }
    if (actual_)
        expected_ = std::move(actual_);
    actual_.reset();
    news_ = desired_.ruleset != nullptr;
}

void reconciler::restart() {
    if (std::exchange(in_flight_, false))
        actual_.reset(); // how far the plan came is not known: nobody else's drift
    outcome_due_ = false;
    delay_.reset();
    resync();
}

action reconciler::next() {
    if (outcome_due_)
        return idle{};
    if (delay_)
        return wait_for{*std::exchange(delay_, std::nullopt)};
    if (!in_flight_ && !news_)
        return idle{};
    if (!actual_) {
        outcome_due_ = true;
        return read_kernel{};
    }
    if (!in_flight_)
        begin();
    if (!in_flight_)
        return idle{};
    outcome_due_ = true;
    return apply_plan{plan_, steps_done_};
}

void reconciler::on_read(result<kernel_view> seen) {
    outcome_due_ = false;
    stale_ = false;
    if (!seen)
        return back_off(seen.error());
    families_ = std::move(seen->families);
    remarks_ = std::move(seen->remarks);
    actual_ = std::make_shared<const model::ruleset>(std::move(seen->rules));
    drift_ = drift_ || (expected_ && !plan_to(*actual_, *expected_).empty());
    expected_.reset();
}

void reconciler::on_applied(const model::apply_outcome& outcome) {
    outcome_due_ = false;
    commits_ += outcome.commits;
    if (outcome.failures.empty())
        return settle();
    const auto& why = outcome.failures.front();
    if (why.is(model::dataplane_errc::busy)) {
        steps_done_ = outcome.steps_done;
        return retry_in(limits::xtables_lock_retry, why);
    }
    in_flight_ = false;
    news_ = true;
    actual_.reset();
    back_off(why);
}

std::optional<applied> reconciler::take_applied() {
    return std::exchange(applied_, std::nullopt);
}

/// A family that the kernel lacks is not waited for.
model::plan reconciler::plan_to(const model::ruleset& from, const model::ruleset& to) const {
    return only_families(make_plan(from, to), families_);
}

void reconciler::begin() {
    goal_ = desired_;
    news_ = false;
    plan_ = plan_to(*actual_, *goal_.ruleset);
    steps_done_ = commits_ = 0;
    in_flight_ = true;
    if (plan_.empty())
        settle();
}

void reconciler::settle() {
    in_flight_ = false;
    actual_ = goal_.ruleset;
    applied_ = applied{.ruleset = goal_.ruleset,
                       .seq = goal_.seq,
                       .commits = commits_,
                       .steps = plan_.steps.size(),
                       .members_changed = members_of(plan_),
                       .drift = drift_,
                       .remarks = remarks_};
    drift_ = false;
    attempts_ = 0;
    failure_.reset();
    plan_ = {};
    if (std::exchange(stale_, false))
        resync();
}

void reconciler::retry_in(std::chrono::nanoseconds delay, const error& why) {
    delay_ = delay;
    failure_ = why;
}

/// Full jitter: anywhere between nothing and a bound that doubles with each failure.
void reconciler::back_off(const error& why) {
    const auto bound = std::min<std::chrono::nanoseconds>(
        limits::backoff_max, limits::apply_retry_first * (1U << std::min(attempts_, 16U)));
    ++attempts_;
    retry_in(std::chrono::duration_cast<std::chrono::nanoseconds>(bound * jitter_()), why);
}

} // namespace nodewall::applier
