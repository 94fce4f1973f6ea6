// The one model that every kind of policy is translated to (SEMANTICS section 4): tiers in order,
// in a tier policies in order, in a policy rules in order. The first rule that matches decides,
// unless it passes to the next tier or only logs; at the end of a tier, the tier decides.
//
// Values only: selectors are not resolved here. Whoever evaluates a policy asks the cluster's state
// (or, in explain/, tests the selectors itself).
#pragma once

#include "model/objects.hpp"
#include "model/pod_query.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace nodewall::model {

enum class action : std::uint8_t {
    allow, ///< final
    deny,  ///< final
    pass,  ///< on to the next tier
    log,   ///< note, and on to the next rule
};
/// "allow", "deny", "pass", "log".
std::string_view to_string(action a);

/// What becomes of a connection that no rule of the tier decided, where a policy of the tier
/// applies to the subject in that direction. Where none applies, or behind the last tier: next, at
/// last allowed.
enum class tier_end : std::uint8_t { next, deny, allow };

/// The order of what gives none.
inline constexpr double last_order = std::numeric_limits<double>::infinity();

struct tier {
    double order = 0; // never NaN; ascending; ties by name
    std::string name;
    tier_end at_end = tier_end::next;
    auto operator<=>(const tier&) const = default;
};

// The tiers that Kubernetes' own kinds stand in.
inline const tier admin_tier{1'000, "admin", tier_end::next};
inline const tier default_tier{1'000'000, "default", tier_end::deny};
inline const tier baseline_tier{10'000'000, "baseline", tier_end::allow};
/// The place in the default tier of what each namespace decides for itself.
inline constexpr double namespaces_order = 1000;

/// The other ends that a rule speaks of (the sources of an ingress rule, the destinations of an
/// egress rule): a union, or anyone at all.
struct peers {
    bool any = false;
    std::vector<ip_block> blocks;
    std::vector<pod_query> pods;
    /// Nodes by their labels: every address in Node.status.addresses of those that one selects,
    /// whoever answers there.
    std::vector<label_selector> nodes = {};
    bool operator==(const peers&) const = default;
};

/// Ports of the connection's destination: a range of numbers, or a name that each pod declares for
/// itself.
struct port_match {
    protocol proto = protocol::tcp;
    std::uint16_t first = 0; // 0 to 65535: every port
    std::uint16_t last = 65535;
    std::string name; // not empty: in place of the numbers
    bool operator==(const port_match&) const = default;

    /// Whether it means this port of `pod`, by number or by the name of one of the pod's ports.
    /// Port 0 stands for all ports: it is covered where one of them is.
    bool covers(protocol p, std::uint16_t port, const pod_object& pod) const;
};

/// What must hold of one end of a connection: it is among these, or it is not.
struct condition {
    peers who;
    bool negated = false;
    bool operator==(const condition&) const = default;
};

struct tier_rule {
    action then = action::allow;
    std::size_t index = 0; // its place in the object's own list; one entry may become several rules
    peers who;
    std::vector<condition> also{};    // of the other end too: all of them
    std::vector<condition> subject{}; // of the subject and its own address: all of them
    bool any_port = false;            // any port of any protocol
    std::vector<port_match> ports;
    std::vector<port_match> not_ports{}; // none of these, even where `ports` or `any_port` has it
    bool operator==(const tier_rule&) const = default;

    /// Whether it speaks of anyone at all, from either end.
    bool speaks_of_all() const { return who.any && also.empty() && subject.empty(); }

    /// Whether it speaks of this port of `pod`. Port 0 stands for all ports, of which whichever may
    /// be meant: a rule that denies or passes on covers it where it covers all of them.
    bool covers(protocol p, std::uint16_t port, const pod_object& pod) const;
};

struct policy {
    policy_id id;          // of the object that it was translated from
    std::string kind;      // as people call it: "NetworkPolicy"
    std::uint64_t seq = 0; // the event that said so
    tier in;
    double order = 0; // within its tier, ascending, never NaN; ties by name, namespace and kind
    bool behind_equals = false; // among those of its order it comes behind the others
    pod_query subject;
    bool ingress_applies = false; // its tier acts on its subjects for ingress
    bool egress_applies = false;
    /// Its tier admits a subject to itself, at this policy's place: what NetworkPolicies do with
    /// traffic of a pod to itself that comes back through a Service (SEMANTICS section 1).
    bool admits_itself = false;
    /// The same of what a subject sends to its own node.
    bool admits_own_node = false;
    /// It enforces nothing and makes no tier apply; state and explain say what it would do.
    bool staged = false;
    std::vector<tier_rule> ingress, egress;
    /// What the translation had to leave out, a sentence each; one about a rule begins with
    /// "ingress[N]" or "egress[N]".
    std::vector<std::string> not_understood;
    /// Why it says that it refuses everyone, in place of what its object says: it exceeds a budget
    /// (policy/budget.hpp). Empty: it does not.
    std::string over_budget{};
    /// The objects that the translation looked at besides its own; an empty name: any of that
    /// stream. Whoever keeps the policy translates it again when one of them changes.
    std::vector<policy_id> rests_on{}; // sorted, unique

    /// Equal in content: everything but `seq`.
    friend bool operator==(const policy& a, const policy& b);
    /// "NetworkPolicy web/deny".
    std::string describe() const;
    /// In the order in which they are asked: by tier, then by order, then by name, namespace and
    /// kind.
    static bool asked_before(const policy& a, const policy& b);
};

} // namespace nodewall::model
