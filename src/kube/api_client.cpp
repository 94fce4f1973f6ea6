#include "kube/api_client.hpp"

#include "async/hop.hpp"
#include "async/timeout.hpp"
#include "base/limits.hpp"
#include "kube/refusal.hpp"

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

/// What a server is reached by: connections outlive a change of the token, not one of these.
struct server_way {
    http::url server;
    http::tls_settings tls;
    bool operator==(const server_way&) const = default;
};

struct loaded {
    server_config config;
    std::optional<http::dialer> dial; // where the way is another than the one that was known
};

/// On the pool.
result<std::shared_ptr<loaded>> load_config(const config_loader& load, const dialer_factory& dial,
                                            const std::optional<server_way>& known) {
    auto config = load();
    if (!config)
        return config.error();
    auto out = std::make_shared<loaded>();
    if (known != server_way{config->server, config->tls}) {
        auto made = dial(config->server, config->tls);
        if (!made)
            return made.error().within(config->origin);
        out->dial = std::move(*made);
    }
    out->config = std::move(*config);
    return out;
}

} // namespace

awaitable<result<void>> api_client::reload() {
    for (;;) {
        const auto known =
            http_ ? std::optional(server_way{config_.server, config_.tls}) : std::nullopt;
        auto work = [load = load_, dial = options_.dial, known] {
            return load_config(load, dial, known);
        };
        auto read = co_await async::on_pool(options_.pool, std::move(work));
        if (!read)
            co_return read.error();
        auto& fresh = **read;
        const bool same =
            http_ && fresh.config.server == config_.server && fresh.config.tls == config_.tls;
        if (!same && !fresh.dial)
            continue; // another reload changed it meanwhile
        if (!same)
            http_ =
                std::make_shared<http::client>(fresh.config.server, std::move(*fresh.dial), time_);
        if (fresh.config.warnings != config_.warnings)
            for (const auto& warning : fresh.config.warnings)
                log_.warning("{}: {}", fresh.config.origin, warning);
        config_ = std::move(fresh.config);
        co_return result<void>{};
    }
}

awaitable<result<void>> api_client::connect_once() {
    if (http_)
        co_return result<void>{};
    co_return co_await reload();
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
    auto got = co_await http->get(std::move(target), headers(), limits::list_page_bytes_max);
    if (!got)
        co_return failure{got.error().within(asked)};
    if (got->head.status != ok)
        co_return failure_of(*got, reader_, asked);
    if (!is_json(got->head))
        co_return not_json(got->head, asked);
    co_return std::move(*got);
}

awaitable<answer<std::string>> api_client::document(std::string path) {
    if (const auto ready = co_await connect_once(); !ready)
        co_return failure{ready.error()};
    const auto place = path + " at " + config_.server.to_string();
    auto got = co_await get(std::move(path), place);
    if (!got)
        co_return got.error();
    co_return std::move(got->body);
}

awaitable<answer<codec::list_page>> api_client::list(served_at where, list_query query) {
    if (const auto ready = co_await connect_once(); !ready)
        co_return failure{ready.error()};
    const auto got = co_await get(target_of(resource_path(where), query), asked(*where.what));
    if (!got)
        co_return got.error();
    auto page = reader_.read_list_page(*where.what, got->body, options_.bodies);
    if (!page)
        co_return failure{page.error().within(asked(*where.what))};
    co_return std::move(*page);
}

awaitable<answer<std::unique_ptr<http::body_stream>>>
api_client::watch(served_at where, std::string resource_version, std::chrono::seconds timeout) {
    if (const auto ready = co_await connect_once(); !ready)
        co_return failure{ready.error()};
    const auto place = asked(*where.what);
    auto target = resource_path(where);
    add(target, "watch", "true");
    add(target, "allowWatchBookmarks", "true");
    add(target, "resourceVersion", resource_version);
    add(target, "timeoutSeconds", std::to_string(timeout.count()));
    const auto http = http_;
    auto opened = co_await http->open_stream(std::move(target), headers());
    if (!opened)
        co_return failure{opened.error().within(place)};
    auto& stream = **opened;
    if (stream.head().status == ok && is_json(stream.head()))
        co_return std::move(*opened);
    if (stream.head().status == ok)
        co_return not_json(stream.head(), place);
    auto body = co_await async::with_timeout(time_, limits::http_body_max,
                                             http::read_all(stream, limits::error_body_bytes_max));
    co_return failure_of({stream.head(), body ? std::move(*body) : std::string()}, reader_, place);
}

awaitable<answer<std::string>> api_client::cluster_uid() {
    if (const auto ready = co_await connect_once(); !ready)
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
