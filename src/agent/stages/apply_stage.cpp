#include "agent/stages/apply_stage.hpp"

#include "agent/stages/agent_events.hpp"
#include "async/hop.hpp"
#include "async/task_group.hpp"
#include "base/limits.hpp"
#include "base/memory.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace nodewall::agent {

namespace {

/// Of what the kernel holds, hexadecimal.
result<std::string> digest_of(ruleset::dataplane& kernel) {
    const auto seen = kernel.read();
    if (!seen)
        return seen.error();
    return to_hex(seen->rules.digest());
}

/// Whether the coroutine's next steps throw once it is cancelled.
auto cancellation(bool ends_it) {
    return boost::asio::this_coro::throw_if_cancelled(ends_it);
}

} // namespace

apply_stage::apply_stage(ruleset::dataplane& kernel, log_stage& log, std::string node,
                         async::clock& time, std::function<double()> random, async::executor pool,
                         meters& measured, logger& logger)
    : kernel_(kernel), log_(log), node_(std::move(node)), time_(time), pool_(std::move(pool)),
      measured_(measured), logger_(logger), machine_(std::move(random)) {}

// What goes wrong here is told by the next attempt.
void apply_stage::read_ahead() {
    ahead_ = std::make_shared<std::optional<reading>>();
    boost::asio::post(pool_, [&kernel = kernel_, ahead = ahead_] {
        try {
            if (auto seen = kernel.read())
                *ahead = std::move(seen);
        } catch (const std::exception&) { // as above
        }
    });
}

void apply_stage::want(compiled c) {
    machine_.want(std::move(c.rules), c.seq);
    wake_.notify();
}

async::awaitable<void> apply_stage::run() {
    machine_.restart();
    for (;;) {
        co_await cancellation(false); // what was done to the kernel is recorded
        co_await note_outcome();
        const auto action = machine_.next(time_.steady());
        co_await note_outcome(); // nothing was to do
        co_await cancellation(true);
        co_await perform(action);
    }
}

async::awaitable<void> apply_stage::watch_drift(ruleset::dataplane& kernel, async::executor pool) {
    for (;;) {
        co_await time_.sleep(limits::resync_interval);
        const auto applies = stats_.applies;
        auto read = [&kernel] {
            auto digest = digest_of(kernel);
            return_free_memory(); // the kernel's members are as much again as our own
            return digest;
        };
        const auto found = co_await async::on_pool(pool, read);
        // Something was applied meanwhile, or cannot be: the next look tells more.
        if (!found || noting_ || !stats_.enforcing || stats_.applies != applies ||
            *found == stats_.digest)
            continue;
        machine_.resync();
        wake_.notify();
    }
}

async::awaitable<void> apply_stage::perform(const applier::action& what) {
    if (std::holds_alternative<applier::read_kernel>(what)) {
        begun_ = time_.steady();
        const at_work working(measured_.kernel_work);
        auto read = [&kernel = kernel_, ahead = std::exchange(ahead_, nullptr)] {
            return ahead && *ahead ? *std::exchange(*ahead, std::nullopt) : kernel.read();
        };
        machine_.on_read(co_await async::on_pool(pool_, std::move(read)));
    } else if (const auto* apply = std::get_if<applier::apply_ruleset>(&what)) {
        if (!machine_.failure())
            begun_ = time_.steady();
        const at_work working(measured_.kernel_work);
        auto bring = [this, to = apply->to] { return kernel_.apply(to); };
        const auto outcome = co_await async::on_pool(pool_, std::move(bring));
        machine_.on_applied(outcome, time_.steady());
    } else if (std::holds_alternative<applier::tidy_up>(what)) {
        const at_work working(measured_.kernel_work);
        const auto outcome = co_await async::on_pool(pool_, [&] { return kernel_.tidy(); });
        machine_.on_tidied(outcome, time_.steady());
    } else if (const auto* wait = std::get_if<applier::wait_for>(&what)) {
        std::vector<async::awaitable<void>> either;
        either.push_back(time_.sleep(wait->delay));
        either.push_back(wake_.wait());
        co_await async::run_all(std::move(either));
    } else {
        co_await wake_.wait();
    }
}

async::awaitable<void> apply_stage::note_outcome() {
    if (const auto done = machine_.take_applied())
        co_await note_applied(*done);
    const auto& failure = machine_.failure();
    const auto text = failure ? failure->message() : std::string();
    if (text == stats_.last_error)
        co_return;
    if (failure && !failure->is(ruleset::dataplane_errc::busy)) {
        ++stats_.failures;
        logger_.error("cannot apply the rules, trying again: {}", text);
    }
    stats_.last_error = text;
    changed_();
}

// The digest of a large ruleset takes its time: the service is ready before that.
async::awaitable<void> apply_stage::note_applied(const applier::applied& done) {
    measured_.timing.applied(done.seq);
    note_set_apart(done.set_apart);
    const auto took = time_.steady() - begun_;
    const auto at = time_.now();
    if (!std::exchange(stats_.enforcing, true))
        changed_();
    noting_ = true;
    auto compute = [rules = done.ruleset] { return to_hex(rules->digest()); };
    auto digest = co_await async::on_pool(pool_, std::move(compute));
    noting_ = false;

    ++stats_.applies;
    stats_.commits += done.commits;
    stats_.applied_seq = done.seq;
    if (done.steps > 0)
        stats_.last_change = at;
    stats_.rules = done.ruleset->rule_count();
    stats_.members = done.ruleset->member_count();
    if (done.drift) {
        ++stats_.drifts;
        logger_.warning("the kernel had drifted from what was applied: {} steps repaired it",
                        done.steps);
        log_.record(event_class::drift, drifted_event(done));
    }
    if (done.steps > 0 || digest != stats_.digest) {
        log_.record(event_class::applied, applied_event(done, digest, node_, took));
        logger_.info("applied seq {}: {} rules, {} members ({} changed, {} commits)", done.seq,
                     stats_.rules, stats_.members, done.members_changed, done.commits);
    }
    stats_.digest = std::move(digest);
    changed_();
}

void apply_stage::note_set_apart(const std::vector<std::string>& doors) {
    if (doors == stats_.set_apart)
        return;
    for (const auto& door : doors)
        if (std::ranges::find(stats_.set_apart, door) == stats_.set_apart.end())
            logger_.error(
                "{} refuses everyone: the kernel did not take whom it admits; all else is "
                "applied, and this is tried again: give its policies fewer peers",
                door);
    if (doors.empty())
        logger_.info("the kernel takes everything again");
    stats_.set_apart = doors;
    changed_();
}

} // namespace nodewall::agent
