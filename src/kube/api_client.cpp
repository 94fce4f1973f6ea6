#include "kube/api_client.hpp"

#include "async/hop.hpp"
#include "async/timeout.hpp"
#include "base/limits.hpp"
#include "codec/list_reader.hpp"
#include "kube/refusal.hpp"

#include <fmt/core.h>

#include <utility>

namespace nodewall::kube {

using async::awaitable;

namespace {

constexpr unsigned ok = 200;

void add(std::string& target, std::string_view name, std::string_view value) {
    target += target.find('?') == std::string::npos ? '?' : '&';
    target.append(name).append("=").append(http::percent_encode(value));
}

std::string target_of(std::string path, const list_query& query) {
    if (query.limit != 0)
        add(path, "limit", std::to_string(query.limit));
    if (!query.continue_token.empty())
        add(path, "continue", query.continue_token);
    if (!query.resource_version.empty())
        add(path, "resourceVersion", query.resource_version);
    if (query.not_older)
        add(path, "resourceVersionMatch", "NotOlderThan");
    return path;
}

} // namespace

api_client::api_client(options how, config_loader load, async::clock& time,
                       codec::json_reader& reader, logger& log)
    : options_(std::move(how)), load_(std::move(load)), time_(time), reader_(reader), log_(log) {}

namespace {

/// Connections outlive a change of the token, not one of these.
http::destination destination_of(const server_config& config) {
    return {config.server, config.tls, config.proxy};
}

} // namespace

struct api_client::loaded {
    server_config config;
    std::optional<http::dialer> dial; // where the way is another than the one that was known
};

/// On the pool.
result<std::shared_ptr<api_client::loaded>>
api_client::load_config(const config_loader& load, const dialer_factory& dial, async::clock& time,
                        const std::optional<http::destination>& known) {
    auto config = load();
    if (!config)
        return config.error();
    auto out = std::make_shared<loaded>();
    if (const auto to = destination_of(*config); known != to) {
        auto made = dial(to, time);
        if (!made)
            return made.error().within(config->origin);
        out->dial = std::move(*made);
    }
    out->config = std::move(*config);
    return out;
}

/// What reads it all again, on the pool.
std::function<result<std::shared_ptr<api_client::loaded>>()> api_client::reading() const {
    auto known = http_ ? std::optional(destination_of(config_)) : std::nullopt;
    return [load = load_, dial = options_.dial, &time = time_, known = std::move(known)] {
        return load_config(load, dial, time, known);
    };
}

/// False where another reload changed the way meanwhile, and so it is to be read once more.
bool api_client::take(loaded& fresh) {
    const bool same = http_ && destination_of(fresh.config) == destination_of(config_);
    if (!same && !fresh.dial)
        return false;
    if (!same)
        http_ = std::make_shared<http::client>(fresh.config.server, std::move(*fresh.dial), time_);
    if (fresh.config.warnings != config_.warnings)
        for (const auto& warning : fresh.config.warnings)
            log_.warning("{}: {}", fresh.config.origin, warning);
    config_ = std::move(fresh.config);
    return true;
}

awaitable<result<void>> api_client::reload() {
    for (;;) {
        auto work = reading();
        auto read = co_await async::on_pool(options_.pool, std::move(work));
        if (!read)
            co_return read.error();
        if (take(**read))
            co_return result<void>{};
    }
}

awaitable<result<void>> api_client::connect() {
    if (http_ && !std::exchange(in_doubt_, false))
        co_return result<void>{};
    const auto read = co_await reload();
    if (read || !http_)
        co_return read;
    in_doubt_ = true;
    log_.warning("{}; going on with what was read before", read.error().message());
    co_return result<void>{};
}

failure api_client::doubted(failure why) {
    const auto& cause = why.cause;
    const bool unanswered = cause.code().category() == category_of<http::errc>();
    in_doubt_ = in_doubt_ || unanswered || cause.is(errc::unauthorized) ||
                cause.is(errc::forbidden) || cause.is(errc::not_found) ||
                cause.is(errc::bad_answer);
    return why;
}

std::string api_client::asked(const codec::kind_row& what) const {
    return what.stream + " at " + config_.server.to_string();
}

std::vector<http::header> api_client::headers() const {
    std::vector<http::header> out{{"User-Agent", options_.user_agent},
                                  {"Accept", "application/json"}};
    if (!config_.authorization.empty())
        out.push_back({"Authorization", config_.authorization});
    return out;
}

awaitable<answer<http::response>> api_client::get(std::string target, std::string asked) {
    const auto http = http_; // a reload meanwhile makes another
    auto got = co_await http->get(std::move(target), headers(), limits::document_bytes_max);
    if (!got)
        co_return doubted({got.error().within(asked)});
    if (got->head.status != ok)
        co_return doubted(failure_of(*got, reader_, asked));
    if (!is_json(got->head))
        co_return doubted(not_json(got->head, asked));
    co_return std::move(*got);
}

awaitable<answer<std::string>> api_client::document(std::string path) {
    if (const auto ready = co_await connect(); !ready)
        co_return failure{ready.error()};
    const auto place = path + " at " + config_.server.to_string();
    auto got = co_await get(std::move(path), place);
    if (!got)
        co_return got.error();
    co_return std::move(got->body);
}

namespace {

awaitable<result<codec::list_page>> read_page(http::body_stream& body, codec::list_reader& page,
                                              std::size_t bytes_max) {
    std::size_t bytes = 0;
    for (;;) {
        const auto piece = co_await body.read();
        if (!piece)
            co_return piece.error();
        if (piece->empty())
            co_return page.finish();
        bytes += piece->size();
        if (const auto fed = page.feed(*piece); !fed)
            co_return fed.error();
        if (bytes - page.bytes_over() > bytes_max && page.items() > 1)
            co_return error(codec::errc::too_large,
                            fmt::format("a page of more than {} objects and {} bytes", page.items(),
                                        bytes_max));
    }
}

} // namespace

/// The body of an answer that is a JSON document.
awaitable<answer<std::unique_ptr<http::body_stream>>> api_client::open(std::string target,
                                                                       std::string asked) {
    const auto http = http_; // a reload meanwhile makes another
    auto opened = co_await http->open_stream(std::move(target), headers());
    if (!opened)
        co_return doubted({opened.error().within(asked)});
    auto& stream = **opened;
    if (stream.head().status == ok && is_json(stream.head()))
        co_return std::move(*opened);
    if (stream.head().status == ok)
        co_return doubted(not_json(stream.head(), asked));
    auto body = co_await async::with_timeout(time_, limits::http_body_max,
                                             http::read_all(stream, limits::error_body_bytes_max));
    const http::response refused{stream.head(), body ? std::move(*body) : std::string()};
    co_return doubted(failure_of(refused, reader_, asked));
}

awaitable<answer<codec::list_page>> api_client::list(served_at where, list_query query,
                                                     std::size_t* items) {
    if (const auto ready = co_await connect(); !ready)
        co_return failure{ready.error()};
    const auto place = asked(*where.what);
    const auto opened = co_await open(target_of(resource_path(where), query), place);
    if (!opened)
        co_return opened.error();
    codec::list_reader reading(reader_, *where.what, options_.bodies);
    auto page = co_await async::with_timeout(time_, limits::http_body_max,
                                             read_page(**opened, reading, options_.page_bytes_max));
    if (items != nullptr)
        *items = reading.items();
    if (page)
        co_return std::move(*page);
    const bool late = page.error().is(async::errc::timed_out);
    const auto cause = late ? error(http::errc::timed_out) : page.error();
    co_return doubted({cause.within(place)});
}

awaitable<answer<std::unique_ptr<http::body_stream>>>
api_client::watch(served_at where, std::string resource_version, std::chrono::seconds timeout) {
    if (const auto ready = co_await connect(); !ready)
        co_return failure{ready.error()};
    const auto place = asked(*where.what);
    auto target = resource_path(where);
    add(target, "watch", "true");
    add(target, "allowWatchBookmarks", "true");
    add(target, "resourceVersion", resource_version);
    add(target, "timeoutSeconds", std::to_string(timeout.count()));
    co_return co_await open(std::move(target), place);
}

awaitable<answer<std::string>> api_client::cluster_uid() {
    if (const auto ready = co_await connect(); !ready)
        co_return failure{ready.error()};
    const auto place = "namespace kube-system at " + config_.server.to_string();
    const auto got = co_await get("/api/v1/namespaces/kube-system", place);
    if (!got)
        co_return got.error();
    const auto seen = reader_.observe(model::kind::namespace_, got->body, options_.bodies);
    if (!seen)
        co_return failure{seen.error().within(place)};
    co_return seen->uid;
}

} // namespace nodewall::kube
