#include "kube/reflector_machine.hpp"

#include "base/limits.hpp"
#include "model/event.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace nodewall::kube {

using namespace std::chrono_literals;
using state = reflector_state;

namespace {

/// A kind that is forbidden or missing is asked for again this slowly.
constexpr auto slow_retry = 30s;
/// What Retry-After may ask for at most.
constexpr auto retry_after_max = 5min;
/// timeoutSeconds is drawn from here on, up to twice as much.
constexpr auto watch_timeout_min = 300s;
/// A watch that goes on this long after its timeout is dropped.
constexpr auto watch_grace = 30s;
/// A watch without an event that ends sooner was no watch; thrice in a row is a reason to wait.
constexpr auto instant = 1s;
constexpr unsigned instant_ends_max = 3;

std::string too_large_body(std::size_t bytes, std::string_view cursor) {
    return boost::json::serialize(boost::json::object{
        {"bound", limits::frame_bytes_max}, {"bytes", bytes}, {"resourceVersion", cursor}});
}

} // namespace

std::string_view to_string(reflector_state s) {
    static constexpr std::array<std::string_view, 8> names{
        "reading the log",         "probing",         "listing",
        "appending the list",      "opening a watch", "watching",
        "reading the credentials", "waiting"};
    return names[static_cast<std::size_t>(s)];
}

reflector_machine::reflector_machine(std::string stream, async::jitter random, steady_clock now)
    : stream_(std::move(stream)), random_(random), backoff_(std::move(random)),
      now_(std::move(now)) {}

void reflector_machine::restart() {
    status_.caught_up = false;
    status_.resource_version.clear();
    lost_reason_.clear();
    broken_ = instant_ends_ = 0;
    heard_since_list_ = true;
    agent_event_.reset();
    go(state::load_cursor);
}

void reflector_machine::begin_anew() {
    restart();
    status_.lists = 0;
}

void reflector_machine::on_stopped(error why) {
    restart();
    status_.last_error = std::move(why);
}

action reflector_machine::next() {
    if (agent_event_)
        return step::append_agent_event{*std::exchange(agent_event_, std::nullopt)};
    switch (status_.state) {
    case state::load_cursor:
        return step::load_cursor{};
    case state::probe:
        return step::probe{status_.resource_version};
    case state::list:
        return step::list{continue_token_};
    case state::append_list:
        return step::append_list{std::exchange(listed_, {})};
    case state::watch:
        watch_timeout_ =
            watch_timeout_min +
            std::chrono::seconds(static_cast<long>(random_() * watch_timeout_min.count()));
        return step::watch{status_.resource_version, watch_timeout_};
    case state::read:
        return make_read();
    case state::reload_credentials:
        return step::reload_credentials{};
    case state::wait:
        break;
    }
    return step::wait{delay_, status_.last_error};
}

step::read reflector_machine::make_read() const {
    const auto silent_at = heard_ + limits::watch_silence_max;
    const auto overdue_at = opened_ + watch_timeout_ + watch_grace;
    return step::read{std::max(std::min(silent_at, overdue_at) - now_(), nanoseconds::zero())};
}

void reflector_machine::wait_then(reflector_state again, nanoseconds duration) {
    after_ = again;
    delay_ = duration;
    go(state::wait);
}

void reflector_machine::on_waited() {
    go(after_);
}

// ---- cursor and probe -------------------------------------------------------------------------

void reflector_machine::on_cursor(std::optional<std::string> resource_version) {
    if (!resource_version)
        return start_list();
    status_.resource_version = std::move(*resource_version);
    go(state::probe);
}

void reflector_machine::on_probe(answer<std::string> outcome) {
    if (!outcome)
        return refused(outcome.error(), state::probe);
    reloaded_ = false;
    // Nothing has happened since the cursor: there is nothing to catch up with.
    if (*outcome == status_.resource_version)
        status_.caught_up = true;
    go(state::watch);
}

// ---- list -------------------------------------------------------------------------------------

void reflector_machine::start_list() {
    listed_ = {};
    continue_token_.clear();
    token_restarted_ = false;
    go(state::list);
}

void reflector_machine::on_page(answer<codec::list_page> outcome) {
    if (!outcome) {
        const auto& why = outcome.error();
        const bool token_expired = why.cause.is(errc::gone) && !continue_token_.empty();
        const bool again = std::exchange(token_restarted_, token_expired);
        // Only a complete list counts: whatever failed, the next attempt begins with a first page.
        listed_ = {};
        continue_token_.clear();
        if (token_expired && !again)
            return;
        return refused(why, state::list);
    }
    reloaded_ = false;
    auto& page = *outcome;
    std::move(page.objects.begin(), page.objects.end(), std::back_inserter(listed_.objects));
    continue_token_ = std::move(page.continue_token);
    if (!continue_token_.empty())
        return;
    listed_.stream = stream_;
    listed_.resource_version = page.resource_version;
    listed_.why = lost_reason_.empty() ? model::listed_objects::cause::first
                                       : model::listed_objects::cause::lost_history;
    listed_.reason = lost_reason_;
    status_.resource_version = std::move(page.resource_version);
    go(state::append_list);
}

void reflector_machine::on_list_appended() {
    ++(lost_reason_.empty() ? status_.lists : status_.relists);
    lost_reason_.clear();
    heard_since_list_ = false;
    status_.caught_up = true;
    status_.last_error.reset();
    go(state::watch);
}

void reflector_machine::lose_history(std::string reason) {
    status_.caught_up = false;
    lost_reason_ = std::move(reason);
    start_list();
    // A list whose watch is refused at once would otherwise go round without a pause.
    if (!std::exchange(heard_since_list_, true))
        wait_then(state::list, backoff_.next());
}

// ---- watch ------------------------------------------------------------------------------------

void reflector_machine::on_watch_opened(std::optional<failure> problem) {
    if (problem)
        return refused(*problem, state::probe);
    opened_ = heard_ = now_();
    heard_ever_ = false;
    reloaded_ = false;
    status_.last_error.reset();
    ++status_.watches;
    go(state::read);
}

void reflector_machine::on_events(const std::vector<model::observed_event>& events, timestamp at) {
    for (const auto& event : events) {
        ++status_.events[static_cast<std::size_t>(event.what)];
        if (event.what == model::observed_event::action::error)
            continue;
        status_.resource_version = event.object.resource_version;
        status_.caught_up = true;
        heard_since_list_ = true;
        broken_ = instant_ends_ = 0;
    }
    status_.last_event = at;
    heard_ = now_();
    heard_ever_ = true;
}

void reflector_machine::on_error_event(const failure& what) {
    refused(what, state::probe);
}

void reflector_machine::on_broken_frame(error what) {
    status_.last_error = what;
    if (++broken_ < limits::broken_frames_max) {
        status_.caught_up = false;
        return wait_then(state::probe, backoff_.next());
    }
    broken_ = 0;
    lose_history(fmt::format("the same frame was broken {} times: {}", limits::broken_frames_max,
                             what.message()));
}

void reflector_machine::on_frame_too_large(error what, std::size_t bytes) {
    const auto& cursor = status_.resource_version;
    if (std::exchange(too_large_behind_, cursor) != cursor)
        agent_event_ = {std::string(model::event_type::too_large), too_large_body(bytes, cursor),
                        stream_};
    on_broken_frame(std::move(what));
}

void reflector_machine::on_watch_ended() {
    resume(true);
}

void reflector_machine::on_watch_failed(error what) {
    status_.last_error = std::move(what);
    resume(false);
}

void reflector_machine::resume(bool in_order) {
    const auto lasted = now_() - opened_;
    status_.caught_up = status_.caught_up && in_order;
    if (lasted >= limits::backoff_reset_after)
        backoff_.reset();
    instant_ends_ = lasted < instant && !heard_ever_ ? instant_ends_ + 1 : 0;
    go(state::probe);
    if (instant_ends_ >= instant_ends_max)
        wait_then(state::probe, backoff_.next());
}

void reflector_machine::on_read_timed_out() {
    if (now_() - heard_ < limits::watch_silence_max)
        return resume(true); // the server forgot its timeout
    status_.last_error = error(errc::silent, stream_);
    lose_history(fmt::format("the watch brought neither event nor bookmark for {} s",
                             std::chrono::seconds(limits::watch_silence_max).count()));
}

// ---- refusals ---------------------------------------------------------------------------------

void reflector_machine::refused(const failure& f, reflector_state again) {
    const auto& cause = f.cause;
    status_.last_error = cause;
    status_.caught_up = false;
    const bool resuming = again != state::list;
    if (resuming &&
        (cause.is(errc::gone) || cause.is(errc::version_too_large) || cause.is(errc::bad_request)))
        return lose_history(cause.message());
    if (cause.is(errc::unauthorized) && !std::exchange(reloaded_, true)) {
        after_ = again;
        return go(state::reload_credentials);
    }
    if (cause.is(errc::forbidden) || cause.is(errc::not_found))
        return wait_then(again, slow_retry);
    if (cause.is(errc::busy) && f.retry_after)
        return wait_then(again, std::min<nanoseconds>(*f.retry_after, retry_after_max));
    wait_then(again, backoff_.next());
}

void reflector_machine::on_credentials(result<void> outcome) {
    if (outcome)
        return go(after_);
    status_.last_error = outcome.error();
    wait_then(after_, backoff_.next());
}

} // namespace nodewall::kube
