// A kind of policy that only tests know: TierPolicy, which says in few words what a policy of the
// model of tiers says. An object's `spec` is the text; its document is a `tier_words`; its row in a
// table of translators reads the words, which are separated by spaces:
//
//     tier=admin | tier=default | tier=baseline | tier=NAME:ORDER:END     END: next, deny, allow
//     order=N                           within the tier
//     subject=PODS                      every pod where absent
//     staged                            it enforces nothing
//     ingress=RULE  egress=RULE         in the order in which they are asked
//     ingress  egress                   the policy applies in that direction, and has no rule for
//     it
//
//     RULE: ACTION[;from=PEER]...[;port=PORT]...       from: of an egress rule, to whom
//     PEER: a CIDR, PODS or nodes:SELECTOR     PORT: TCP, TCP/80, TCP/80-90, TCP/http
//     PODS: NAMESPACE, NAMESPACE+pods:SELECTOR, namespaces:SELECTOR,
//           namespaces:SELECTOR+pods:SELECTOR          selectors as in unit/projection/objects.hpp
#pragma once

#include "policy/translators.hpp"

#include <string>
#include <string_view>

namespace nodewall::test {

inline constexpr std::string_view tier_policies = "tierpolicies.test.example.com";

struct tier_words {
    std::string text;
    bool operator==(const tier_words&) const = default;
};

/// Cluster-scoped.
model::policy_object tier_policy(std::string_view name, std::string_view words,
                                 std::uint64_t seq = 0);

/// What the words say; an exception where they say nothing.
model::policy read_tier_words(std::string_view text);

/// Those that nodewall knows, and TierPolicy.
policy::translators with_tier_policies();

} // namespace nodewall::test
