#include "kube/api_client.hpp"

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

result<void> api_client::reload() {
    auto fresh = load_();
    if (!fresh)
        return fresh.error();
    // Connections outlive a change of the token, not one of the server or of its TLS.
    if (!http_ || fresh->server != config_.server || fresh->tls != config_.tls) {
        auto dial = options_.dial(fresh->server, fresh->tls);
        if (!dial)
            return dial.error().within(fresh->origin);
        http_ = std::make_shared<http::client>(fresh->server, std::move(*dial), time_);
    }
    if (fresh->warnings != config_.warnings)
        for (const auto& warning : fresh->warnings)
            log_.warning("{}: {}", fresh->origin, warning);
    config_ = std::move(*fresh);
    return {};
}

result<void> api_client::connect_once() {
    return http_ ? result<void>{} : reload();
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
    if (auto ready = connect_once(); !ready)
        co_return failure{ready.error()};
    const auto place = path + " at " + config_.server.to_string();
    auto got = co_await get(std::move(path), place);
    if (!got)
        co_return got.error();
    co_return std::move(got->body);
}

awaitable<answer<codec::list_page>> api_client::list(served_at where, list_query query) {
    if (auto ready = connect_once(); !ready)
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
    if (auto ready = connect_once(); !ready)
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
    if (auto ready = connect_once(); !ready)
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
