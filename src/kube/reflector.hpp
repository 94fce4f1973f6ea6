// Keeps the log's record of one kind up to date with an API server.
//
//     api_client ──pages, frames──▶ reflector ──events──▶ append_lane ──▶ event_sink (the log)
//                                       ⇅
//                              reflector_machine (what to do next)
#pragma once

#include "async/clock.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "codec/json_reader.hpp"
#include "kube/api_client.hpp"
#include "kube/append_lane.hpp"
#include "kube/frame_splitter.hpp"
#include "kube/reflector_machine.hpp"
#include "model/event_sink.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace nodewall::kube {

/// What all reflectors share; it outlives them.
struct reflector_tools {
    api_client& api;
    model::event_sink& log;
    codec::json_reader& reader;
    codec::body_mode bodies;
    async::clock& time;
    async::jitter random;
    nodewall::logger& logger;
    /// Called when status().caught_up has changed, or whether there is an error. May be empty.
    std::function<void()> on_change = {};
    /// Called with how long decoding what one read brought took, and how many events it held. May
    /// be empty.
    std::function<void(std::chrono::nanoseconds, std::size_t)> on_decoded = {};
    /// Called where the server answered by 404: it may not serve the kind any more, or in another
    /// version. May be empty.
    std::function<void(const codec::kind_row&)> on_not_found = {};
    /// Bodies that may wait for the log.
    std::size_t queue_bytes_max = limits::append_queue_bytes_max;
};

/// On one thread.
class reflector {
public:
    /// `what` outlives it, and is asked for in `version`.
    reflector(const codec::kind_row& what, std::string version, reflector_tools tools);

    /// Lists, watches and appends until cancelled. Throws error_exception where the log refuses to
    /// append: the next run() resumes from the log's cursor, so nothing is lost.
    async::awaitable<void> run();

    const codec::kind_row& what() const noexcept { return *where_.what; }
    const reflector_status& status() const noexcept { return machine_.status(); }

    /// Between two runs: nothing has been listed yet, for another cluster answers, or the kind was
    /// gone meanwhile.
    void begin_anew() { machine_.begin_anew(); }
    /// Between two runs: another version of the kind is to be asked for.
    void ask_for(std::string version) { where_.version = std::move(version); }

private:
    async::awaitable<void> follow();
    async::awaitable<void> perform(step::load_cursor);
    async::awaitable<void> perform(step::probe);
    async::awaitable<void> perform(step::list);
    async::awaitable<void> perform(step::append_list);
    async::awaitable<void> perform(step::append_agent_event);
    async::awaitable<void> perform(step::watch);
    async::awaitable<void> perform(step::read);
    async::awaitable<void> perform(step::reload_credentials);
    async::awaitable<void> perform(step::wait);
    void take(std::string_view piece);
    result<model::observed_event> read(const frame_splitter::frame& frame);
    void say_unread(const codec::list_page& page);
    void say_unread(const model::observed_object& object);
    void look_at(const failure& why);

    served_at where_;
    reflector_tools tools_;
    reflector_machine machine_;
    append_lane lane_;
    std::unique_ptr<http::body_stream> watch_;
    frame_splitter frames_;
};

} // namespace nodewall::kube
