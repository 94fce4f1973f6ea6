// Whom one instruction of a decision means: sources of one family.
#pragma once

#include "compiler/decisions/peer_set.hpp"
#include "ruleset/rule.hpp"

#include <optional>
#include <vector>

namespace nodewall::compiler {

/// A union. One spelling for each meaning as far as it shows without the members of the sets:
/// `anyone` stands alone.
struct sources {
    explicit sources(model::family f) : blocks(f) {}

    bool anyone = false;
    std::vector<shared_peer_set> sets; // by name, each once
    /// What is written out in the decision itself: small unions of blocks, and backends' own
    /// addresses.
    model::address_set blocks;

    static sources everyone(model::family f);
    bool nobody() const { return !anyone && sets.empty() && blocks.empty(); }
    void add(const sources& other);
    /// The same of many; n log n in what they hold together.
    void add(const std::vector<const sources*>& others);
    void add_set(const shared_peer_set& set);
    void add_address(const model::ip_address& address);

    /// As a match; nothing where it means anyone.
    std::optional<ruleset::source_in> as_match() const;

    friend bool operator==(const sources& a, const sources& b);
};

/// Sorts sets by their names, and leaves each once.
void keep_each_once(std::vector<shared_peer_set>& sets);

} // namespace nodewall::compiler
