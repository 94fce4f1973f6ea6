// The registry's kinds, each followed while the API server serves it.
//
//     discovery ──▶ served_kinds ──changed──▶ each kind: its reflector, while it is served
//         ▲                                              the event UNSERVED, once it is gone
//         └──────────────── a 404 ─────────────────────── nothing, while it is absent
//
// Kinds come and go with their CustomResourceDefinitions (SEMANTICS section 4). A 404 deletes
// nothing. What the log holds of a kind that is gone is deleted there, in one transaction.
#pragma once

#include "agent/observe/stream_report.hpp"
#include "agent/stages/catch_up.hpp"
#include "async/signal.hpp"
#include "kube/reflector.hpp"
#include "kube/served_kinds.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::agent {

/// On one thread.
class followed_kinds {
public:
    using cursor_reader =
        std::function<result<std::optional<std::string>>(std::string_view stream)>;

    /// `tools` without its callbacks, but for on_decoded. `on_change` is called when gate() may
    /// have changed.
    followed_kinds(const codec::kind_registry& kinds, kube::reflector_tools tools,
                   std::function<void()> on_change);

    /// Which kinds an earlier life has listed: those of whose streams the log has a cursor. Before
    /// run().
    result<void> begin(const cursor_reader& log);
    bool any_listed_before() const;

    /// Follows one cluster until cancelled.
    async::awaitable<void> run();
    /// Between two runs: the next one follows another cluster.
    void begin_anew();

    /// What the gate waits for. An optional kind that is forbidden or fails does not hold it, nor
    /// does one that appears while the service runs.
    catch_up::streams gate() const;
    std::vector<stream_report> report() const;

private:
    struct followed {
        followed(const codec::kind_row& row, const kube::reflector_tools& tools)
            : reflector(row, {}, tools) {}
        kube::reflector reflector;
        async::signal changed;      // whether, or where, it is served
        bool listed_before = false; // in an earlier life
        bool late = false;          // it was absent, and appeared
        bool end_recorded = false;  // UNSERVED, since it is gone
    };

    async::awaitable<void> keep_discovering();
    async::awaitable<void> wait(async::nanoseconds most);
    void take(const std::vector<kube::kind_answer>& answers);
    void tell(const kube::served_kind& before, const kube::served_kind& after);
    async::awaitable<void> follow(std::size_t place);
    async::awaitable<void> record_end(std::size_t place);

    kube::reflector_tools tools_;
    std::function<void()> on_change_;
    kube::served_kinds served_;
    async::signal not_found_;
    std::vector<std::unique_ptr<followed>> followed_; // of each of served_.kinds()
};

/// The streams of the kinds that every API server serves.
std::vector<std::string> required_streams(const codec::kind_registry& kinds);

} // namespace nodewall::agent
