#include "netfilter/iptables/layout/door_reading.hpp"

#include "model/front_door.hpp"
#include "netfilter/iptables/layout/pages.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

/// A member without its mark.
struct door_key {
    ruleset::key at;
    auto operator<=>(const door_key&) const = default;
};

bool is_known_protocol(std::uint8_t number) {
    switch (static_cast<model::protocol>(number)) {
    case model::protocol::tcp:
    case model::protocol::udp:
    case model::protocol::sctp:
        return true;
    }
    return false;
}

std::optional<model::door_class> class_of(const std::string& map) {
    return model::door_class_of(map_class(map));
}

class door_reader {
public:
    door_reader(image& i, const sets_by_name& sets, ruleset::ruleset& rules)
        : image_(i), sets_(sets), rules_(rules) {}

    void read(std::size_t map_number) {
        const auto& map = image_.table.maps[map_number];
        const bool two_steps = image_.table.two_steps;
        const auto first =
            numbers_of(map, {two_steps ? map_part::kind::pages : map_part::kind::whole, 0});
        std::map<std::uint32_t, std::map<ruleset::key, std::uint32_t>> pages;
        if (two_steps)
            for (std::uint32_t page = 0; page <= last_page(); ++page)
                pages[page] = numbers_of(map, {map_part::kind::page, page});
        for (const auto& [at, number] : first) {
            auto slot = number;
            if (two_steps) {
                const auto page = number / (maps_max + 1);
                slot = 0;
                if (number == page_number(page, map_number) && pages.contains(page))
                    if (const auto found = pages[page].find(at); found != pages[page].end()) {
                        slot = page * image_.bits.capacity() + found->second;
                        if (found->second == 0)
                            slot = 0;
                        pages[page].erase(found);
                    }
            }
            put(map, at, slot);
        }
        for (const auto& [page, rest] : pages)
            for (const auto& [at, number] : rest)
                keep_stale(map, page, at);
    }

private:
    std::uint32_t last_page() const {
        const auto highest = static_cast<slot_number>(image_.slots.size() - 1);
        return page_of(std::max(highest, slot_number{1}), image_.bits);
    }

    /// The number at each door's key; 0 for a mark that is not ours, or halves that differ. What is
    /// no door's key goes to the stale ones.
    std::map<ruleset::key, std::uint32_t> numbers_of(const std::string& map, const map_part& part) {
        const auto name = map_name(map, image_.table.generation, part);
        std::map<ruleset::key, std::uint32_t> numbers;
        std::map<ruleset::key, std::set<model::cidr>> halves;
        const auto at = sets_.find(name);
        if (at == sets_.end())
            return numbers;
        const bool by_port = at->second->definition.type == set_type::hash_net_port;
        for (const auto& member : at->second->members) {
            if (!is_known_protocol(member.proto) || !class_of(map) ||
                (by_port && member.net.prefix != 1)) {
                image_.stale.push_back({.door = {}, .slot = 0, .map = name, .members = {member}});
                continue;
            }
            const ruleset::key key{.block = by_port ? model::cidr{} : member.net,
                                   .proto = member.proto,
                                   .port = member.port};
            const bool ours =
                member.mask == image_.bits.mask() && (member.mark & ~image_.bits.mask()) == 0;
            const auto number = ours ? image_.bits.number_of(member.mark) : 0;
            const auto [known, is_new] = numbers.try_emplace(key, number);
            if (known->second != number)
                known->second = 0;
            if (by_port)
                halves[key].insert(member.net);
        }
        for (const auto& [key, found] : halves)
            if (found.size() != 2)
                numbers[key] = 0;
        return numbers;
    }

    void put(const std::string& map, const ruleset::key& at, slot_number slot) {
        auto door = door_unit(image_.fam, map, at, std::string(unknown_decision));
        if (slot == 0 || slot >= image_.slots.size() || image_.slots[slot].form == nullptr) {
            rules_.put(std::move(door));
            return;
        }
        image_.note(door_leads{std::move(door), slot});
    }

    void keep_stale(const std::string& map, std::uint32_t page, const ruleset::key& at) {
        const auto door = door_unit(image_.fam, map, at, {});
        const auto slot = page * image_.bits.capacity() + 1;
        auto members =
            image_.members_of_door(image_.table, std::get<ruleset::entry>(door->content), slot);
        image_.stale.push_back({.door = door->name,
                                .slot = slot,
                                .map = std::move(members.front().first.name),
                                .members = std::move(members.front().second)});
    }

    image& image_;
    const sets_by_name& sets_;
    ruleset::ruleset& rules_;
};

} // namespace

std::shared_ptr<const ruleset::unit> door_unit(model::family f, const std::string& map,
                                               const ruleset::key& at, std::string decision) {
    const auto what = class_of(map).value_or(model::door_class::nodeport);
    const bool by_port = model::asked_by_port(what);
    const model::front_door door{.what = what,
                                 .fam = f,
                                 .address = by_port ? model::ip_address::zero(f) : at.block.address,
                                 .proto = static_cast<model::protocol>(at.proto),
                                 .port = at.port};
    return ruleset::make_unit(
        door.unit_name(), f,
        ruleset::entry{.map = map,
                       .type = by_port ? ruleset::key_type::port : ruleset::key_type::address_port,
                       .at = at,
                       .decision = std::move(decision)},
        {});
}

void read_doors(image& i, const sets_by_name& sets, ruleset::ruleset& rules) {
    door_reader reader(i, sets, rules);
    for (std::size_t map = 0; map < i.table.maps.size(); ++map)
        reader.read(map);
}

} // namespace nodewall::netfilter::iptables
