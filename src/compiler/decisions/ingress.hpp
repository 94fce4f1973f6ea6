// What the ingress policies of a pod say of connections to one of its ports: tiers to a program
// (SEMANTICS sections 1, 2 and 4).
#pragma once

#include "compiler/decisions/backend_pod.hpp"
#include "compiler/decisions/program.hpp"
#include "compiler/decisions/rule_sources.hpp"
#include "model/tier.hpp"

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace nodewall::compiler {

/// The rules that speak of one port of a pod. Equal for pods that are told the same: for them one
/// program does, apart from the pods' own addresses.
class ingress_rules {
public:
    /// `policies` apply to the pod for ingress, in the order in which they are asked. `port` 0
    /// stands for all ports.
    ingress_rules(std::span<const model::policy* const> policies, model::protocol proto,
                  std::uint16_t port, const backend_pod& pod);

    /// `own` are the addresses that policies which admit a pod to itself admit.
    program to_program(const model::address_set& own, rule_sources& sources) const;

    /// Whether a pod is admitted to itself before any rule or end of a tier could say something
    /// else. false where no policy admits it.
    bool admits_itself_first() const;

    auto operator<=>(const ingress_rules&) const = default;

private:
    struct spoken {
        const model::policy* policy = nullptr;
        std::vector<const model::tier_rule*> rules; // of the policy, in order
        auto operator<=>(const spoken&) const = default;
    };
    std::vector<spoken> by_policy_;
};

} // namespace nodewall::compiler
