// What explain says about a connection: the verdict and the steps that lead to it.
#pragma once

#include "model/address.hpp"
#include "model/kind.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::explain {

enum class verdict : std::uint8_t {
    allow,
    deny,
    mixed,   ///< the front door is open, and its backends differ
    unknown, ///< the log does not know the parties; a step of action `unknown` says why
};
std::string_view to_string(verdict v);

/// Where along its way a connection is judged, in this order.
enum class point : std::uint8_t { front_door, egress, ingress };
std::string_view to_string(point p); // "front-door", "egress", "ingress"

enum class action : std::uint8_t {
    allow,
    deny,
    pass,    ///< on to the next tier
    log,     ///< noted, and on to the next rule
    ignore,  ///< part of an object that has no say: not understood, or not readable
    staged,  ///< what a policy that enforces nothing would do
    unknown, ///< cannot be judged
};
std::string_view to_string(action a);

/// The object that a step rests on. `seq` is the event of the log that brought this version of it.
struct citation {
    std::string kind; // "NetworkPolicy", "Service"
    model::object_key key;
    std::string uid;
    std::uint64_t seq = 0;
    bool operator==(const citation&) const = default;
};

struct step {
    point where = point::ingress;
    action then = action::allow;
    std::optional<citation> object;     ///< a policy; at a front door, its Service or pod
    std::optional<std::size_t> rule;    ///< place in the policy's ingress or egress list, from 0
    std::optional<std::size_t> backend; ///< place in answer::backends; absent: of all
    std::string why;                    ///< one sentence, without the backend's name
    bool operator==(const step&) const = default;
};

struct backend_verdict {
    std::optional<model::ip_address> address; ///< absent: it cannot be read
    std::uint16_t port = 0;                   ///< where the connection ends; 0: every port
    explain::verdict verdict = verdict::deny; ///< allow or deny: egress and ingress together
    bool operator==(const backend_verdict&) const = default;
};

struct answer {
    explain::verdict verdict = verdict::unknown;
    /// Whether the gate on this node (the rules in mangle PREROUTING) lets the connection through;
    /// absent where no front door of a Service is dialled. This alone is what `enforce:
    /// [nodeports]` does: a connection that the gate admits may still have the verdict deny or
    /// mixed, by the policies of the pods at its ends.
    std::optional<bool> gate_admits;
    std::vector<backend_verdict> backends; ///< of the front door, those that the source can reach
    std::vector<step> steps;               ///< in the order of the connection's way
    /// The verdict rests on the policies of pods and not on the gate alone.
    bool rests_on_pods = false;
};

} // namespace nodewall::explain
