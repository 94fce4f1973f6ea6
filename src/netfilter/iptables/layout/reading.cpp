#include "netfilter/iptables/layout/reading.hpp"

#include "base/sort_unique.hpp"
#include "netfilter/iptables/layout/door_reading.hpp"
#include "netfilter/iptables/layout/fixed_chains.hpp"
#include "netfilter/iptables/layout/lift.hpp"
#include "netfilter/iptables/layout/render.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

/// A chain that no compiler makes.
ruleset::chain strange(const std::string& name) {
    return {.name = name, .rules = {{.matches = {}, .then = ruleset::jump{"?"}}}, .at = {}};
}

bool is_of_layout(std::string_view chain) {
    return chain.starts_with("NW-SLOT") || chain.starts_with("NW-PAGE");
}

class reading {
public:
    reading(const table_content& table, const std::vector<const set_content*>& sets,
            model::family f, const mark_bits& bits, ruleset::ruleset& rules)
        : table_(table), bits_(bits), image_(f, bits), rules_(rules) {
        for (const auto* set : sets)
            sets_.emplace(set->definition.name, set);
        image_.damaged = false;
    }

    image make() && {
        find_every_pod();
        read_slots();
        read_fixed_chains();
        if (image_.table.fixed.empty())
            image_.table.maps.clear(); // no packet reaches them
        read_doors(image_, sets_, rules_);
        lift(image_, sets_, std::move(contents_), rules_);
        compare();
        keep_others();
        return std::move(image_);
    }

private:
    /// Which instance of the set of every pod the rules of slots ask.
    void find_every_pod() {
        image_.table.every_pod = every_pod_set(image_.fam);
        for (const auto& chain : table_.chains)
            if (parse_slot_chain(chain.name))
                for (const auto& rule : chain.rules)
                    for (const auto set : sets_of(rule))
                        if (const auto found = parse_instance(set);
                            found && found->set == every_pod_set(image_.fam)) {
                            image_.table.every_pod = set;
                            return;
                        }
    }

    void read_slots() {
        std::map<slot_number, std::vector<const xt_chain*>> chains;
        std::map<std::pair<slot_number, std::size_t>, const xt_chain*> stages;
        for (const auto& chain : table_.chains)
            if (const auto name = parse_slot_chain(chain.name))
                stages.emplace(std::pair(name->slot, name->stage), &chain);
        for (const auto& [at, chain] : stages)
            chains[at.first].push_back(chain);
        std::vector<std::pair<slot_number, shape>> found;
        for (const auto& [number, of_slot] : chains)
            if (auto form = shape_of_chains(of_slot, image_.fam, number, image_.table.every_pod);
                form && has_sets(*form, number))
                found.emplace_back(number, std::move(*form));
        image_.lay_out(found);
        contents_.resize(image_.slots.size());
        for (const auto& [number, form] : found)
            contents_[number] = content_of(form, number);
    }

    bool has_sets(const shape& form, slot_number number) const {
        return std::ranges::all_of(sets_of_slot(form, image_.fam, number), [&](const auto& set) {
            const auto at = sets_.find(set.name);
            return at != sets_.end() && at->second->definition == set;
        });
    }

    /// Lists are instances' names still.
    std::vector<source> content_of(const shape& form, slot_number number) const {
        std::vector<source> content;
        const auto forms = form.sources();
        for (std::size_t k = 0; k < forms.size(); ++k) {
            auto& from = content.emplace_back();
            const auto* own = sets_.at(slot_set(image_.fam, number, slot_set_kind::inline_, k));
            for (const auto& member : own->members)
                from.blocks.push_back(member.net);
            from.blocks = from_nets(std::move(from.blocks));
            if (forms[k] != source_form::list)
                continue;
            from.sets = sets_.at(slot_set(image_.fam, number, slot_set_kind::list, k))->names;
            sort_unique(from.sets);
        }
        return content;
    }

    void read_fixed_chains() {
        auto& t = image_.table;
        if (const auto map = first_map()) {
            t.generation = map->generation;
            t.two_steps = map->part.what == map_part::kind::pages;
        }
        for (const auto& [name, set] : sets_)
            if (const auto map = parse_map(name);
                map && map->generation == t.generation &&
                map->part.what == (t.two_steps ? map_part::kind::pages : map_part::kind::whole))
                t.maps.push_back(map->map);
        sort_unique(t.maps);
        const fixed_sets names{.set = [&](const std::string& set) -> std::optional<std::string> {
                                   const auto found = parse_instance(set);
                                   if (!found || !sets_.contains(set))
                                       return std::nullopt;
                                   t.instances[found->set] = set;
                                   return found->set;
                               },
                               .map = [](const std::string& set) -> std::optional<std::string> {
                                   const auto found = parse_map(set);
                                   return found ? std::optional(found->map) : std::nullopt;
                               }};
        for (const auto& chain : table_.chains)
            if (!is_of_layout(chain.name))
                t.fixed.push_back(read_fixed(chain, bits_, names).value_or(strange(chain.name)));
    }

    std::optional<map_instance> first_map() const {
        for (const auto& chain : table_.chains)
            if (!is_of_layout(chain.name))
                for (const auto& rule : chain.rules)
                    if (const auto* map = std::get_if<map_mark>(&rule.then))
                        if (auto found = parse_map(map->set))
                            return found;
        return std::nullopt;
    }

    /// Whatever is not as this layout is rendered has to be committed again.
    void compare() {
        const auto rendered = render(image_.fam, bits_, image_.table, image_.laid_out());
        std::map<std::string_view, const xt_chain*> wanted;
        if (rendered)
            for (const auto& chain : *rendered)
                wanted.emplace(chain.name, &chain);
        std::set<std::string> differing;
        for (const auto& chain : table_.chains) {
            const auto at = wanted.find(chain.name);
            if (at == wanted.end() || *at->second != chain)
                differing.insert(chain.name);
            if (at != wanted.end())
                wanted.erase(at);
        }
        for (const auto& [name, chain] : wanted)
            differing.insert(std::string(name));
        image_.damaged = !differing.empty();
        // A fixed chain may have been read as what it was, though a rule of it is missing.
        for (const auto& name : differing)
            rules_.put(ruleset::make_unit(image_.fam, strange(name)));
    }

    void keep_others() {
        std::set<std::string> spoken_of;
        for (const auto& [set, instance] : image_.instances)
            spoken_of.insert(instance);
        for (const auto& [number, form] : image_.laid_out())
            for (const auto& set : sets_of_slot(*form, image_.fam, number))
                spoken_of.insert(set.name);
        if (!image_.table.fixed.empty())
            for (const auto& set :
                 image_.map_sets(image_.table, static_cast<slot_number>(image_.slots.size() - 1)))
                spoken_of.insert(set.name);
        for (const auto& [name, set] : sets_)
            if (!spoken_of.contains(name))
                image_.others.emplace(name, set->definition);
    }

    const table_content& table_;
    const mark_bits& bits_;
    sets_by_name sets_;
    image image_;
    std::vector<std::vector<source>> contents_; // of slots, by number
    ruleset::ruleset& rules_;
};

} // namespace

image read_family(const table_content& table, const std::vector<const set_content*>& sets,
                  model::family f, const mark_bits& bits, ruleset::ruleset& rules) {
    return reading(table, sets, f, bits, rules).make();
}

} // namespace nodewall::netfilter::iptables
