#include "netfilter/iptables/xt/rule.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

namespace nodewall::netfilter::iptables {

namespace {

std::string text_of(const std::vector<direction>& directions) {
    std::string text;
    for (const auto d : directions) {
        if (!text.empty())
            text += ',';
        text += d == direction::src ? "src" : "dst";
    }
    return text;
}

std::string text_of(const set_match& m) {
    return fmt::format("-m set {}--match-set {} {} ", m.negated ? "! " : "", m.set,
                       text_of(m.directions));
}

std::string text_of(const mark_match& m) {
    const auto mask = m.mask == 0xffffffffU ? std::string{} : fmt::format("/{:#x}", m.mask);
    return fmt::format("-m mark {}--mark {:#x}{} ", m.negated ? "! " : "", m.value, mask);
}

struct target_text {
    std::string operator()(const to_return&) const { return "-j RETURN"; }
    std::string operator()(const to_drop&) const { return "-j DROP"; }
    std::string operator()(const to_chain& t) const { return "-j " + t.chain; }
    std::string operator()(const goto_chain& t) const { return "-g " + t.chain; }
    std::string operator()(const map_mark& t) const {
        return fmt::format("-j SET --map-set {} {} --map-mark", t.set, text_of(t.directions));
    }
    std::string operator()(const set_mark& t) const {
        return fmt::format("-j MARK --set-xmark {:#x}/{:#x}", t.value, t.mask);
    }
    std::string operator()(const to_nflog& t) const {
        return t.group == 0 ? "-j NFLOG" : fmt::format("-j NFLOG --nflog-group {}", t.group);
    }
};

} // namespace

std::string xt_rule::to_string() const {
    std::string text;
    if (destination)
        text += "-d " + destination->to_string() + " ";
    if (!in_interface.empty())
        text += "-i " + in_interface + " ";
    if (proto)
        text += fmt::format("-p {} ", model::to_lower_string(*proto));
    if (destination_local)
        text += "-m addrtype --dst-type LOCAL ";
    if (original_direction)
        text += "-m conntrack --ctdir ORIGINAL ";
    if (!ports.empty())
        text += fmt::format("-m multiport --dports {} ", fmt::join(ports, ","));
    if (mark)
        text += text_of(*mark);
    for (const auto& match : sets)
        text += text_of(match);
    return text + std::visit(target_text{}, then);
}

std::vector<std::string_view> sets_of(const xt_rule& r) {
    std::vector<std::string_view> names;
    for (const auto& match : r.sets)
        names.emplace_back(match.set);
    if (const auto* map = std::get_if<map_mark>(&r.then))
        names.emplace_back(map->set);
    return names;
}

std::string_view chain_of(const xt_rule& r) {
    if (const auto* jump = std::get_if<to_chain>(&r.then))
        return jump->chain;
    if (const auto* go = std::get_if<goto_chain>(&r.then))
        return go->chain;
    return {};
}

} // namespace nodewall::netfilter::iptables
