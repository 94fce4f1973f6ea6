// What the ingress policies of a pod say of connections to one of its ports: tiers to a program
// (SEMANTICS sections 1, 2 and 4).
#pragma once

#include "compiler/decisions/peer_book.hpp"
#include "compiler/decisions/program.hpp"
#include "model/tier.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace nodewall::compiler {

/// `policies` apply to the pod for ingress, in the order in which they are asked. `port` 0 stands
/// for all ports. `own` are the pod's own addresses, which policies that admit a pod to itself
/// admit.
class ingress_rules {
public:
    ingress_rules(std::span<const model::policy* const> policies, model::protocol proto,
                  std::uint16_t port, const model::pod_object& pod);

    /// Equal for pods that are told the same, whatever their own addresses.
    struct identity {
        std::vector<const model::policy*> policies;
        std::vector<const model::tier_rule*> rules;
        auto operator<=>(const identity&) const = default;
    };
    const identity& id() const { return id_; }

    program to_program(model::family f, const model::address_set& own, peer_book& book) const;

private:
    identity id_; // rules: those that speak of the port, in order
};

} // namespace nodewall::compiler
