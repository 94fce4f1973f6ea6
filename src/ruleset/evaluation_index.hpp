// A ruleset's chains of one family with their names resolved, for the evaluator: chains, sets and
// dispatch maps are found by number or by hash.
#pragma once

#include "ruleset/membership.hpp"
#include "ruleset/ruleset.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace nodewall::ruleset {

/// source_in, its sets called by their numbers.
struct resolved_source {
    std::vector<memberships::set_number> address_sets; // ascending
    std::vector<std::uint32_t> block_sets;
    block_ranges blocks; // those written out
};
/// destination_in_set: the number of a set of blocks or of one of ports; neither: no such set.
struct resolved_destination {
    std::optional<std::uint32_t> blocks, ports;
};
using resolved_match =
    std::variant<in_interface, protocol_is, destination_ports, destination_in, destination_local,
                 original_direction, resolved_source, resolved_destination>;

struct resolved_rule {
    enum class operation : std::uint8_t {
        nothing, ///< leads to a chain or a map that is not there: no kernel would take the rule
        return_,
        drop,
        jump,
        go_to,
        dispatch,
        note,
    };
    const rule* source = nullptr;
    std::vector<resolved_match> matches;
    operation then = operation::nothing;
    std::uint32_t target = 0; // number of the chain or of the map
};

struct resolved_chain {
    const chain* source = nullptr;
    const unit* owner = nullptr;
    std::vector<resolved_rule> rules;
};

/// A packet's key in a dispatch map of any type.
struct door_key {
    model::ip_address address; // 0.0.0.0 where the map is keyed by ports alone
    std::uint8_t proto = 0;
    std::uint16_t port = 0;
    bool operator==(const door_key&) const = default;
};
struct door_key_hash {
    std::size_t operator()(const door_key& k) const noexcept;
};

struct dispatch_map {
    key_type type = key_type::port;
    struct target {
        const unit* door = nullptr;
        std::uint32_t chain = 0; // the first of the decision
    };
    boost::unordered_flat_map<door_key, target, door_key_hash> entries;
};

/// Points into the units that it was made of: whoever has it keeps them.
class evaluation_index {
public:
    evaluation_index(const ruleset& rules, model::family f);

    const std::vector<std::uint32_t>& chains_at(hook h) const {
        return at_hooks_[static_cast<std::size_t>(h)];
    }
    const resolved_chain& chain_of(std::uint32_t number) const { return chains_[number]; }
    const dispatch_map& map_of(std::uint32_t number) const { return maps_[number]; }
    const memberships& addresses() const noexcept { return addresses_; }
    bool has_port(std::uint32_t port_set, const door_key& port) const {
        return port_sets_[port_set].contains(port);
    }
    const block_ranges& block_set(std::uint32_t number) const { return block_sets_[number]; }

private:
    template <class T> using by_name = boost::unordered_flat_map<std::string_view, T>;
    struct set_ref {
        key_type type = key_type::address;
        std::uint32_t number = 0; // among those of the type; of dispatch maps together
        bool dispatches = false;
    };

    void take_chain(const chain& c, const unit& owner);
    void take_set(const set& s);
    void take_members(const by_name<std::vector<const members*>>& lists);
    void take_entry(const entry& e, const unit& door);
    void resolve(resolved_chain& c) const;
    void resolve_verdict(const verdict& v, resolved_rule& r) const;
    resolved_destination resolve_destination(const destination_in_set& m) const;
    resolved_source resolve_source(const source_in& m) const;
    std::optional<std::uint32_t> number_of(std::string_view chain) const;

    std::vector<resolved_chain> chains_;
    by_name<std::uint32_t> chain_numbers_;
    std::array<std::vector<std::uint32_t>, 5> at_hooks_;
    by_name<set_ref> sets_;
    std::uint32_t address_sets_ = 0; // how many
    memberships addresses_;
    std::vector<block_ranges> block_sets_;
    std::vector<dispatch_map> maps_;
    std::vector<boost::unordered_flat_set<door_key, door_key_hash>> port_sets_;
};

} // namespace nodewall::ruleset
