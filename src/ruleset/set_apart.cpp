#include "ruleset/set_apart.hpp"

#include <algorithm>

namespace nodewall::ruleset {

namespace {

std::shared_ptr<const unit> refuse_everyone(model::family f) {
    return make_unit(f, named_by_content({{{.matches = {}, .then = drop{}}}}), {});
}

/// Whether a rule of the chain reads one of the sets.
bool reads_any(const chain& c, model::family f, const std::set<std::string>& units) {
    return std::ranges::any_of(c.rules, [&](const rule& r) {
        return std::ranges::any_of(r.matches, [&](const match& m) {
            const auto* source = std::get_if<source_in>(&m);
            return source != nullptr &&
                   std::ranges::any_of(source->sets, [&](const std::string& set) {
                       return units.contains(set_unit_name(f, set));
                   });
        });
    });
}

bool needs_any(const unit& u, const decision& d, const std::set<std::string>& units) {
    return units.contains(u.name) || std::ranges::any_of(d.chains, [&](const chain& c) {
               return reads_any(c, u.fam, units);
           });
}

/// Without those that fixed chains read.
std::set<std::string> removable(const ruleset& rules, std::set<std::string> units) {
    for (const auto& u : rules.units())
        if (const auto* c = std::get_if<chain>(&u->content))
            for (const auto& r : c->rules)
                for (const auto& m : r.matches)
                    if (const auto* source = std::get_if<source_in>(&m))
                        for (const auto& set : source->sets)
                            units.erase(set_unit_name(u->fam, set));
    return units;
}

} // namespace

reduced_ruleset without(const ruleset& rules, const std::set<std::string>& given) {
    const auto units = removable(rules, given);
    reduced_ruleset made{.rules = rules, .shut = {}};
    std::set<std::pair<model::family, std::string>> refused; // decisions
    for (const auto& u : rules.units()) {
        if (const auto* d = std::get_if<decision>(&u->content);
            d != nullptr && needs_any(*u, *d, units)) {
            refused.emplace(u->fam, d->name());
            made.rules.erase(u->name);
            continue;
        }
        const auto* m = std::get_if<members>(&u->content);
        const bool is_set = std::holds_alternative<set>(u->content) && units.contains(u->name);
        if (is_set || (m != nullptr && units.contains(set_unit_name(u->fam, m->set))))
            made.rules.erase(u->name);
    }
    for (const auto& u : rules.units()) {
        const auto* door = std::get_if<entry>(&u->content);
        if (door == nullptr || !refused.contains({u->fam, door->decision}))
            continue;
        const auto nobody = refuse_everyone(u->fam);
        auto shut = *door;
        shut.decision = std::get<decision>(nobody->content).name();
        made.rules.put(nobody);
        made.rules.put(make_unit(u->name, u->fam, std::move(shut), u->causes));
        made.shut.push_back(u);
    }
    return made;
}

} // namespace nodewall::ruleset
