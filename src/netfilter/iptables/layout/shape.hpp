// What a decision looks like without what it reads: slots of one shape differ in their sets'
// members alone, so a new decision of a known shape needs no rule.
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/ipset/set.hpp"
#include "netfilter/iptables/layout/names.hpp"
#include "netfilter/iptables/xt/rule.hpp"
#include "ruleset/unit.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::netfilter::iptables {

/// Three forms of a source_in, so that there are few shapes.
enum class source_form : std::uint8_t {
    anyone,    ///< no source_in
    inline_,   ///< no shared set: one rule with the slot's set of blocks
    every_pod, ///< the set of every pod alone: a rule with it, and the inline rule
    list,      ///< any other sets: the inline rule, and a rule with the slot's list of sets
};

struct shape_rule {
    enum class action : std::uint8_t { return_, drop, go_to, note };
    source_form from = source_form::anyone;
    action then = action::return_;
    std::uint16_t argument = 0; // of go_to the stage, of note the group
    auto operator<=>(const shape_rule&) const = default;
};

struct shape {
    std::vector<std::vector<shape_rule>> stages;
    auto operator<=>(const shape&) const = default;

    /// How many source_in there are: K counts them.
    std::size_t source_count() const;
    /// The form of each.
    std::vector<source_form> sources() const;
    /// Whether it admits those who are in its sources and nobody else: then it does not matter
    /// which of them someone is in, nor in how many.
    bool only_admits() const;
};

/// What one source_in reads: names of shared sets, and blocks; both ascending.
struct source {
    std::vector<std::string> sets;
    std::vector<model::cidr> blocks;
    bool operator==(const source&) const = default;
};

struct decision_form {
    iptables::shape shape;
    std::vector<source> sources;
};
/// `every_pod`: the name of the set of every pod in the ruleset. An error for a decision of a form
/// that no compiler makes.
result<decision_form> form_of(const ruleset::decision& d, std::string_view every_pod);
/// The other way round.
ruleset::decision decision_of(const shape& s, std::span<const source> sources,
                              std::string_view every_pod);

/// The sets of an empty slot.
std::vector<set_definition> sets_of_slot(const shape& s, model::family f, slot_number slot);
/// Its chains. `every_pod`: the set's name in the kernel.
std::vector<xt_chain> chains_of_slot(const shape& s, model::family f, slot_number slot,
                                     std::string_view every_pod);
/// The shape of which these are the chains, or nothing.
std::optional<shape> shape_of_chains(std::span<const xt_chain* const> stages, model::family f,
                                     slot_number slot, std::string_view every_pod);

/// The shapes that NetworkPolicies alone come to: nobody, or some, are admitted.
std::vector<shape> network_policy_shapes();

// What hash:net holds of blocks: it takes no block of every address, but two halves.
std::vector<model::cidr> to_nets(const std::vector<model::cidr>& blocks);
std::vector<model::cidr> from_nets(std::vector<model::cidr> nets);

} // namespace nodewall::netfilter::iptables
