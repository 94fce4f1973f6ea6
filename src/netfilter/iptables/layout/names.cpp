#include "netfilter/iptables/layout/names.hpp"

#include "model/front_door.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace nodewall::netfilter::iptables {

namespace {

constexpr std::string_view slot_prefix = "NW-SLOT-";
constexpr std::size_t hash_digits = 16;
constexpr std::size_t slot_digits_min = 4;

/// Takes a number off the front; nothing where there is none, or one that is not written as
/// nodewall writes it.
template <class Number>
std::optional<Number> take_number(std::string_view& text, std::size_t digits_min = 1) {
    Number value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (failure != std::errc{} || digits < digits_min ||
        (digits > digits_min && text.front() == '0'))
        return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, std::string_view front) {
    if (!text.starts_with(front))
        return false;
    text.remove_prefix(front.size());
    return true;
}

/// "-G" or nothing, up to the end or a dot.
std::optional<unsigned> take_generation(std::string_view& text) {
    if (!take(text, "-"))
        return 0;
    const auto generation = take_number<unsigned>(text);
    return generation && *generation != 0 ? generation : std::nullopt;
}

} // namespace

char family_digit(model::family f) {
    return f == model::family::ipv4 ? '4' : '6';
}

std::optional<model::family> family_in_name(std::string_view set) {
    if (!take(set, "NW-"))
        return std::nullopt;
    const auto dash = set.find('-');
    if (dash == std::string_view::npos || dash + 1 == set.size() ||
        (dash + 2 < set.size() && set[dash + 2] != '-'))
        return std::nullopt;
    for (const auto f : model::families)
        if (set[dash + 1] == family_digit(f))
            return f;
    return std::nullopt;
}

std::string slot_chain(slot_number slot, std::size_t stage) {
    return stage == 0 ? fmt::format("NW-SLOT-{:04}", slot)
                      : fmt::format("NW-SLOT-{:04}-{}", slot, stage);
}

std::optional<slot_chain_name> parse_slot_chain(std::string_view chain) {
    if (!take(chain, slot_prefix))
        return std::nullopt;
    const auto slot = take_number<slot_number>(chain, slot_digits_min);
    if (!slot || *slot == 0)
        return std::nullopt;
    if (chain.empty())
        return slot_chain_name{*slot, 0};
    if (!take(chain, "-"))
        return std::nullopt;
    const auto stage = take_number<std::size_t>(chain);
    if (!stage || *stage == 0 || !chain.empty())
        return std::nullopt;
    return slot_chain_name{*slot, *stage};
}

std::string slot_set(model::family f, slot_number slot, slot_set_kind kind, std::size_t source) {
    return fmt::format("NW-SLOT-{}-{:04}-{}{}", family_digit(f), slot, static_cast<char>(kind),
                       source);
}

std::optional<slot_set_name> parse_slot_set(std::string_view set) {
    const auto whole = set;
    if (!family_in_name(whole) || !take(set, slot_prefix))
        return std::nullopt;
    set.remove_prefix(1); // the family
    if (!take(set, "-"))
        return std::nullopt;
    const auto slot = take_number<slot_number>(set, slot_digits_min);
    if (!slot || *slot == 0 || !take(set, "-") || set.empty())
        return std::nullopt;
    const auto kind = static_cast<slot_set_kind>(set.front());
    if (kind != slot_set_kind::inline_ && kind != slot_set_kind::list)
        return std::nullopt;
    set.remove_prefix(1);
    const auto source = take_number<std::size_t>(set);
    if (!source || !set.empty())
        return std::nullopt;
    return slot_set_name{*slot, kind, *source};
}

set_type type_of_set(std::string_view set) {
    const auto what = ruleset::purpose_of(set);
    if (what == ruleset::purpose::peers)
        return set_type::hash_ip;
    const bool of_ports = what == ruleset::purpose::shut && set.find("-ports") != set.npos;
    return of_ports ? set_type::hash_net_port : set_type::hash_net;
}

std::string instance_name(std::string_view set, unsigned generation) {
    return generation == 0 ? std::string(set) : fmt::format("{}-{}", set, generation);
}

std::optional<instance> parse_instance(std::string_view set) {
    const auto what = ruleset::purpose_of(set);
    const bool exempt = set.starts_with("NW-EXEMPT-");
    if (!exempt && (!what || *what == ruleset::purpose::dispatch))
        return std::nullopt;
    auto base = exempt ? std::string_view("NW-EXEMPT-4").size()
                       : set.find('-', std::string_view("NW-").size()) + 3 + hash_digits;
    if (what == ruleset::purpose::shut)
        base = std::min(set.find('-', std::string_view("NW-SHUT-4-").size()), set.size());
    if (set.size() < base)
        return std::nullopt;
    instance found{.set = std::string(set.substr(0, base))};
    set.remove_prefix(base);
    const auto generation = take_generation(set);
    if (!generation || !set.empty() || !ruleset::purpose_of(found.set))
        return std::nullopt;
    found.generation = *generation;
    return found;
}

std::string map_name(std::string_view map, unsigned generation, const map_part& part) {
    auto name = instance_name(map, generation);
    switch (part.what) {
    case map_part::kind::whole:
        break;
    case map_part::kind::pages:
        name += ".pages";
        break;
    case map_part::kind::page:
        name += fmt::format(".p{}", part.page);
        break;
    }
    return name;
}

std::optional<map_instance> parse_map(std::string_view set) {
    if (ruleset::purpose_of(set) != ruleset::purpose::dispatch)
        return std::nullopt;
    const auto behind_class =
        std::min(set.find_first_of("-.", std::string_view("NW-DOORS-4-").size()), set.size());
    map_instance found{.map = std::string(set.substr(0, behind_class))};
    set.remove_prefix(behind_class);
    const auto generation = take_generation(set);
    if (!generation)
        return std::nullopt;
    found.generation = *generation;
    if (set.empty())
        return found;
    found.part.what = map_part::kind::pages;
    if (set == ".pages")
        return found;
    if (!take(set, ".p"))
        return std::nullopt;
    const auto page = take_number<std::uint32_t>(set);
    if (!page || !set.empty())
        return std::nullopt;
    found.part = {map_part::kind::page, *page};
    return found;
}

std::string page_tree(std::uint32_t page) {
    return page == 0 ? std::string(chain_slots) : fmt::format("{}.{}", chain_slots, page);
}

std::string page_chain(std::uint32_t page, std::string_view map) {
    return fmt::format("NW-PAGE-{}-{}", page, map_class(map));
}

std::string_view map_class(std::string_view map) {
    return map.substr(std::min(std::string_view("NW-DOORS-4-").size(), map.size()));
}

bool map_is_by_port(std::string_view map) {
    const auto behind = map_class(map);
    const auto what = model::door_class_of(behind.substr(0, behind.find_first_of("-.")));
    return what && model::asked_by_port(*what);
}

} // namespace nodewall::netfilter::iptables
