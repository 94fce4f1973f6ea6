// Shapes as the chains and sets of a slot, and back.
#include "netfilter/iptables/layout/shape.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace nodewall::netfilter::iptables {

namespace {

using action = shape_rule::action;

/// Writes the rules of one slot.
class writer {
public:
    writer(model::family f, slot_number slot, std::string_view every_pod)
        : family_(f), slot_(slot), every_pod_(every_pod) {}

    std::vector<xt_rule> rules_of(const std::vector<shape_rule>& stage) {
        std::vector<xt_rule> all;
        for (const auto& r : stage) {
            if (r.from == source_form::anyone) {
                all.push_back({.then = target_of(r)});
                continue;
            }
            const auto own = slot_set(family_, slot_, slot_set_kind::inline_, source_);
            const auto list = slot_set(family_, slot_, slot_set_kind::list, source_);
            ++source_;
            if (r.from == source_form::every_pod)
                append(all, r, own, every_pod_, true);
            else if (r.from == source_form::list)
                append(all, r, own, list, false);
            else
                all.push_back({.sets = {match(own)}, .then = target_of(r)});
        }
        return all;
    }

private:
    static set_match match(std::string_view set, bool negated = false) {
        return {.set = std::string(set), .directions = {direction::src}, .negated = negated};
    }

    /// Two rules that together ask for either set. A note is not written twice.
    void append(std::vector<xt_rule>& all, const shape_rule& r, const std::string& own,
                std::string_view shared, bool shared_first) const {
        const auto first = shared_first ? shared : std::string_view(own);
        const auto second = shared_first ? std::string_view(own) : shared;
        all.push_back({.sets = {match(first)}, .then = target_of(r)});
        xt_rule other{.sets = {match(second)}, .then = target_of(r)};
        if (r.then == action::note)
            other.sets.insert(other.sets.begin(), match(first, true));
        all.push_back(std::move(other));
    }

    xt_target target_of(const shape_rule& r) const {
        switch (r.then) {
        case action::return_:
            return to_return{};
        case action::drop:
            return to_drop{};
        case action::go_to:
            return goto_chain{slot_chain(slot_, r.argument)};
        case action::note:
            break;
        }
        return to_nflog{r.argument};
    }

    model::family family_;
    slot_number slot_;
    std::string_view every_pod_;
    std::size_t source_ = 0;
};

/// Reads what the writer wrote, rule by rule; the caller writes it again to be sure.
class reader {
public:
    reader(slot_number slot, std::size_t stages, std::string_view every_pod)
        : slot_(slot), stages_(stages), every_pod_(every_pod) {}

    bool read(const xt_chain& chain, std::vector<shape_rule>& stage) const {
        for (auto rule = chain.rules.begin(); rule != chain.rules.end(); ++rule) {
            shape_rule r;
            if (!read_target(rule->then, r) || rule->sets.size() > 1)
                return false;
            if (rule->sets.size() == 1) {
                const auto& set = rule->sets.front().set;
                const bool more = std::next(rule) != chain.rules.end() &&
                                  !std::next(rule)->sets.empty() &&
                                  belongs_to_list(std::next(rule)->sets.back().set);
                r.from = set == every_pod_ ? source_form::every_pod
                         : more            ? source_form::list
                                           : source_form::inline_;
                if (r.from != source_form::inline_ && ++rule == chain.rules.end())
                    return false;
            }
            stage.push_back(r);
        }
        return true;
    }

private:
    static bool belongs_to_list(const std::string& set) {
        const auto name = parse_slot_set(set);
        return name && name->kind == slot_set_kind::list;
    }

    bool read_target(const xt_target& t, shape_rule& r) const {
        if (std::holds_alternative<to_return>(t)) {
            r.then = action::return_;
        } else if (std::holds_alternative<to_drop>(t)) {
            r.then = action::drop;
        } else if (const auto* note = std::get_if<to_nflog>(&t)) {
            r.then = action::note;
            r.argument = note->group;
        } else if (const auto* go = std::get_if<goto_chain>(&t)) {
            const auto to = parse_slot_chain(go->chain);
            if (!to || to->slot != slot_ || to->stage >= stages_)
                return false;
            r.then = action::go_to;
            r.argument = static_cast<std::uint16_t>(to->stage);
        } else {
            return false;
        }
        return true;
    }

    slot_number slot_;
    std::size_t stages_;
    std::string_view every_pod_;
};

} // namespace

std::vector<set_definition> sets_of_slot(const shape& s, model::family f, slot_number slot) {
    std::vector<set_definition> all;
    const auto sources = s.sources();
    for (std::size_t k = 0; k < sources.size(); ++k) {
        all.push_back({.name = slot_set(f, slot, slot_set_kind::inline_, k),
                       .type = set_type::hash_net,
                       .fam = f,
                       .small = true});
        if (sources[k] == source_form::list)
            all.push_back({.name = slot_set(f, slot, slot_set_kind::list, k),
                           .type = set_type::list_set,
                           .fam = f});
    }
    return all;
}

std::vector<xt_chain> chains_of_slot(const shape& s, model::family f, slot_number slot,
                                     std::string_view every_pod) {
    writer rules(f, slot, every_pod);
    std::vector<xt_chain> chains;
    for (std::size_t i = 0; i < s.stages.size(); ++i)
        chains.push_back(
            {.name = slot_chain(slot, i), .rules = rules.rules_of(s.stages[i]), .hook = {}});
    return chains;
}

std::optional<shape> shape_of_chains(std::span<const xt_chain* const> stages, model::family f,
                                     slot_number slot, std::string_view every_pod) {
    shape found;
    const reader rules(slot, stages.size(), every_pod);
    for (const auto* chain : stages)
        if (!rules.read(*chain, found.stages.emplace_back()))
            return std::nullopt;
    const auto again = chains_of_slot(found, f, slot, every_pod);
    const bool same = std::ranges::equal(
        again, stages, [](const xt_chain& a, const xt_chain* b) { return a == *b; });
    return same ? std::optional(std::move(found)) : std::nullopt;
}

} // namespace nodewall::netfilter::iptables
