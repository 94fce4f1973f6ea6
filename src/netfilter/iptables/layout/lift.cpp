#include "netfilter/iptables/layout/lift.hpp"

#include "base/sort_unique.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

class lifter {
public:
    lifter(image& i, const sets_by_name& sets, ruleset::ruleset& rules)
        : image_(i), sets_(sets), rules_(rules) {}

    void lift(std::vector<std::vector<source>> contents) {
        choose_instances(contents);
        for (slot_number number = 1; number < image_.slots.size(); ++number)
            if (image_.slots[number].form != nullptr)
                name_slot(number, std::move(contents[number]));
        put_doors();
        for (const auto& c : image_.table.fixed)
            rules_.put(ruleset::make_unit(image_.fam, c));
        for (const auto& map : image_.table.maps)
            rules_.put(ruleset::make_unit(
                ruleset::set{.name = map,
                             .fam = image_.fam,
                             .what = ruleset::purpose::dispatch,
                             .type = map_is_by_port(map) ? ruleset::key_type::port
                                                         : ruleset::key_type::address_port}));
        for (const auto& [set, instance] : image_.instances)
            put_set(set, *sets_.at(instance));
    }

private:
    /// Of several instances of a set the one is current that most slots in use read.
    void choose_instances(const std::vector<std::vector<source>>& contents) {
        std::map<std::string, std::map<std::string, std::size_t>> votes;
        for (slot_number number = 1; number < image_.slots.size(); ++number)
            if (image_.slots[number].doors != 0)
                for (const auto& from : contents[number])
                    for (const auto& name : from.sets)
                        if (const auto found = parse_instance(name); found && is_sound(name))
                            ++votes[found->set][name];
        for (const auto& [set, of_set] : votes)
            image_.instances[set] =
                std::ranges::max_element(of_set, {}, [](const auto& v) { return v.second; })->first;
        for (const auto& [set, instance] : image_.table.instances)
            image_.instances[set] = instance;
        if (is_sound(image_.table.every_pod) && !image_.laid_out().empty())
            image_.instances[every_pod_set(image_.fam)] = image_.table.every_pod;
    }

    /// Whether it stands, with the type that its purpose has.
    bool is_sound(const std::string& name) const {
        const auto at = sets_.find(name);
        const auto what = ruleset::purpose_of(name);
        return at != sets_.end() && what && at->second->definition.type == type_of_set(name);
    }

    void name_slot(slot_number number, std::vector<source> content) {
        auto& s = image_.slots[number];
        const bool empty = std::ranges::all_of(
            content, [](const source& from) { return from.sets.empty() && from.blocks.empty(); });
        if (empty && s.doors == 0)
            return;
        slot_holds held{.slot = number};
        bool known = true;
        for (auto& from : content) {
            held.lists.push_back(from.sets);
            for (auto& name : from.sets) {
                const auto found = parse_instance(name);
                const auto current =
                    found ? image_.instances.find(found->set) : image_.instances.end();
                known = known && current != image_.instances.end() && current->second == name;
                if (known)
                    name = found->set;
            }
            std::ranges::sort(from.sets);
        }
        held.decision = unknown_decision;
        if (known) {
            auto decision = decision_of(*s.form, content, every_pod_set(image_.fam));
            held.decision = decision.name();
            if (s.doors != 0)
                rules_.put(ruleset::make_unit(image_.fam, std::move(decision), {}));
        }
        image_.note(held);
    }

    void put_doors() {
        for (const auto& map : image_.table.maps) {
            const map_part part{
                image_.table.two_steps ? map_part::kind::pages : map_part::kind::whole, 0};
            const auto set = sets_.find(map_name(map, image_.table.generation, part));
            if (set == sets_.end())
                continue;
            for (const auto& member : set->second->members) {
                const bool by_port = set->second->definition.type == set_type::hash_net_port;
                const ruleset::key key{.block = by_port ? model::cidr{} : member.net,
                                       .proto = member.proto,
                                       .port = member.port};
                const auto door = door_unit(image_.fam, map, key, {});
                const auto leads = image_.entries.find(door->name);
                if (leads == image_.entries.end())
                    continue;
                rules_.put(door_unit(image_.fam, map, key, image_.slots[leads->second].decision));
            }
        }
    }

    void put_set(const std::string& name, const set_content& content) {
        const auto what = ruleset::purpose_of(name).value_or(ruleset::purpose::peers);
        const bool addresses = what == ruleset::purpose::peers;
        const bool ports = type_of_set(name) == set_type::hash_net_port;
        const auto type = addresses ? ruleset::key_type::address
                          : ports   ? ruleset::key_type::port
                                    : ruleset::key_type::block;
        rules_.put(ruleset::make_unit(
            ruleset::set{.name = name, .fam = image_.fam, .what = what, .type = type}));
        if (addresses) {
            std::map<model::cidr, ruleset::members> parts;
            for (const auto& member : content.members) {
                auto& part = parts[model::members_block(member.net.address)];
                part.keys.push_back({.block = member.net});
            }
            for (auto& [block, part] : parts) {
                part.set = name;
                part.type = type;
                rules_.put(ruleset::make_unit(image_.fam, std::move(part), block));
            }
            return;
        }
        if (ports) {
            ruleset::members all{.set = name, .type = type, .keys = {}};
            for (const auto& member : content.members)
                all.keys.push_back({.block = {}, .proto = member.proto, .port = member.port});
            sort_unique(all.keys);
            if (!all.keys.empty())
                rules_.put(ruleset::make_unit(image_.fam, std::move(all), std::nullopt));
            return;
        }
        std::vector<model::cidr> nets;
        for (const auto& member : content.members)
            nets.push_back(member.net);
        ruleset::members all{.set = name, .type = type, .keys = {}};
        for (const auto& block : from_nets(std::move(nets)))
            all.keys.push_back({.block = block});
        if (!all.keys.empty())
            rules_.put(ruleset::make_unit(image_.fam, std::move(all), std::nullopt));
    }

    image& image_;
    const sets_by_name& sets_;
    ruleset::ruleset& rules_;
};

} // namespace

void lift(image& i, const sets_by_name& sets, std::vector<std::vector<source>> contents,
          ruleset::ruleset& rules) {
    lifter(i, sets, rules).lift(std::move(contents));
}

} // namespace nodewall::netfilter::iptables
