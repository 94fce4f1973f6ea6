#include "apiserver/server.hpp"

#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "codec/manifest.hpp"

#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace nodewall::apiserver {

using endpoint = api_request::endpoint;

namespace {

constexpr std::string_view json_type = "application/json";
/// About what one chunk of a watch holds.
constexpr std::size_t chunk_bytes = 64U << 10U;

async::awaitable<result<void>> notified(async::signal& changed) {
    co_await changed.wait();
    co_return result<void>{};
}

} // namespace

struct api_server::live_watch {
    live_watch(api_server& o, api_watch w)
        : owner(o), watch(std::move(w)), restores(o.restores_), bookmark_rounds(o.bookmark_rounds_),
          deadline(o.time_.steady() + watch.timeout),
          next_bookmark(watch.bookmarks ? o.time_.steady() + o.options_.bookmark_interval
                                        : async::nanoseconds::max()) {
        owner.live_.insert(this);
    }
    ~live_watch() { owner.live_.erase(this); }
    live_watch(const live_watch&) = delete;
    live_watch& operator=(const live_watch&) = delete;

    api_server& owner;
    api_watch watch;
    async::signal changed;
    std::uint64_t restores;
    std::uint64_t bookmark_rounds;
    async::nanoseconds deadline;
    async::nanoseconds next_bookmark;
};

api_server::api_server(async::clock& time, api_server_options options)
    : time_(time), options_(std::move(options)),
      api_({{options_.cluster, options_.history_max, [&time] { return time.now(); }},
            options_.endpoint_slices_version}) {}

result<void> api_server::load(std::string_view manifest) {
    codec::json_reader reader;
    const auto read = codec::read_manifest(reader, manifest, codec::body_mode::whole);
    if (!read)
        return read.error();
    for (const auto& item : read->items) {
        const auto& object = item.event.object;
        static_cast<void>(store().put(item.stream, {object.namespace_, object.name},
                                      boost::json::parse(object.body).as_object()));
    }
    wake();
    return {};
}

void api_server::install(api_resource resource) {
    api_.resources().install(std::move(resource));
}

void api_server::uninstall(const std::string& stream, bool told) {
    if (told)
        store().remove_all(stream);
    else
        store().forget(stream);
    api_.resources().remove(stream);
    wake();
}

void api_server::wake() {
    for (auto* watch : live_)
        watch->changed.notify();
}

async::awaitable<void> api_server::handle(const http::server_request& request,
                                          http::responder& out) {
    const auto parsed = api_.resources().parse(request.target);
    if (parsed && parsed->what == endpoint::control) {
        const auto reply = control(request.body);
        co_await out.send(reply.status, json_type, reply.body);
        co_return;
    }
    if (options_.request_log)
        options_.request_log(
            fmt::format("{} {} {}", request.method, request.target, request.user_agent));
    if (!parsed) {
        co_await out.send(parsed.error().code, json_type, parsed.error().to_json());
        co_return;
    }
    if (parsed->resource != nullptr) {
        const bool watching = !parsed->query.get("watch").empty();
        if (auto f = faults_.take_for_request(parsed->resource->plural, watching)) {
            co_await inject(*f, out);
            co_return;
        }
    }
    const auto before = store().revision();
    auto answer = api_.answer(request.method, *parsed, request.body);
    if (store().revision() != before)
        wake();
    if (auto* reply = std::get_if<api_reply>(&answer))
        co_await out.send(reply->status, json_type, reply->body);
    else
        co_await stream(std::get<api_watch>(std::move(answer)), out);
}

async::awaitable<void> api_server::stream(api_watch watch, http::responder& out) {
    live_watch live(*this, std::move(watch));
    std::vector<async::awaitable<void>> tasks;
    tasks.push_back(produce(live, out));
    tasks.push_back(out.peer_gone());
    co_await async::run_all(std::move(tasks));
}

async::awaitable<void> api_server::produce(live_watch& live, http::responder& out) {
    const auto started = co_await out.start(200, json_type);
    bool goes_on = started.has_value();
    while (goes_on)
        goes_on = co_await advance(live, out);
}

async::awaitable<bool> api_server::advance(live_watch& live, http::responder& out) {
    auto& frames = *live.watch.frames;
    if (live.restores != restores_) {
        out.abort();
        co_return false;
    }
    if (auto f = faults_.take_for_watch(frames.resource().plural)) {
        co_await inject(*f, out);
        co_return false;
    }
    if (const auto due = frames.take(chunk_bytes); !due.empty()) {
        const auto written = co_await out.write(due);
        co_return written.has_value() && !frames.ended();
    }
    if (!frames.resource().served)
        co_return false;

    const auto now = time_.steady();
    const bool over = now >= live.deadline;
    const bool asked = std::exchange(live.bookmark_rounds, bookmark_rounds_) != bookmark_rounds_;
    if (live.watch.bookmarks && (over || asked || now >= live.next_bookmark)) {
        live.next_bookmark = now + options_.bookmark_interval;
        const auto written = co_await out.write(frames.bookmark());
        if (!written)
            co_return false;
    }
    if (over)
        co_return false;
    co_await async::with_timeout(time_, std::min(live.deadline, live.next_bookmark) - now,
                                 notified(live.changed));
    co_return true;
}

/// Does the wrong thing; nothing can follow it.
async::awaitable<void> api_server::inject(const fault& f, http::responder& out) {
    switch (f.does) {
    case fault::what::html:
        co_await out.send(200, "text/html", "<html><body>It works!</body></html>\n");
        break;
    case fault::what::status:
        co_await out.send(f.status, json_type, failure_of_code(f.status).to_json());
        break;
    case fault::what::hang:
        co_await out.peer_gone();
        break;
    case fault::what::frame:
        co_await out.write("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":[}\n");
        break;
    case fault::what::large: {
        const std::string much(limits::frame_bytes_max, 'x');
        co_await out.write(fmt::format("{{\"type\":\"MODIFIED\",\"object\":\"{}\"}}\n", much));
        break;
    }
    case fault::what::close:
        out.abort();
        break;
    case fault::what::end:
        break;
    }
}

api_reply api_server::control(std::string_view body) {
    auto request = parse_control(body);
    if (!request)
        return {request.error().code, request.error().to_json()};
    if (request->gone_by_http)
        api_.gone_by_http = *request->gone_by_http;
    if (request->compact)
        store().compact();
    if (request->restore) {
        if (!store().restore(*request->restore)) {
            const auto refused = expired("that revision is not in the history");
            return {refused.code, refused.to_json()};
        }
        ++restores_;
    }
    if (request->bookmark)
        ++bookmark_rounds_;
    if (request->fault)
        faults_.add(std::move(*request->fault));
    wake();
    return {200, fmt::format(R"({{"revision":{},"oldest":{},"watches":{}}})", store().revision(),
                             store().oldest(), live_.size())};
}

} // namespace nodewall::apiserver
