// The evaluator against an evaluation that knows no index: rules are read as they stand, a jump is
// a call, a goto is the rest of the chain, and what a set holds is looked for in every unit.
#include "harness/gate.hpp"
#include "ruleset/evaluator.hpp"
#include "seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace nodewall::ruleset {
namespace {

using model::family;

constexpr std::uint64_t seeds = 300;
constexpr int packets_of_a_ruleset = 200;

// ---- the naive evaluation ---------------------------------------------------------------------

class reading {
public:
    reading(const ruleset& rules, const packet& p) : rules_(rules), p_(p) {}

    bool admits() {
        bool admitted = true;
        for (const auto& u : rules_.units())
            if (const auto* c = std::get_if<chain>(&u->content);
                c != nullptr && u->fam == p_.source.fam() && c->at == p_.at)
                admitted = admitted && call(*c);
        return admitted;
    }
    std::size_t rules_that_held = 0;

private:
    /// Whether the packet comes back.
    bool call(const chain& c) {
        for (const auto& r : c.rules) {
            if (!std::all_of(r.matches.begin(), r.matches.end(),
                             [&](const match& m) { return holds(m); }))
                continue;
            const auto* by = std::get_if<dispatch_by>(&r.then);
            const auto* decided = by != nullptr ? decision_at(by->map) : nullptr;
            if (by != nullptr && decided == nullptr)
                continue;
            ++rules_that_held;
            if (by != nullptr)
                return call(*decided);
            if (std::holds_alternative<return_>(r.then))
                return true;
            if (std::holds_alternative<drop>(r.then))
                return false;
            if (const auto* to = std::get_if<go_to>(&r.then))
                return call(*chain_called(to->chain));
            if (const auto* to = std::get_if<jump>(&r.then))
                if (!call(*chain_called(to->chain)))
                    return false;
        }
        return true;
    }

    const chain* chain_called(const std::string& name) const {
        for (const auto& u : rules_.units()) {
            if (u->fam != p_.source.fam())
                continue;
            if (const auto* c = std::get_if<chain>(&u->content); c != nullptr && c->name == name)
                return c;
            if (const auto* d = std::get_if<decision>(&u->content))
                for (const auto& c : d->chains)
                    if (c.name == name)
                        return &c;
        }
        throw std::logic_error("no chain " + name);
    }

    /// By the door's name, not by the key of its entry.
    const chain* decision_at(const std::string& map) const {
        model::front_door door{.what = model::door_class::nodeport,
                               .fam = p_.source.fam(),
                               .address = p_.destination,
                               .proto = p_.proto,
                               .port = p_.port};
        for (const auto c : model::classes_asked)
            if (map.ends_with(model::to_string(c)))
                door.what = c;
        if (model::asked_by_port(door.what))
            door.address = model::ip_address::zero(door.fam);
        const auto* u = rules_.units().find(door.unit_name());
        return u == nullptr ? nullptr : chain_called(std::get<entry>(u->content).decision);
    }

    bool holds(const match& m) const {
        if (const auto* is = std::get_if<in_interface>(&m))
            return is->name == p_.in_interface;
        if (const auto* is = std::get_if<protocol_is>(&m))
            return is->proto == p_.proto;
        if (const auto* is = std::get_if<destination_ports>(&m))
            return std::count(is->ports.begin(), is->ports.end(), p_.port) > 0;
        if (const auto* is = std::get_if<destination_in>(&m))
            return is->block.contains(p_.destination);
        if (std::holds_alternative<destination_local>(m))
            return p_.destination_local;
        if (std::holds_alternative<original_direction>(m))
            return p_.original_direction;
        const auto& source = std::get<source_in>(m);
        const auto has = [&](const model::cidr& b) { return b.contains(p_.source); };
        return std::any_of(source.blocks.begin(), source.blocks.end(), has) ||
               std::any_of(rules_.units().begin(), rules_.units().end(), [&](const auto& u) {
                   const auto* list = std::get_if<members>(&u->content);
                   return list != nullptr && u->fam == p_.source.fam() &&
                          std::count(source.sets.begin(), source.sets.end(), list->set) > 0 &&
                          std::any_of(list->keys.begin(), list->keys.end(),
                                      [&](const key& k) { return has(k.block); });
               });
    }

    const ruleset& rules_;
    const packet& p_;
};

// ---- what is drawn ----------------------------------------------------------------------------

class drawing {
public:
    explicit drawing(std::uint64_t seed) : random_(seed) {}

    gate rules() {
        gate g;
        for (const auto f : model::families) {
            std::vector<std::string> sets;
            for (auto left = below(5); left > 0; --left) {
                std::vector<model::ip_address> some(below(6));
                for (auto& a : some)
                    a = address(f);
                sets.push_back(g.peers(f, std::to_string(left), some));
            }
            for (auto left = below(3); left > 0; --left)
                sets.push_back(g.blocks(f, disjoint(f)));
            if (one_in(3))
                g.exempt(f, disjoint(f));
            for (auto left = below(12); left > 0; --left) {
                doors_.push_back(door(f));
                g.shut(doors_.back(), g.decide(f, stages(f, sets)));
            }
            if (one_in(2))
                own_chains(g.rules, f, sets);
        }
        return g;
    }

    packet question() {
        auto f = fam();
        const auto* to = doors_.empty() || one_in(4) ? nullptr : &doors_[below(doors_.size())];
        if (to != nullptr)
            f = to->fam;
        packet p{.source = address(f),
                 .destination = address(f),
                 .proto = proto(),
                 .port = port(),
                 .destination_local = !one_in(4),
                 .original_direction = !one_in(10)};
        if (to != nullptr) {
            p.proto = to->proto;
            p.port = to->port;
            if (!model::asked_by_port(to->what))
                p.destination = to->address;
        }
        if (one_in(10))
            p.in_interface = "lo";
        if (one_in(4))
            p.at = hook::forward;
        return p;
    }

private:
    std::size_t below(std::size_t n) { return random_() % n; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    family fam() { return one_in(2) ? family::ipv4 : family::ipv6; }
    std::uint16_t port() { return static_cast<std::uint16_t>(30'000 + below(4)); }
    model::protocol proto() { return one_in(3) ? model::protocol::udp : model::protocol::tcp; }

    model::ip_address address(family f) {
        const auto low = below(4) * 64 + below(4);
        return ip(f == family::ipv4 ? "10.42.0." + std::to_string(low)
                                    : "fd42::" + std::to_string(low));
    }
    std::vector<model::cidr> disjoint(family f) {
        model::address_set some(f);
        for (auto left = below(4); left > 0; --left)
            some.add(model::cidr::of(address(f),
                                     model::address_bits(f) - static_cast<unsigned>(below(9))));
        return some.blocks();
    }
    model::front_door door(family f) {
        const auto what = model::classes_asked[below(model::classes_asked.size())];
        const auto where = model::asked_by_port(what) ? model::ip_address::zero(f) : address(f);
        return {.what = what, .fam = f, .address = where, .proto = proto(), .port = port()};
    }

    source_in source(family f, const std::vector<std::string>& sets) {
        source_in drawn{{}, disjoint(f)};
        for (const auto& s : sets)
            if (one_in(3))
                drawn.sets.push_back(s);
        return drawn;
    }

    /// Each leads to later ones only: what goes in a circle has no verdict.
    gate::stages stages(family f, const std::vector<std::string>& sets) {
        gate::stages drawn(1 + below(4));
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            for (auto left = below(5); left > 0; --left) {
                rule r{{source(f, sets)}, return_{}};
                if (one_in(8))
                    r.matches.clear();
                if (one_in(4))
                    r.then = drop{};
                else if (one_in(4))
                    r.then = note{1};
                else if (const auto to = i + 1 + below(3); to < drawn.size())
                    r.then = go_to{std::to_string(to)};
                drawn[i].push_back(std::move(r));
            }
            if (!one_in(5))
                drawn[i].push_back({{}, one_in(3) ? verdict(return_{}) : verdict(drop{})});
        }
        return drawn;
    }

    /// Chains of their own at hook forward, which jump and go to later ones and dispatch.
    void own_chains(ruleset& rules, family f, const std::vector<std::string>& sets) {
        const auto count = 1 + below(6);
        const auto name = [](std::size_t i) { return "NW-TEST-" + std::to_string(i); };
        for (std::size_t i = 0; i < count; ++i) {
            chain c{.name = name(i), .rules = {}, .at = {}};
            if (i == 0)
                c.at = hook::forward;
            for (auto left = below(6); left > 0; --left) {
                rule r{{source(f, sets)}, jump{"NW-DOORS"}};
                if (one_in(3))
                    r.matches.emplace_back(protocol_is{proto()});
                if (one_in(3))
                    r.matches.emplace_back(destination_ports{{30'000, 30'002}});
                if (one_in(5))
                    r.then = one_in(2) ? verdict(drop{}) : verdict(return_{});
                else if (i + 1 < count)
                    r.then = one_in(3) ? verdict(go_to{name(i + 1)})
                                       : verdict(jump{name(i + 1 + below(count - i - 1))});
                c.rules.push_back(std::move(r));
            }
            rules.put(make_unit(f, std::move(c)));
        }
    }

    std::mt19937_64 random_;
    std::vector<model::front_door> doors_;
};

TEST(RulesetProperty, TheEvaluatorSaysWhatReadingTheRulesSays) {
    std::size_t refused = 0, asked = 0;
    test::for_each_seed(seeds, [&](std::uint64_t seed) {
        drawing drawn(seed);
        const auto g = drawn.rules();
        const evaluator ruled(g.rules);
        for (int i = 0; i < packets_of_a_ruleset; ++i, ++asked) {
            const auto p = drawn.question();
            reading naive(g.rules, p);
            const bool admitted = naive.admits();
            refused += admitted ? 0 : 1;
            ASSERT_EQ(ruled.admits(p), admitted) << p.source.to_string() << " to port " << p.port;
            const auto answer = ruled.ask(p);
            ASSERT_EQ(answer.admitted, admitted);
            ASSERT_EQ(answer.steps.size(), naive.rules_that_held);
        }
    });
    if (test::number_in_environment("NODEWALL_SEED", 0) != 0)
        return;
    // Each verdict is met often enough for the comparison to mean something.
    EXPECT_GT(refused, asked / 10);
    EXPECT_LT(refused, asked - asked / 10);
}

} // namespace
} // namespace nodewall::ruleset
