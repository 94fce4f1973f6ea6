#include "kube/reflector.hpp"

#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "base/limits.hpp"
#include "codec/unread.hpp"
#include "kube/refusal.hpp"

#include <utility>
#include <variant>

namespace nodewall::kube {

using async::awaitable;
using event_action = model::observed_event::action;

reflector::reflector(const codec::kind_row& what, std::string version, reflector_tools tools)
    : where_{&what, std::move(version)}, tools_(std::move(tools)),
      machine_(what.stream, tools_.random, [&time = tools_.time] { return time.steady(); }),
      lane_(tools_.log, what.stream, tools_.queue_bytes_max) {}

awaitable<void> reflector::run() {
    machine_.restart();
    lane_.restart();
    std::vector<awaitable<void>> tasks;
    tasks.push_back(follow());
    tasks.push_back(lane_.run());
    try {
        co_await async::run_all(std::move(tasks));
    } catch (const error_exception& failed) {
        machine_.on_stopped(failed.cause());
        if (tools_.on_change)
            tools_.on_change();
        throw;
    }
}

awaitable<void> reflector::follow() {
    const auto said = [this] {
        return std::pair(status().caught_up, status().last_error.has_value());
    };
    auto before = said();
    for (;;) {
        auto next = machine_.next();
        if (!std::holds_alternative<step::read>(next))
            watch_.reset();
        co_await std::visit([this](auto& what) { return perform(std::move(what)); }, next);
        if (std::exchange(before, said()) != before && tools_.on_change)
            tools_.on_change();
    }
}

awaitable<void> reflector::perform(step::load_cursor) {
    auto cursor = co_await cursor_of(tools_.log, what().stream);
    if (!cursor)
        throw error_exception(cursor.error());
    machine_.on_cursor(std::move(*cursor));
}

awaitable<void> reflector::perform(step::probe what) {
    // Named: g++ 12 destroys an aggregate temporary within a co_await expression twice.
    list_query query{.limit = 1,
                     .continue_token = {},
                     .resource_version = std::move(what.resource_version),
                     .not_older = true};
    const auto page = co_await tools_.api.list(where_, std::move(query));
    if (!page)
        look_at(page.error());
    machine_.on_probe(page ? answer<std::string>(page->resource_version) : page.error());
}

awaitable<void> reflector::perform(step::list what) {
    list_query query{.limit = what.limit,
                     .continue_token = std::move(what.continue_token),
                     .resource_version = {},
                     .not_older = false};
    std::size_t items = 0;
    auto page = co_await tools_.api.list(where_, std::move(query), &items);
    if (!page)
        look_at(page.error());
    else
        say_unread(*page);
    machine_.on_page(std::move(page), items);
}

awaitable<void> reflector::perform(step::append_list list) {
    co_await lane_.append_last(std::move(list.what));
    machine_.on_list_appended();
}

awaitable<void> reflector::perform(step::append_agent_event event) {
    co_await lane_.append_last(std::move(event.what));
}

awaitable<void> reflector::perform(step::watch what) {
    auto opened = co_await tools_.api.watch(where_, what.resource_version, what.timeout);
    if (!opened) {
        look_at(opened.error());
        machine_.on_watch_opened(opened.error());
        co_return;
    }
    watch_ = std::move(*opened);
    frames_ = {};
    machine_.on_watch_opened(std::nullopt);
}

awaitable<void> reflector::perform(step::read next) {
    co_await lane_.room();
    const auto piece = co_await async::with_timeout(tools_.time, next.limit, watch_->read());
    if (!piece && piece.error().is(async::errc::timed_out))
        machine_.on_read_timed_out();
    else if (!piece)
        machine_.on_watch_failed(piece.error().within(tools_.api.asked(what())));
    else if (piece->empty())
        machine_.on_watch_ended();
    else
        take(*piece);
}

void reflector::take(std::string_view piece) {
    const auto arrived = tools_.time.steady();
    std::vector<model::observed_event> events;
    std::optional<error> broken;
    std::size_t bytes = 0; // of a frame over the limit of which nobody knows whose it is
    std::optional<failure> ended;
    auto visit = [&](const frame_splitter::frame& frame) {
        auto event = read(frame);
        if (!event) {
            broken = event.error();
            bytes = frame.bytes;
            return false;
        }
        events.push_back(std::move(*event));
        const auto& read = events.back();
        if (!read.object.unread.empty())
            say_unread(read.object);
        if (read.what != event_action::error)
            return true;
        const auto status = tools_.reader.read_status(read.object.body);
        ended = failure_of(status ? *status : codec::api_status{}, tools_.api.asked(what()));
        return false;
    };
    frames_.feed(piece, visit);
    if (!events.empty()) {
        const auto decoded = tools_.time.steady();
        for (auto& event : events) {
            event.arrived = arrived;
            event.decoded = decoded;
        }
        if (tools_.on_decoded)
            tools_.on_decoded(decoded - arrived, events.size());
        machine_.on_events(events, tools_.time.now());
        lane_.push(std::move(events));
    }
    const bool too_large =
        broken && (broken->is(errc::frame_too_large) || broken->is(codec::errc::too_large));
    if (too_large)
        machine_.on_frame_too_large(broken->within(tools_.api.asked(what())), bytes);
    else if (broken)
        machine_.on_broken_frame(broken->within(tools_.api.asked(what())));
    else if (ended) {
        look_at(*ended);
        machine_.on_error_event(*ended);
    }
}

result<model::observed_event> reflector::read(const frame_splitter::frame& frame) {
    if (frame.who == nullptr)
        return tools_.reader.read_watch_frame(what(), frame.text, tools_.bodies);
    auto unread = codec::unread_event(what(), *frame.who, codec::over_limit(frame.bytes));
    if (unread)
        return std::move(*unread);
    return error(errc::frame_too_large, codec::over_limit(frame.bytes));
}

void reflector::say_unread(const codec::list_page& page) {
    for (const auto& object : page.objects)
        if (!object.unread.empty())
            say_unread(object);
    if (!page.unnamed.empty())
        tools_.logger.warning(
            "{} at {}: an object without a name cannot be read ({}): nothing that "
            "the list does not name is taken for deleted",
            what().stream, tools_.api.server(), page.unnamed);
}

void reflector::say_unread(const model::observed_object& object) {
    tools_.logger.warning("{} {} cannot be read at resourceVersion {} ({}): what was read last "
                          "stays in force",
                          what().stream,
                          model::object_key{object.namespace_, object.name}.to_string(),
                          object.resource_version, object.unread);
}

void reflector::look_at(const failure& why) {
    if (why.cause.is(errc::not_found) && tools_.on_not_found)
        tools_.on_not_found(what());
}

awaitable<void> reflector::perform(step::reload_credentials) {
    machine_.on_credentials(co_await tools_.api.reload());
}

awaitable<void> reflector::perform(step::wait what) {
    if (what.why)
        tools_.logger.warning(
            "{}; next attempt in {} ms", what.why->message(),
            std::chrono::duration_cast<std::chrono::milliseconds>(what.duration).count());
    co_await tools_.time.sleep(what.duration);
    machine_.on_waited();
}

} // namespace nodewall::kube
