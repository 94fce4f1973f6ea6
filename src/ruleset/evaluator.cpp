#include "ruleset/evaluator.hpp"

#include "base/limits.hpp"
#include "ruleset/evaluation_index.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace nodewall::ruleset {

namespace {

/// One packet on its way through the chains of one hook.
class walk {
public:
    /// Tells `told` what happens, where there is one.
    walk(const evaluation_index& index, const packet& p, evaluator::answer* told)
        : index_(index), p_(p), told_(told) {}

    /// Whether the packet comes out of the chain, which stands at a hook.
    bool passes(std::uint32_t start) {
        place at{start, 0};
        std::size_t depth = 0;
        for (std::size_t hops = 0; hops < limits::evaluation_hops_max;) {
            const auto* r = next_that_holds(at);
            using operation = resolved_rule::operation;
            const auto then = r == nullptr ? operation::return_ : r->then;
            if (then == operation::note) {
                tell(at, *r);
            } else if (then == operation::return_) {
                if (r != nullptr)
                    tell(at, *r);
                if (depth == 0)
                    return true;
                at = behind_jumps_[--depth];
            } else if (then == operation::drop) {
                tell(at, *r);
                return false;
            } else if (then == operation::dispatch) {
                if (const auto* to = entry_in(index_.map_of(r->target))) {
                    tell(at, *r);
                    tell_door(*to);
                    at = {to->chain, 0};
                    ++hops;
                }
            } else if (then == operation::jump || then == operation::go_to) {
                if (then == operation::jump) {
                    if (depth == behind_jumps_.size())
                        return true;
                    behind_jumps_[depth++] = at;
                }
                tell(at, *r);
                at = {r->target, 0};
                ++hops;
            }
        }
        return true;
    }

private:
    /// A chain and the rule that is asked next.
    struct place {
        std::uint32_t chain = 0;
        std::uint32_t rule = 0;
    };

    /// nullptr at the end of the chain. The place is then behind the rule.
    const resolved_rule* next_that_holds(place& at) {
        const auto& rules = index_.chain_of(at.chain).rules;
        while (at.rule < rules.size()) {
            const auto& r = rules[at.rule++];
            if (std::all_of(r.matches.begin(), r.matches.end(), [&](const resolved_match& m) {
                    return std::visit([&](const auto& kind) { return holds(kind); }, m);
                }))
                return &r;
        }
        return nullptr;
    }

    bool holds(const in_interface& m) const { return m.name == p_.in_interface; }
    bool holds(const protocol_is& m) const { return m.proto == p_.proto; }
    bool holds(const destination_ports& m) const {
        return std::binary_search(m.ports.begin(), m.ports.end(), p_.port);
    }
    bool holds(const destination_in& m) const { return m.block.contains(p_.destination); }
    bool holds(const destination_local&) const { return p_.destination_local; }
    bool holds(const original_direction&) const { return p_.original_direction; }
    bool holds(const resolved_source& m) {
        if (!m.address_sets.empty()) {
            if (!source_)
                source_ = index_.addresses().find(p_.source);
            if (index_.addresses().is_in_any(*source_, m.address_sets))
                return true;
        }
        return m.blocks.contains(p_.source) ||
               std::any_of(m.block_sets.begin(), m.block_sets.end(), [&](std::uint32_t number) {
                   return index_.block_set(number).contains(p_.source);
               });
    }

    bool holds(const resolved_destination& m) const {
        if (m.blocks)
            return index_.block_set(*m.blocks).contains(p_.destination);
        const door_key port{
            .address = {}, .proto = static_cast<std::uint8_t>(p_.proto), .port = p_.port};
        return m.ports && index_.has_port(*m.ports, port);
    }

    const dispatch_map::target* entry_in(const dispatch_map& map) const {
        door_key k{.address = {}, .proto = static_cast<std::uint8_t>(p_.proto), .port = p_.port};
        if (map.type == key_type::address_port)
            k.address = p_.destination;
        const auto found = map.entries.find(k);
        return found == map.entries.end() ? nullptr : &found->second;
    }

    /// The place is behind the rule already.
    void tell(const place& at, const resolved_rule& r) {
        if (told_ != nullptr)
            told_->steps.push_back({.chain = index_.chain_of(at.chain).source->name,
                                    .number = at.rule,
                                    .rule = r.source->to_string()});
    }
    void tell_door(const dispatch_map::target& to) {
        if (told_ == nullptr)
            return;
        told_->door = to.door;
        told_->decided_by = index_.chain_of(to.chain).owner;
    }

    const evaluation_index& index_;
    const packet& p_;
    evaluator::answer* told_;
    std::array<place, limits::jump_depth_max> behind_jumps_;
    std::optional<memberships::node_number> source_; // once it is asked for
};

} // namespace

struct evaluator::index {
    explicit index(const ruleset& r)
        : rules(r), ipv4(rules, model::family::ipv4), ipv6(rules, model::family::ipv6) {}

    bool passes(const packet& p, answer* told) const {
        const auto& of_family = p.source.fam() == model::family::ipv4 ? ipv4 : ipv6;
        const auto& chains = of_family.chains_at(p.at);
        walk way(of_family, p, told);
        return std::all_of(chains.begin(), chains.end(),
                           [&](std::uint32_t start) { return way.passes(start); });
    }

    ruleset rules; // keeps the units that the others point into
    evaluation_index ipv4, ipv6;
};

evaluator::evaluator(const ruleset& rules) : index_(std::make_unique<index>(rules)) {}
evaluator::~evaluator() = default;
evaluator::evaluator(evaluator&&) noexcept = default;
evaluator& evaluator::operator=(evaluator&&) noexcept = default;

bool evaluator::admits(const packet& p) const {
    return index_->passes(p, nullptr);
}

evaluator::answer evaluator::ask(const packet& p) const {
    answer a;
    a.admitted = index_->passes(p, &a);
    return a;
}

} // namespace nodewall::ruleset
