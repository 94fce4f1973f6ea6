#include "agent/stages/cluster_identity.hpp"

#include "agent/process/configuration.hpp"
#include "base/limits.hpp"
#include "kube/append_lane.hpp"

#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <algorithm>

namespace nodewall::agent {

namespace {

constexpr std::string_view system_namespace = "kube-system";

bool names_the_cluster(std::string_view stream, const model::observed_object& o) {
    return stream == model::stream_name(model::kind::namespace_) && o.name == system_namespace &&
           !o.uid.empty();
}

/// The UID of kube-system that the request brings.
struct uid_in {
    std::optional<std::string> operator()(const model::watch_events& r) const {
        for (const auto& e : r.events)
            if (e.what != model::observed_event::action::deleted &&
                names_the_cluster(r.stream, e.object))
                return e.object.uid;
        return std::nullopt;
    }
    std::optional<std::string> operator()(const model::listed_objects& r) const {
        for (const auto& o : r.objects)
            if (names_the_cluster(r.stream, o))
                return o.uid;
        return std::nullopt;
    }
    template <class Other> std::optional<std::string> operator()(const Other&) const {
        return std::nullopt;
    }
};

result<std::optional<model::event>> last_change(const eventlog::log_reader& log) {
    std::optional<model::event> last;
    eventlog::event_filter which;
    which.type = model::event_type::cluster;
    for (;;) {
        auto found = log.read(which, limits::read_chunk_rows);
        if (!found)
            return found.error();
        if (found->empty())
            return last;
        last = std::move(found->back());
        which.after = last->seq;
    }
}

std::string uid_after(const model::event& change) {
    boost::system::error_code failure;
    const auto body = boost::json::parse(change.body, failure);
    const auto* fields = failure ? nullptr : body.if_object();
    const auto* after = fields == nullptr ? nullptr : fields->if_contains("after");
    return after != nullptr && after->is_string() ? std::string(after->get_string())
                                                  : std::string();
}

} // namespace

result<cluster_in_log> cluster_of(const eventlog::log_reader& log, const history& heads,
                                  const std::vector<std::string>& watched) {
    cluster_in_log out;
    const auto& namespaces = heads.projected.state().objects.namespaces;
    const auto system = namespaces.find({{}, std::string(system_namespace)});
    if (system != namespaces.end())
        out.uid = system->second.meta.uid;
    const auto holds = [](const std::vector<std::string>& streams, const std::string& stream) {
        return std::find(streams.begin(), streams.end(), stream) != streams.end();
    };
    const bool forgotten = std::any_of(watched.begin(), watched.end(), [&](const auto& stream) {
        return holds(heads.listed_streams, stream) && !holds(heads.followed_streams, stream);
    });
    if (!forgotten)
        return out;
    const auto change = last_change(log);
    if (!change)
        return change.error();
    if (*change) {
        out.changed_at = (*change)->seq;
        out.uid = uid_after(**change);
    }
    return out;
}

cluster_identity::cluster_identity(model::event_sink& log, async::clock& time, async::jitter random,
                                   logger& logger)
    : log_(log), time_(time), pause_(std::move(random)), logger_(logger) {}

void cluster_identity::begin(std::string uid, bool any_cursor) {
    known_ = std::move(uid);
    unsure_ = known_.empty() && any_cursor;
}

void cluster_identity::heard(const std::string& uid) {
    if (known_.empty() && !unsure_)
        known_ = uid;
    if (uid == known_ || other_)
        return;
    other_ = uid;
    news_.notify();
}

async::awaitable<void> cluster_identity::changed() {
    while (!other_)
        co_await news_.wait();
    for (;;) {
        const auto reason = fmt::format("the API server is another cluster than the log's "
                                        "(kube-system {}, was {})",
                                        *other_, known_.empty() ? "not known" : known_);
        logger_.warning("{}: listing everything anew", reason);
        model::cluster_changed change{.before = known_, .after = *other_, .reason = reason};
        const auto recorded = co_await kube::append_durably(log_, std::move(change));
        if (recorded)
            co_return;
        logger_.warning("{}", recorded.error().message());
        co_await time_.sleep(pause_.next());
    }
}

void cluster_identity::follow_next() {
    begin(*std::exchange(other_, std::nullopt), false);
}

void cluster_identity::append(model::append_request request, completion done) {
    if (const auto uid = std::visit(uid_in{}, request))
        heard(*uid);
    if (other_)
        return done(error(errc::another_cluster));
    log_.append(std::move(request), std::move(done));
}

} // namespace nodewall::agent
