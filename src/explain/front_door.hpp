// A connection to a front door: whether the gate on this node lets it through, and what the
// policies say at each backend behind it (SEMANTICS section 3).
#pragma once

#include "explain/answer.hpp"
#include "explain/backends.hpp"
#include "explain/doors.hpp"
#include "explain/ends.hpp"
#include "model/gate_settings.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::explain {

struct approach {
    party from;
    model::family fam = model::family::ipv4;
    model::protocol proto = model::protocol::tcp;
    std::uint16_t port = 0;                   // as dialled
    bool local = false;                       // at an address of the node's own
    std::vector<door> doors;                  // what answers there, together one door; not empty
    std::optional<model::ip_address> backend; // only this one
};

class front_door_judge {
public:
    /// All must outlive the judge.
    front_door_judge(const directory& parties, const end_judge& ends,
                     const backend_finder& backends, const model::gate_settings& settings)
        : parties_(parties), ends_(ends), backends_(backends), settings_(settings) {}

    /// Never unknown, unless `backend` is none of the door's.
    answer judge(const approach& a) const;

private:
    /// Why the gate asks no policy about this source.
    struct exemption {
        std::string why;
        bool behind_the_door = false; // nor do the backends' ingress policies count
    };
    /// The backends that the source can reach: those that the gate asks first.
    struct reachable_backends {
        std::vector<backend> members;
        std::size_t asked = 0; // 0: nothing stands behind the door as far as the gate sees
    };
    struct backend_judgement {
        judgement egress;
        judgement ingress;
    };

    std::optional<exemption> exemption_of(const approach& a) const;
    reachable_backends backends_of(const approach& a) const;
    /// The namespaces of the pods behind the doors that the gate asks.
    std::set<std::string_view> owners_behind(const approach& a) const;
    backend_judgement judge_at(const approach& a, const backend& b,
                               const std::optional<exemption>& exempt) const;

    const directory& parties_;
    const end_judge& ends_;
    const backend_finder& backends_;
    const model::gate_settings& settings_;
};

} // namespace nodewall::explain
