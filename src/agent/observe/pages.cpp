#include "agent/observe/pages.hpp"

#include "agent/observe/metrics.hpp"
#include "agent/observe/status.hpp"

namespace nodewall::agent {

namespace {

struct page {
    unsigned status = 200;
    std::string body;
    std::string_view type = "text/plain; charset=utf-8";
};

page readiness(const service_report& r) {
    const auto reasons = not_ready_because(r);
    if (reasons.empty())
        return {200, "ok\n"};
    page p{503, {}};
    for (const auto& reason : reasons)
        p.body += reason + "\n";
    return p;
}

page answer(const http::server_request& request, const std::function<service_report()>& report) {
    const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
    if (request.method != "GET" && request.method != "HEAD")
        return {405, "only GET is served here\n"};
    if (path == "/healthz")
        return {200, "ok\n"};
    if (path == "/readyz")
        return readiness(report());
    if (path == "/metrics")
        return {200, metrics_text(report()), "text/plain; version=0.0.4; charset=utf-8"};
    if (path == "/status")
        return {200, status_json(report()) + "\n", "application/json"};
    return {404, "served here: /healthz, /readyz, /metrics, /status\n"};
}

/// A plain function: coroutine parameters live as long as the coroutine.
async::awaitable<void> send_page(page p, http::responder& out) {
    (void)co_await out.send(p.status, p.type, p.body);
}

} // namespace

http::request_handler make_pages(std::function<service_report()> report) {
    return [report = std::move(report)](const http::server_request& request, http::responder& out) {
        return send_page(answer(request, report), out);
    };
}

} // namespace nodewall::agent
