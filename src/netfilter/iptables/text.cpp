// The texts of `nodewall rules`: a plan for an empty kernel, carried out on paper.
#include "netfilter/iptables/dataplane.hpp"

#include "netfilter/iptables/kernel/memory_kernel.hpp"
#include "netfilter/iptables/layout/render.hpp"
#include "netfilter/iptables/plan/execution.hpp"
#include "netfilter/iptables/plan/planner.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

namespace nodewall::netfilter::iptables {

namespace {

/// One family after the ruleset was applied to an empty kernel.
struct paper {
    explicit paper(model::family f, std::uint32_t mark_mask) : now(f, mark_bits(mark_mask)) {
        now.damaged = false;
    }
    image now;
    memory_kernel kernel;
};

result<void> apply_to(paper& p, const ruleset::ruleset& rules) {
    auto plan = make_plan(p.now, {}, std::make_shared<const ruleset::ruleset>(rules));
    if (!plan)
        return plan.error();
    ruleset::apply_outcome outcome;
    std::vector<step> steps = std::move(plan->prepare);
    if (plan->commit)
        steps.push_back(std::move(*plan->commit));
    for (auto* list :
         {&plan->grow, &plan->shut, &plan->turn, &plan->open, &plan->shrink, &plan->finish})
        std::ranges::move(*list, std::back_inserter(steps));
    for (const auto& s : steps) {
        if (auto done = perform(p.kernel, p.now.fam, s.what, outcome); !done)
            return done;
        for (const auto& change : s.means)
            p.now.note(change);
    }
    return {};
}

std::map<slot_number, const shape*> slots_in_use(const image& i) {
    auto slots = i.laid_out();
    std::erase_if(slots, [&](const auto& each) { return i.slots[each.first].doors == 0; });
    return slots;
}

std::string not_printable(const error& why) {
    return fmt::format("# {}\n", why.message());
}

} // namespace

std::string iptables_text(const ruleset::ruleset& rules, model::family f, std::uint32_t mark_mask) {
    paper p(f, mark_mask);
    if (const auto applied = apply_to(p, rules); !applied)
        return not_printable(applied.error());
    const auto table = render(f, p.now.bits, p.now.table, slots_in_use(p.now));
    if (!table)
        return not_printable(table.error());
    std::string chains, jumps, lines;
    for (const auto& chain : *table) {
        chains += fmt::format(":{} - [0:0]\n", chain.name);
        if (!chain.hook.empty())
            jumps += fmt::format("-A {} -j {}\n", chain.hook, chain.name);
        for (const auto& rule : chain.rules)
            lines += fmt::format("-A {} {}\n", chain.name, rule.to_string());
    }
    return "*mangle\n" + chains + jumps + lines + "COMMIT\n";
}

std::string ipset_text(const ruleset::ruleset& rules, std::uint32_t mark_mask) {
    std::string definitions, lines;
    for (const auto f : model::families) {
        paper p(f, mark_mask);
        if (const auto applied = apply_to(p, rules); !applied)
            return not_printable(applied.error());
        const auto slots = slots_in_use(p.now);
        for (const auto& [name, set] : p.kernel.sets) {
            const auto of_slot = parse_slot_set(name);
            if (of_slot && !slots.contains(of_slot->slot))
                continue;
            definitions += set.definition.to_string() + "\n";
            for (const auto& [key, mark] : set.members) {
                auto member = key;
                std::tie(member.mark, member.mask) = mark;
                lines += fmt::format("add {} {}\n", name, member.to_string(set.definition.type));
            }
            for (const auto& member : set.names)
                lines += fmt::format("add {} {}\n", name, member);
        }
    }
    return definitions + lines;
}

} // namespace nodewall::netfilter::iptables
