#include "random_gate.hpp"

#include "model/pod_query.hpp"

#include <algorithm>
#include <array>

namespace nodewall::test {

namespace {

using model::family;
using model::protocol;
using ruleset::block;
using ruleset::ip;

constexpr std::size_t sets = 6; // with that of every pod
constexpr std::size_t programs = 7;

struct names {
    std::array<const char*, 6> addresses; // the last one no pod's
    std::array<const char*, 4> blocks;    // disjoint
    const char *node, *external, *cluster;
};
const names& of(family f) {
    static const names v4{{"10.1.0.1", "10.1.0.2", "10.1.1.3", "10.2.0.4", "10.2.0.5", "192.0.2.9"},
                          {"10.1.0.0/24", "10.2.0.4/32", "192.0.2.0/25", "203.0.113.0/24"},
                          "192.0.2.1",
                          "198.51.100.7",
                          "10.96.0.10"};
    static const names v6{
        {"fd00:1::1", "fd00:1::2", "fd00:1:0:1::3", "fd00:2::4", "fd00:2::5", "2001:db8::9"},
        {"fd00:1::/64", "fd00:2::4/128", "2001:db8::/48", "2001:db8:1::/48"},
        "2001:db8:2::1",
        "2001:db8:3::7",
        "fd00:96::10"};
    return f == family::ipv4 ? v4 : v6;
}

std::vector<model::front_door> doors_of(family f) {
    using enum model::door_class;
    std::vector<model::front_door> all;
    for (const auto proto : {protocol::tcp, protocol::udp})
        all.push_back(ruleset::nodeport(30051, f, proto));
    all.push_back(ruleset::nodeport(30052, f));
    all.push_back(ruleset::nodeport(30053, f));
    for (const auto port : std::array<std::uint16_t, 2>{30051, 80}) {
        all.push_back(ruleset::external(of(f).node, port)); // perhaps a NodePort, too
        all.push_back(ruleset::external(of(f).external, port));
    }
    auto on_the_node = ruleset::external(of(f).external, 30051);
    on_the_node.what = local;
    all.push_back(on_the_node);
    for (const auto port : std::array<std::uint16_t, 2>{30051, 30053}) {
        auto door = ruleset::nodeport(port, f);
        door.what = hostport;
        all.push_back(door);
    }
    for (const auto* address : {of(f).cluster, of(f).external}) {
        auto door = ruleset::external(address, 80);
        door.what = clusterip;
        all.push_back(door);
    }
    return all;
}

std::size_t door_count() {
    return doors_of(family::ipv4).size();
}

} // namespace

random_gate::random_gate(std::uint64_t seed) : random_(seed), peers_(sets) {
    for (auto& members : peers_)
        for (std::size_t a = 0; a + 1 < of(family::ipv4).addresses.size(); ++a)
            if (one_in(2))
                members.insert(a);
    for (std::size_t n = 0; n < programs; ++n)
        programs_.push_back(random_program());
    for (std::size_t d = 0; d < door_count(); ++d)
        if (!one_in(3))
            doors_[d] = below(programs);
}

random_gate::source random_gate::random_source() {
    source s;
    if (one_in(4)) {
        s.sets = {0};
    } else {
        for (unsigned left = below(3); left != 0; --left)
            s.sets.insert(below(sets));
    }
    for (unsigned left = below(3); left != 0; --left)
        s.blocks.insert(below(4));
    if (s.sets.empty() && s.blocks.empty())
        s.blocks.insert(below(4));
    return s;
}

random_gate::program random_gate::random_program() {
    if (one_in(8))
        return {{{.from = {.anyone = true}, .verdict = 1}}};
    if (one_in(2)) // as NetworkPolicies come to
        return {
            {{.from = random_source(), .verdict = 0}, {.from = {.anyone = true}, .verdict = 1}}};
    const std::size_t stages = 1 + below(3);
    program p;
    for (std::size_t n = 0; n < stages; ++n) {
        auto& rules = p.emplace_back();
        const bool last = n + 1 == stages;
        for (unsigned left = 1 + below(3); left != 0; --left) {
            line l{.from = random_source(), .verdict = below(last ? 2 : 3)};
            if (l.verdict == 2)
                l.stage = n + 1 + below(static_cast<unsigned>(stages - n - 1));
            if (one_in(12))
                l.verdict = 3;
            rules.push_back(l);
        }
        line end{.from = {.anyone = true}, .verdict = below(last ? 2 : 3)};
        end.stage = n + 1;
        rules.push_back(end);
    }
    return p;
}

void random_gate::move_an_address() {
    const auto address = below(static_cast<unsigned>(of(family::ipv4).addresses.size() - 1));
    for (unsigned left = 1 + below(4); left != 0; --left) {
        auto& members = peers_[below(sets)];
        if (members.erase(address) == 0)
            members.insert(address);
    }
}

void random_gate::change_a_program() {
    auto& p = programs_[below(programs)];
    if (one_in(2)) {
        p = random_program();
        return;
    }
    auto& rules = p[below(static_cast<unsigned>(p.size()))];
    auto& from = rules[below(static_cast<unsigned>(rules.size()))].from;
    if (from.anyone)
        return;
    if (one_in(2))
        from.sets.insert(below(sets));
    else if (const auto number = below(4); from.blocks.erase(number) == 0)
        from.blocks.insert(number);
}

void random_gate::change_a_door() {
    const auto door = below(static_cast<unsigned>(door_count()));
    if (one_in(3))
        doors_.erase(door);
    else
        doors_[door] = below(programs);
}

void random_gate::change(unsigned count) {
    for (unsigned left = 1 + below(count); left != 0; --left)
        switch (below(3)) {
        case 0:
            move_an_address();
            break;
        case 1:
            change_a_program();
            break;
        default:
            change_a_door();
        }
    if (one_in(6)) {
        const auto number = below(4);
        if (!exempt_.empty() && exempt_.erase(number) == 0)
            exempt_.insert(number);
    }
}

void random_gate::change_configuration() {
    if (one_in(2))
        some_node_ports_only_ = !some_node_ports_only_;
    else if (exempt_.empty())
        exempt_.insert(below(4));
    else
        exempt_.clear();
}

std::string random_gate::name_of(ruleset::gate& g, family f, std::size_t set,
                                 std::map<std::size_t, std::string>& names) const {
    if (const auto known = names.find(set); known != names.end())
        return known->second;
    std::vector<model::ip_address> addresses;
    for (const auto a : peers_[set])
        addresses.push_back(ip(of(f).addresses[a]));
    const auto identity =
        set == 0 ? model::pod_query::everything().identity() : "query " + std::to_string(set);
    return names[set] = g.peers(f, identity, addresses);
}

std::string random_gate::put(ruleset::gate& g, family f, const program& p,
                             std::map<std::size_t, std::string>& names) const {
    ruleset::gate::stages stages;
    for (const auto& lines : p) {
        auto& rules = stages.emplace_back();
        for (const auto& l : lines) {
            auto& r = rules.emplace_back();
            if (!l.from.anyone) {
                ruleset::source_in from;
                for (const auto set : l.from.sets)
                    from.sets.push_back(name_of(g, f, set, names));
                for (const auto number : l.from.blocks)
                    from.blocks.push_back(block(of(f).blocks[number]));
                r.matches.emplace_back(std::move(from));
            }
            if (l.verdict == 1)
                r.then = ruleset::drop{};
            else if (l.verdict == 2)
                r.then = ruleset::go_to{std::to_string(l.stage)};
            else if (l.verdict == 3)
                r.then = ruleset::note{5};
        }
    }
    return g.decide(f, std::move(stages));
}

std::shared_ptr<const ruleset::ruleset> random_gate::rules() const {
    ruleset::gate g;
    for (const auto f : model::families) {
        std::map<std::size_t, std::string> names;
        name_of(g, f, 0, names); // always there
        const auto doors = doors_of(f);
        for (const auto& [door, program] : doors_)
            g.shut(doors[door], put(g, f, programs_[program], names));
        if (!exempt_.empty()) {
            std::vector<model::cidr> blocks;
            for (const auto number : exempt_)
                blocks.push_back(block(of(f).blocks[number]));
            g.exempt(f, blocks);
        }
        if (some_node_ports_only_) {
            const auto* doors_chain = g.rules.units().find(
                std::string("chain/") + std::string(model::to_string(f)) + "/NW-DOORS");
            auto chain = std::get<ruleset::chain>(doors_chain->content);
            std::vector<ruleset::match> matches;
            matches.emplace_back(ruleset::destination_in{model::cidr::host(ip(of(f).external))});
            matches.emplace_back(ruleset::destination_local{});
            for (auto& rule : chain.rules)
                if (const auto* map = std::get_if<ruleset::dispatch_by>(&rule.then);
                    map != nullptr && map->map.ends_with("nodeport"))
                    rule.matches = matches;
            g.rules.put(ruleset::make_unit(f, chain));
        }
    }
    return std::make_shared<const ruleset::ruleset>(std::move(g.rules));
}

std::vector<ruleset::packet> random_gate::packets() {
    std::vector<ruleset::packet> all;
    for (const auto f : model::families)
        for (const auto* source : of(f).addresses) {
            const auto add = [&](const char* to, std::uint16_t port, protocol proto, bool local) {
                all.push_back({.source = ip(source),
                               .destination = ip(to),
                               .proto = proto,
                               .port = port,
                               .destination_local = local});
            };
            for (const auto port : std::array<std::uint16_t, 3>{30051, 30052, 30053})
                add(of(f).node, port, protocol::tcp, true);
            add(of(f).node, 80, protocol::tcp, true);
            add(of(f).node, 30051, protocol::udp, true);
            for (const auto* to : {of(f).external, of(f).cluster})
                for (const auto port : std::array<std::uint16_t, 2>{30051, 80})
                    add(to, port, protocol::tcp, false);
            for (const auto port : std::array<std::uint16_t, 2>{30051, 30053})
                add(of(f).external, port, protocol::tcp, true);
        }
    return all;
}

} // namespace nodewall::test
