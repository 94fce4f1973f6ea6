#include "netfilter/iptables/layout/shape.hpp"

#include "base/sort_unique.hpp"
#include "ruleset/dataplane.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

using action = shape_rule::action;

error strange(const ruleset::decision& d, std::string_view what) {
    return {ruleset::dataplane_errc::kernel_refused, fmt::format("decision {} {}", d.name(), what)};
}

/// The verdict; false for one that no decision has.
bool read_verdict(const ruleset::verdict& v, const std::map<std::string_view, std::size_t>& stages,
                  shape_rule& r) {
    if (std::holds_alternative<ruleset::return_>(v)) {
        r.then = action::return_;
    } else if (std::holds_alternative<ruleset::drop>(v)) {
        r.then = action::drop;
    } else if (const auto* note = std::get_if<ruleset::note>(&v)) {
        r.then = action::note;
        r.argument = note->group;
    } else if (const auto* go = std::get_if<ruleset::go_to>(&v)) {
        const auto stage = stages.find(go->chain);
        if (stage == stages.end())
            return false;
        r.then = action::go_to;
        r.argument = static_cast<std::uint16_t>(stage->second);
    } else {
        return false;
    }
    return true;
}

ruleset::verdict verdict_of(const shape_rule& r) {
    switch (r.then) {
    case action::return_:
        return ruleset::return_{};
    case action::drop:
        return ruleset::drop{};
    case action::go_to:
        return ruleset::go_to{std::to_string(r.argument)};
    case action::note:
        break;
    }
    return ruleset::note{r.argument};
}

source_form form_of(const std::vector<std::string>& sets, std::string_view every_pod) {
    if (sets.empty())
        return source_form::inline_;
    return sets.size() == 1 && sets.front() == every_pod ? source_form::every_pod
                                                         : source_form::list;
}

} // namespace

std::size_t shape::source_count() const {
    return sources().size();
}

std::vector<source_form> shape::sources() const {
    std::vector<source_form> all;
    for (const auto& rules : stages)
        for (const auto& r : rules)
            if (r.from != source_form::anyone)
                all.push_back(r.from);
    return all;
}

bool shape::only_admits() const {
    return stages.size() == 1 && std::ranges::all_of(stages.front(), [](const shape_rule& r) {
               return r.then == action::return_ || r.then == action::note ||
                      (r.then == action::drop && r.from == source_form::anyone);
           });
}

result<decision_form> form_of(const ruleset::decision& d, std::string_view every_pod) {
    std::map<std::string_view, std::size_t> stages;
    for (std::size_t i = 0; i < d.chains.size(); ++i)
        stages.emplace(d.chains[i].name, i);
    decision_form form;
    for (const auto& chain : d.chains) {
        auto& rules = form.shape.stages.emplace_back();
        for (const auto& r : chain.rules) {
            shape_rule& found = rules.emplace_back();
            if (r.matches.size() > 1)
                return strange(d, "has a rule with more than one match");
            if (!r.matches.empty()) {
                const auto* from = std::get_if<ruleset::source_in>(&r.matches.front());
                if (from == nullptr)
                    return strange(d, "asks for something else than the source");
                found.from = form_of(from->sets, every_pod);
                form.sources.push_back({from->sets, from->blocks});
            }
            if (!read_verdict(r.then, stages, found))
                return strange(d, "has a verdict that no decision has");
        }
    }
    return form;
}

ruleset::decision decision_of(const shape& s, std::span<const source> sources,
                              std::string_view every_pod) {
    std::vector<std::vector<ruleset::rule>> stages;
    std::size_t next = 0;
    for (const auto& rules : s.stages) {
        auto& chain = stages.emplace_back();
        for (const auto& r : rules) {
            auto& rule = chain.emplace_back(ruleset::rule{.matches = {}, .then = verdict_of(r)});
            if (r.from == source_form::anyone)
                continue;
            const auto& from = sources[next++];
            ruleset::source_in match{.sets = from.sets, .blocks = from.blocks};
            if (r.from == source_form::every_pod)
                match.sets = {std::string(every_pod)};
            rule.matches.emplace_back(std::move(match));
        }
    }
    return ruleset::named_by_content(std::move(stages));
}

std::vector<shape> network_policy_shapes() {
    const shape_rule refuse{source_form::anyone, action::drop, 0};
    std::vector<shape> all{{{{refuse}}}};
    for (const auto from : {source_form::inline_, source_form::every_pod, source_form::list})
        all.push_back({{{{from, action::return_, 0}, refuse}}});
    return all;
}

std::vector<model::cidr> to_nets(const std::vector<model::cidr>& blocks) {
    std::vector<model::cidr> nets;
    for (const auto& block : blocks) {
        if (block.prefix != 0) {
            nets.push_back(block);
            continue;
        }
        const auto lower = model::cidr::of(block.address, 1);
        nets.push_back(lower);
        nets.push_back(model::cidr::of(block.last(), 1));
    }
    sort_unique(nets);
    return nets;
}

std::vector<model::cidr> from_nets(std::vector<model::cidr> nets) {
    sort_unique(nets);
    if (nets.empty())
        return nets;
    const auto whole = model::cidr::everything(nets.front().fam());
    const auto halves = to_nets({whole});
    if (!std::ranges::includes(nets, halves))
        return nets;
    std::erase_if(nets, [&](const model::cidr& net) {
        return std::ranges::find(halves, net) != halves.end();
    });
    nets.insert(nets.begin(), whole);
    return nets;
}

} // namespace nodewall::netfilter::iptables
