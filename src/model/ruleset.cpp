#include "model/ruleset.hpp"

#include "base/limits.hpp"
#include "base/sort_unique.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>

namespace nodewall::model {

namespace {

struct type_name {
    set_type type;
    std::string_view name;
};
constexpr std::array type_names{
    type_name{set_type::hash_ip, "hash:ip"},
    type_name{set_type::hash_net, "hash:net"},
    type_name{set_type::hash_net_port, "hash:net,port"},
    type_name{set_type::hash_ip_port, "hash:ip,port"},
    type_name{set_type::hash_ip_port_net, "hash:ip,port,net"},
};

void append_port(const set_member& m, std::string& text) {
    const fmt::format_int port(m.port);
    text += to_lower_string(static_cast<protocol>(m.proto));
    text += ':';
    text.append(port.data(), port.size());
}

/// As ipset prints a block: a single address without its prefix length.
void append_net(const cidr& net, std::string& text) {
    if (net.prefix == address_bits(net.fam()))
        net.address.append_to(text);
    else
        net.append_to(text);
}

/// What each line of a set's members in `ipset save` begins with.
std::string line_start(std::string_view set) {
    return fmt::format("add {} ", set);
}

std::string directions_text(const set_match& match) {
    std::string text;
    for (const auto d : match.directions) {
        if (!text.empty())
            text += ',';
        text += d == set_match::direction::src ? "src" : "dst";
    }
    return text;
}

} // namespace

std::string_view to_string(set_type t) {
    return type_names[static_cast<std::size_t>(t)].name;
}

std::optional<set_type> parse_set_type(std::string_view text) {
    for (const auto& entry : type_names)
        if (entry.name == text)
            return entry.type;
    return std::nullopt;
}

std::string rule::to_string() const {
    std::string text;
    if (destination)
        text += fmt::format("-d {} ", destination->to_string());
    if (!in_interface.empty())
        text += fmt::format("-i {} ", in_interface);
    if (proto)
        text += fmt::format("-p {} ", to_lower_string(*proto));
    if (destination_local)
        text += "-m addrtype --dst-type LOCAL ";
    if (original_direction)
        text += "-m conntrack --ctdir ORIGINAL ";
    if (!ports.empty()) {
        text += "-m multiport --dports ";
        for (std::size_t i = 0; i < ports.size(); ++i)
            text += fmt::format("{}{}", i == 0 ? "" : ",", ports[i]);
        text += ' ';
    }
    for (const auto& match : sets)
        text += fmt::format("-m set {}--match-set {} {} ", match.negated ? "! " : "", match.set,
                            directions_text(match));
    switch (then) {
    case verdict::return_:
        return text + "-j RETURN";
    case verdict::drop:
        return text + "-j DROP";
    case verdict::jump:
        return text + "-j " + chain;
    case verdict::goto_:
        break;
    }
    return text + "-g " + chain;
}

std::string set_definition::to_string() const {
    return fmt::format("create {} {} family {} maxelem {}", name, model::to_string(type),
                       fam == family::ipv4 ? "inet" : "inet6", limits::set_members_max);
}

std::string set_member::to_string(set_type t) const {
    std::string text;
    append_to(text, t);
    return text;
}

void set_member::append_to(std::string& text, set_type t) const {
    if (t == set_type::hash_net || t == set_type::hash_net_port)
        append_net(net, text);
    else
        ip.append_to(text);
    if (t == set_type::hash_ip || t == set_type::hash_net)
        return;
    text += ',';
    append_port(*this, text);
    if (t != set_type::hash_ip_port_net)
        return;
    text += ',';
    append_net(net, text);
}

std::string unit::text() const {
    std::string text;
    if (chain) {
        if (!chain->hook.empty())
            text += fmt::format("-A {} -j {}\n", chain->hook, chain->name);
        text += fmt::format(":{}\n", chain->name);
        for (const auto& r : chain->rules)
            text += fmt::format("-A {} {}\n", chain->name, r.to_string());
    }
    if (set)
        text += set->to_string() + "\n";
    for (const auto& [name, list] : members) {
        const auto type = member_types.at(name);
        constexpr std::size_t usual_bytes = 32; // of a member
        text.reserve(text.size() + list.size() * (name.size() + usual_bytes));
        const auto start = line_start(name);
        for (const auto& member : list) {
            text += start;
            member.append_to(text, type);
            text += '\n';
        }
    }
    return text;
}

bool unit::same_content(const unit& other) const {
    return chain == other.chain && set == other.set && members == other.members &&
           member_types == other.member_types;
}

sha256_digest unit::digest() const {
    return digest_of_text.get([this] { return sha256(text()); });
}

std::size_t unit::rule_count() const {
    return chain ? chain->rules.size() + (chain->hook.empty() ? 0 : 1) : 0;
}

std::size_t unit::member_count() const {
    std::size_t count = 0;
    for (const auto& [set, list] : members)
        count += list.size();
    return count;
}

std::shared_ptr<const unit> seal(unit u) {
    for (auto& [name, list] : u.members) {
        sort_unique(list);
        list.shrink_to_fit();
    }
    std::erase_if(u.members, [](const auto& entry) { return entry.second.empty(); });
    std::erase_if(u.member_types,
                  [&](const auto& entry) { return !u.members.contains(entry.first); });
    sort_unique(u.causes);
    return std::make_shared<const unit>(std::move(u));
}

void ruleset::put(std::shared_ptr<const unit> u) {
    rules_ += u->rule_count();
    members_ += u->member_count();
    if (const auto replaced = units_.put(std::move(u)))
        forget(*replaced);
}

void ruleset::erase(std::string_view name) {
    if (const auto taken = units_.erase(name))
        forget(*taken);
}

void ruleset::forget(const unit& u) {
    rules_ -= u.rule_count();
    members_ -= u.member_count();
}

std::string ruleset::digest_lines() const {
    std::string lines;
    for (const auto& u : units_)
        lines += u->name + " " + to_hex(u->digest()) + "\n";
    return lines;
}

sha256_digest ruleset::digest() const {
    return sha256(digest_lines());
}

std::string ruleset::iptables_text(family f) const {
    std::string chains;
    std::string jumps;
    std::string rules;
    for (const auto& u : units_) {
        if (!u->chain || u->fam != f)
            continue;
        chains += fmt::format(":{} - [0:0]\n", u->chain->name);
        if (!u->chain->hook.empty())
            jumps += fmt::format("-A {} -j {}\n", u->chain->hook, u->chain->name);
        for (const auto& r : u->chain->rules)
            rules += fmt::format("-A {} {}\n", u->chain->name, r.to_string());
    }
    return "*mangle\n" + chains + jumps + rules + "COMMIT\n";
}

std::string ruleset::ipset_text() const {
    std::string definitions;
    std::vector<std::string> members;
    for (const auto& u : units_) {
        if (u->set)
            definitions += u->set->to_string() + "\n";
        for (const auto& [set, list] : u->members)
            for (const auto& member : list)
                members.push_back(line_start(set) + member.to_string(u->member_types.at(set)) +
                                  '\n');
    }
    std::sort(members.begin(), members.end());
    for (const auto& line : members)
        definitions += line;
    return definitions;
}

} // namespace nodewall::model
