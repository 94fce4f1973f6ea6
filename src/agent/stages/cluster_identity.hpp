// Which cluster the log is of: the UID of namespace kube-system says it.
//
// What another cluster says never meets the log's objects unannounced: the event CLUSTER goes
// first, durably, and takes all cursors with it, so that every kind is listed anew, whatever
// crashes on the way.
#pragma once

#include "agent/history/history.hpp"
#include "async/awaitable.hpp"
#include "async/backoff.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "base/log.hpp"
#include "eventlog/log.hpp"
#include "model/event_sink.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::agent {

/// What the log says of its cluster.
struct cluster_in_log {
    std::string uid; // empty: it does not say
    /// Another cluster's lists have begun and not ended: the CLUSTER before them.
    std::optional<std::uint64_t> changed_at;
};
/// `heads` is the log's end; only the streams `watched` count.
result<cluster_in_log> cluster_of(const eventlog::log_reader& log, const history& heads,
                                  const std::vector<std::string>& watched);

/// The way of the reflectors into the log. On one thread; whoever runs the reflectors runs
/// changed() beside them, ends them when it ends, and calls follow_next() before others run.
class cluster_identity final : public model::event_sink {
public:
    cluster_identity(model::event_sink& log, async::clock& time, async::jitter random,
                     logger& logger);

    /// The log's cluster; empty: unknown. `any_cursor`: the log has cursors, of whatever cluster.
    void begin(std::string uid, bool any_cursor);

    /// The API server has said who it is.
    void heard(const std::string& uid);

    /// Ends when another cluster was heard and CLUSTER is durable.
    async::awaitable<void> changed();
    /// The other cluster is the log's from now on.
    void follow_next();

    void cursor(std::string stream, cursor_completion done) override {
        log_.cursor(std::move(stream), std::move(done));
    }
    /// Refuses what names another cluster, and from then on everything, until follow_next().
    void append(model::append_request request, completion done) override;

private:
    model::event_sink& log_;
    async::clock& time_;
    async::backoff pause_;
    logger& logger_;
    std::string known_;
    bool unsure_ = false;              // cursors, and nobody knows of which cluster
    std::optional<std::string> other_; // heard, and not followed yet
    async::signal news_;
};

} // namespace nodewall::agent
