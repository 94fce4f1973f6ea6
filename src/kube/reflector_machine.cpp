#include "kube/reflector_machine.hpp"

#include "base/limits.hpp"
#include "http/error.hpp"
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
/// So many of them at one cursor are a reason to list: the server never gets beyond it.
constexpr unsigned instant_ends_in_vain = 10;

bool says_history_is_lost(const error& cause) {
    return cause.is(errc::gone) || cause.is(errc::version_too_large) || cause.is(errc::bad_request);
}

/// Tokens, certificates and authorities are rotated in their files.
bool says_credentials_are_old(const error& cause) {
    return cause.is(errc::unauthorized) || cause.is(http::errc::untrusted) ||
           cause.is(http::errc::tls_failed);
}

/// Of a watch that is refused: whether that may be for ever at this cursor. What a server says of
/// itself, or of who asks, says nothing about the cursor, and no more does one that is not reached.
bool concerns_cursor(const error& cause) {
    return !says_credentials_are_old(cause) && !cause.is(errc::busy) &&
           !cause.is(errc::forbidden) && !cause.is(errc::not_found) &&
           !cause.is(http::errc::cannot_connect) && !cause.is(http::errc::cannot_resolve);
}

/// It may have been too much for the time, or for the server.
bool says_page_did_not_fit(const error& cause) {
    return cause.is(http::errc::timed_out) || cause.is(http::errc::closed) ||
           cause.is(http::errc::io) || cause.is(errc::server_failure);
}

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
    failures_here_ = instant_ends_ = 0;
    heard_since_list_ = true;
    reloaded_ = false;
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
        return step::list{continue_token_, page_objects_};
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

void reflector_machine::on_page(answer<codec::list_page> outcome, std::size_t items) {
    if (!outcome)
        return page_refused(outcome.error(), items);
    reloaded_ = false;
    auto& page = *outcome;
    for (const auto& object : page.objects)
        status_.unread += object.unread.empty() ? 0 : 1;
    status_.unread += page.unnamed.empty() ? 0 : 1;
    std::move(page.objects.begin(), page.objects.end(), std::back_inserter(listed_.objects));
    if (listed_.unnamed.empty())
        listed_.unnamed = std::move(page.unnamed);
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

/// Only a complete list counts. A page that was too large, or did not arrive whole, is asked for
/// with fewer objects; one that was read up to its bound leaves the pages before it as they are.
void reflector_machine::page_refused(const failure& why, std::size_t items) {
    const bool too_large = why.cause.is(codec::errc::too_large);
    if (page_objects_ > 1 && (too_large || says_page_did_not_fit(why.cause))) {
        const auto half = page_objects_ / 2; // the last one that was seen did not fit
        page_objects_ =
            items == 0 ? half : static_cast<unsigned>(std::clamp<std::size_t>(items - 1, 1, half));
        if (too_large)
            return;
    }
    const bool token_expired = why.cause.is(errc::gone) && !continue_token_.empty();
    const bool again = std::exchange(token_restarted_, token_expired);
    listed_ = {};
    continue_token_.clear();
    if (token_expired && !again)
        return;
    refused(why, state::list);
}

void reflector_machine::on_list_appended() {
    page_objects_ = std::min(page_objects_ * 2, limits::list_page_objects);
    ++(lost_reason_.empty() ? status_.lists : status_.relists);
    lost_reason_.clear();
    heard_since_list_ = false;
    status_.caught_up = true;
    status_.last_error.reset();
    go(state::watch);
}

void reflector_machine::lose_history(std::string reason) {
    status_.caught_up = false;
    failures_here_ = instant_ends_ = 0;
    lost_reason_ = std::move(reason);
    start_list();
    // A list whose watch is refused at once would otherwise go round without a pause.
    if (!std::exchange(heard_since_list_, true))
        wait_then(state::list, backoff_.next());
}

// ---- watch ------------------------------------------------------------------------------------

void reflector_machine::on_watch_opened(std::optional<failure> problem) {
    if (problem) // of a watch, behind a probe that was answered
        return concerns_cursor(problem->cause) ? failed_here(*problem)
                                               : refused(*problem, state::probe);
    opened_ = heard_ = now_();
    moved_ = false;
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
        status_.unread += event.object.unread.empty() ? 0 : 1;
        status_.caught_up = true;
        heard_since_list_ = true;
        if (event.object.resource_version == status_.resource_version)
            continue; // a bookmark that is repeated gets nobody beyond the cursor
        status_.resource_version = event.object.resource_version;
        failures_here_ = instant_ends_ = 0;
        moved_ = true;
    }
    status_.last_event = at;
    heard_ = now_();
}

void reflector_machine::on_error_event(const failure& what) {
    failed_here(what);
}

void reflector_machine::on_broken_frame(error what) {
    failed_here({std::move(what)});
}

void reflector_machine::failed_here(const failure& f) {
    if (++failures_here_ < limits::watch_failures_max || says_history_is_lost(f.cause))
        return refused(f, state::probe);
    status_.last_error = f.cause;
    lose_history(fmt::format("{} watches in a row failed behind resourceVersion {}: {}",
                             limits::watch_failures_max, status_.resource_version,
                             f.cause.message()));
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
    instant_ends_ = lasted < instant && !moved_ ? instant_ends_ + 1 : 0;
    if (instant_ends_ >= instant_ends_in_vain)
        return lose_history(
            fmt::format("{} watches in a row ended at once behind resourceVersion {}",
                        instant_ends_in_vain, status_.resource_version));
    go(state::probe);
    if (instant_ends_ >= instant_ends_max)
        wait_then(state::probe, backoff_.next());
}

/// The server forgot its timeout, or was silent for so long that the connection is doubted: silence
/// is no lost history, and the probe tells whether there is any.
void reflector_machine::on_read_timed_out() {
    resume(true);
}

// ---- refusals ---------------------------------------------------------------------------------

void reflector_machine::refused(const failure& f, reflector_state again) {
    const auto& cause = f.cause;
    status_.last_error = cause;
    status_.caught_up = false;
    const bool resuming = again != state::list;
    if (resuming && says_history_is_lost(cause))
        return lose_history(cause.message());
    if (says_credentials_are_old(cause) && !std::exchange(reloaded_, true)) {
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
