// Which kinds of the registry an API server serves, and in which version: what discoveries say,
// over time. A machine without I/O, and without a clock.
//
// clang-format off
//     not known ──served──▶ served ──lacking──▶ served, and doubted ──lacking half a minute later──▶ gone
//         └──lacking──▶ absent ──lacking half a minute later──▶ gone ──served──▶ served
// clang-format on
//
// A kind is gone only when two healthy discoveries, half a minute apart, lack it: a server that is
// just starting has not all of its kinds yet. A required kind is never gone.
#pragma once

#include "async/backoff.hpp"
#include "kube/discovery.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::kube {

struct served_kind {
    const codec::kind_row* row = nullptr;
    /// The version to ask for; empty: none that is known. A required kind is taken as served in the
    /// version that is most preferred until a discovery says more.
    std::string version;
    bool known = false; // a discovery has spoken of it, or it is required
    bool gone = false;
    std::optional<error> problem; // why the last discovery could not tell

    /// As far as is known the API server does not have it.
    bool absent() const { return known && version.empty(); }
};

class served_kinds {
public:
    using nanoseconds = std::chrono::nanoseconds; // of a clock that never steps back

    served_kinds(const codec::kind_registry& registry, async::jitter random);

    /// In the registry's order.
    const std::vector<served_kind>& kinds() const noexcept { return kinds_; }

    /// How long to wait before the next discovery, and what it shall ask about.
    struct plan {
        nanoseconds wait{};
        std::vector<const codec::kind_row*> rows;
    };
    plan next(nanoseconds now) const;
    /// What a discovery said.
    void on_answers(const std::vector<kind_answer>& answers, nanoseconds now);
    /// A request for this kind was answered by 404: the next discovery is due soon, and asks about
    /// it too.
    void on_not_found(const codec::kind_row& row);
    /// Another cluster answers: nothing is known, and a discovery is due.
    void forget();

private:
    struct history {
        std::optional<nanoseconds> lacking_since;
        bool doubted = false; // by a 404, since the last answer
    };

    void take(const kind_answer& answer, nanoseconds now);
    nanoseconds due_after(nanoseconds now);

    async::jitter random_;
    async::backoff backoff_;
    std::vector<served_kind> kinds_;
    std::vector<history> histories_;  // of each of kinds_
    std::optional<nanoseconds> last_; // discovery; nothing: there was none
    nanoseconds due_{};               // the next one, where there was one
};

} // namespace nodewall::kube
