// Which sets an address is in. The sets that are keyed by addresses share one hash table: one
// look-up finds all of them, however many a rule names. A set of blocks is a list of ranges.
#pragma once

#include "model/address.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nodewall::ruleset {

struct address_hash {
    std::size_t operator()(const model::ip_address& a) const noexcept;
};

/// The sets of one family that are keyed by addresses, each called by a number.
///
/// An address has a node, which names the last of its sets and the node of the sets before:
///
///     10.42.0.9 ──▶ [set 7] ──▶ [set 3] ──▶ [set 1] ──▶ none
///     10.42.0.8 ──▶ [set 5] ──────┘
class memberships {
public:
    using set_number = std::uint32_t;
    using node_number = std::uint32_t;

    memberships() : nodes_(1) {}

    /// Set by set, in ascending order of their numbers; an address may come more than once.
    void add(set_number set, const model::ip_address& address);
    /// No address comes any more: gives back what only add() needs.
    void finish() { children_ = {}; }

    /// What is_in_any() wants to know about the address.
    node_number find(const model::ip_address& address) const;
    /// Whether the address of the node is in one of the sets; they ascend.
    bool is_in_any(node_number address, std::span<const set_number> sets) const;

private:
    struct node {
        node_number before = 0; // of a smaller set number; 0: none, itself the node of no set
        set_number set = 0;
    };
    std::vector<node> nodes_;
    boost::unordered_flat_map<model::ip_address, node_number, address_hash> of_address_;
    boost::unordered_flat_map<std::uint64_t, node_number> children_; // by node, set
};

/// A union of blocks of one family.
class block_ranges {
public:
    block_ranges() = default;
    explicit block_ranges(std::vector<model::cidr> blocks);
    bool contains(const model::ip_address& a) const;

private:
    struct range {
        model::ip_address first, last;
    };
    std::vector<range> ranges_; // disjoint, ascending
};

} // namespace nodewall::ruleset
