#include "netfilter/nftables/nft_text.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::netfilter {

namespace {

using model::family;
using ruleset::chain, ruleset::decision, ruleset::entry, ruleset::hook, ruleset::key,
    ruleset::key_type, ruleset::members, ruleset::rule, ruleset::unit;
using ruleset::destination_in, ruleset::destination_local, ruleset::destination_ports,
    ruleset::in_interface, ruleset::original_direction, ruleset::protocol_is, ruleset::source_in;
using ruleset::dispatch_by, ruleset::drop, ruleset::go_to, ruleset::jump, ruleset::note,
    ruleset::return_;

std::string_view header_of(family f) {
    return f == family::ipv4 ? "ip" : "ip6";
}
std::string_view address_type(family f) {
    return f == family::ipv4 ? "ipv4_addr" : "ipv6_addr";
}
bool has_ports(key_type t) {
    return t == key_type::port || t == key_type::address_port;
}

void append_element(const key& k, key_type t, std::string& text) {
    if (t == key_type::address) {
        k.block.address.append_to(text);
    } else if (t == key_type::block) {
        k.block.append_to(text);
    } else {
        if (t == key_type::address_port)
            text += k.block.address.to_string() + " . ";
        const auto proto = static_cast<model::protocol>(k.proto);
        text += fmt::format("{} . {}", model::to_lower_string(proto), k.port);
    }
}

/// The sets and maps with their elements.
class set_texts {
public:
    void take(const unit& u) {
        if (const auto* s = std::get_if<ruleset::set>(&u.content)) {
            sets_[s->name].definition = s;
        } else if (const auto* m = std::get_if<members>(&u.content)) {
            auto& elements = sets_[m->set].elements;
            for (const auto& k : m->keys)
                append_element(k, m->type, begin_in(elements));
        } else if (const auto* e = std::get_if<entry>(&u.content)) {
            auto& elements = begin_in(sets_[e->map].elements);
            append_element(e->at, e->type, elements);
            elements += " : goto " + e->decision;
        }
    }

    void append_to(std::string& text) const {
        for (const auto& [name, s] : sets_) {
            if (s.definition == nullptr)
                continue;
            const auto type = s.definition->type;
            const bool is_map = s.definition->what == ruleset::purpose::dispatch;
            text += fmt::format("    {} {} {{\n        type ", is_map ? "map" : "set", name);
            if (type != key_type::port)
                text += address_type(s.definition->fam);
            if (type == key_type::address_port)
                text += " . ";
            if (has_ports(type))
                text += "inet_proto . inet_service";
            if (is_map)
                text += " : verdict";
            if (type == key_type::block)
                text += "\n        flags interval";
            if (!s.elements.empty())
                text += "\n        elements = {" + s.elements + "\n        }";
            text += "\n    }\n";
        }
    }

    /// Nothing for a map that is not there.
    const ruleset::set* definition(std::string_view name) const {
        const auto at = sets_.find(name);
        return at == sets_.end() ? nullptr : at->second.definition;
    }

private:
    struct one {
        const ruleset::set* definition = nullptr;
        std::string elements;
    };

    static std::string& begin_in(std::string& elements) {
        elements += elements.empty() ? "\n            " : ",\n            ";
        return elements;
    }

    std::map<std::string, one, std::less<>> sets_;
};

/// The chains of one family.
class chain_texts {
public:
    chain_texts(const ruleset::ruleset& rules, family f, const set_texts& sets)
        : fam_(f), sets_(sets) {
        for (const auto& u : rules.units())
            if (const auto* c = std::get_if<chain>(&u->content); c != nullptr && u->fam == f)
                fixed_.insert(c->name);
    }

    std::string name_of(const std::string& chain) const {
        return fixed_.contains(chain) ? chain + (fam_ == family::ipv4 ? "-4" : "-6") : chain;
    }

    void append(const chain& c, std::string& text) const {
        const auto name = name_of(c.name);
        std::string lines, beside;
        for (std::size_t i = 0; i < c.rules.size(); ++i)
            append_rule(c.rules[i], fmt::format("{}.{}", name, i + 1), lines, beside);
        text += beside + chain_text(name, lines);
    }

private:
    static std::string chain_text(std::string_view name, std::string_view lines) {
        return fmt::format("    chain {} {{\n{}    }}\n", name, lines);
    }

    /// A line for each way in which the rule can hold. `own_chain` is the name of the chain that
    /// the rule may have to itself, which is then put into `beside`.
    void append_rule(const rule& r, const std::string& own_chain, std::string& lines,
                     std::string& beside) const {
        const auto append_lines = [](const std::vector<std::string>& ways, std::string_view then,
                                     std::string& to) {
            for (const auto& way : ways)
                to += fmt::format("        {}{}\n", way, then);
        };
        const auto ways = ways_to_hold(r);
        const auto then = std::visit([&](const auto& v) { return verdict_text(v); }, r.then);
        const bool goes_on =
            std::holds_alternative<jump>(r.then) || std::holds_alternative<note>(r.then);
        if (ways.size() < 2 || !goes_on) {
            append_lines(ways, then, lines);
            return;
        }
        std::string hits;
        append_lines(ways, fmt::format("goto {}.then", own_chain), hits);
        beside += chain_text(own_chain + ".then", fmt::format("        {}\n", then)) +
                  chain_text(own_chain, hits);
        lines += fmt::format("        jump {}\n", own_chain);
    }

    /// Each is matches that must all hold; none: the rule never holds.
    std::vector<std::string> ways_to_hold(const rule& r) const {
        std::vector<std::string> ways{{}};
        for (const auto& m : r.matches) {
            const auto of_match = std::visit([&](const auto& kind) { return texts(kind); }, m);
            std::vector<std::string> longer;
            for (const auto& way : ways)
                for (const auto& text : of_match)
                    longer.push_back(way + text + " ");
            ways = std::move(longer);
        }
        return ways;
    }

    using alternatives = std::vector<std::string>;

    alternatives texts(const in_interface& m) const {
        return {fmt::format("iifname \"{}\"", m.name)};
    }
    alternatives texts(const protocol_is& m) const {
        return {fmt::format("meta l4proto {}", model::to_lower_string(m.proto))};
    }
    alternatives texts(const destination_ports& m) const {
        return {fmt::format("th dport {{ {} }}", fmt::join(m.ports, ", "))};
    }
    alternatives texts(const destination_in& m) const {
        return {fmt::format("{} daddr {}", header_of(fam_), m.block.to_string())};
    }
    alternatives texts(const destination_local&) const { return {"fib daddr type local"}; }
    alternatives texts(const original_direction&) const { return {"ct direction original"}; }
    alternatives texts(const source_in& m) const {
        alternatives all;
        for (const auto& set : m.sets)
            all.push_back(fmt::format("{} saddr @{}", header_of(fam_), set));
        std::vector<std::string> blocks;
        for (const auto& block : m.blocks)
            blocks.push_back(block.to_string());
        if (!blocks.empty())
            all.push_back(
                fmt::format("{} saddr {{ {} }}", header_of(fam_), fmt::join(blocks, ", ")));
        return all;
    }

    alternatives texts(const ruleset::destination_in_set& m) const {
        const auto* set = sets_.definition(m.set);
        if (set == nullptr)
            return {};
        const auto key = set->type == key_type::port ? std::string("meta l4proto . th dport")
                                                     : fmt::format("{} daddr", header_of(fam_));
        return {fmt::format("{} @{}", key, m.set)};
    }

    std::string verdict_text(const return_&) const { return "return"; }
    std::string verdict_text(const drop&) const { return "drop"; }
    std::string verdict_text(const jump& v) const { return "jump " + name_of(v.chain); }
    std::string verdict_text(const go_to& v) const { return "goto " + name_of(v.chain); }
    std::string verdict_text(const note& v) const { return fmt::format("log group {}", v.group); }
    std::string verdict_text(const dispatch_by& v) const {
        const auto* map = sets_.definition(v.map);
        std::string key;
        if (map != nullptr && map->type == key_type::address_port)
            key = fmt::format("{} daddr . ", header_of(fam_));
        return fmt::format("{}meta l4proto . th dport vmap @{}", key, v.map);
    }

    family fam_;
    const set_texts& sets_;
    std::set<std::string, std::less<>> fixed_; // chains that bear their family behind the name
};

/// What stands at a hook, and leads to the families' own chains.
struct base_chain {
    hook at = hook::prerouting;
    std::string jumps;
};

} // namespace

std::string to_nft(const ruleset::ruleset& rules) {
    set_texts sets;
    for (const auto& u : rules.units())
        sets.take(*u);

    std::map<std::string, base_chain> bases;
    std::set<std::string_view> decisions; // that are written
    std::string chains;
    for (const auto f : model::families) {
        const chain_texts of_family(rules, f, sets);
        for (const auto& u : rules.units()) {
            if (u->fam != f)
                continue;
            if (const auto* c = std::get_if<chain>(&u->content)) {
                of_family.append(*c, chains);
                if (!c->at)
                    continue;
                auto& base = bases[c->name];
                base.at = *c->at;
                base.jumps += fmt::format("        meta nfproto {} jump {}\n", model::to_string(f),
                                          of_family.name_of(c->name));
            } else if (const auto* d = std::get_if<decision>(&u->content)) {
                if (decisions.insert(d->name()).second)
                    for (const auto& stage : d->chains)
                        of_family.append(stage, chains);
            }
        }
    }

    std::string text =
        "table inet nodewall {}\ndelete table inet nodewall\ntable inet nodewall {\n";
    sets.append_to(text);
    text += chains;
    for (const auto& [name, base] : bases)
        text +=
            fmt::format("    chain {} {{\n        type filter hook {} priority mangle\n{}    }}\n",
                        name, to_string(base.at), base.jumps);
    return text + "}\n";
}

} // namespace nodewall::netfilter
