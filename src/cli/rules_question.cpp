#include "cli/rules_question.hpp"

#include "model/cluster_state.hpp"
#include "ruleset/evaluator.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

std::string refused(std::string_view what, std::string_view text) {
    return fmt::format("'{}' is not {}", text, what);
}

/// The node's addresses, as the log's Node lists them.
std::vector<model::ip_address> own_addresses(const view& v) {
    const auto& nodes = v.history.projected.state().objects.nodes;
    const auto node = nodes.find({"", v.settings.node_name});
    return node == nodes.end() ? std::vector<model::ip_address>() : node->second.addresses;
}

/// The node's own packets to itself come over lo, from whichever of its addresses.
bool comes_over_lo(const model::ip_address& source, const std::vector<model::ip_address>& own) {
    const auto loopback = source.fam() == model::family::ipv4 ? model::cidr::parse("127.0.0.0/8")
                                                              : model::cidr::parse("::1/128");
    return loopback->contains(source) || std::ranges::find(own, source) != own.end();
}

json::object to_json(const ruleset::evaluator::answer& answer) {
    json::array steps;
    for (const auto& s : answer.steps)
        steps.push_back({{"chain", s.chain}, {"number", s.number}, {"rule", s.rule}});
    json::array causes;
    if (answer.door != nullptr)
        for (const auto& c : answer.door->causes)
            causes.push_back({{"kind", c.kind},
                              {"namespace", c.key.namespace_},
                              {"name", c.key.name},
                              {"seq", c.seq}});
    return {
        {"verdict", answer.admitted ? "allow" : "deny"},
        {"door", answer.door != nullptr ? json::value(answer.door->name) : json::value(nullptr)},
        {"decision", answer.decided_by != nullptr ? json::value(answer.decided_by->name)
                                                  : json::value(nullptr)},
        {"steps", std::move(steps)},
        {"causes", std::move(causes)}};
}

void print(const ruleset::evaluator::answer& answer) {
    print_line(answer.admitted ? "allow" : "deny");
    for (const auto& s : answer.steps)
        print_line(fmt::format("  {} rule {}: {}", s.chain, s.number, s.rule));
    if (answer.door == nullptr)
        return print_line("  no front door of that address, protocol and port is shut"), void();
    print_line(fmt::format("  by {}", answer.door->name));
    for (const auto& c : answer.door->causes)
        print_line(fmt::format("  because of {} {} (seq {})", c.kind, c.key.to_string(), c.seq));
}

} // namespace

ruleset::packet packet_of(const rules_question& asked, const view& v) {
    const auto own = own_addresses(v);
    ruleset::packet p{.source = asked.from, .proto = asked.proto, .port = asked.port};
    if (comes_over_lo(asked.from, own))
        p.in_interface = "lo";
    if (asked.to) {
        p.destination = *asked.to;
        p.destination_local = std::ranges::find(own, *asked.to) != own.end();
        return p;
    }
    p.destination_local = true;
    const auto same = std::ranges::find(own, asked.from.fam(), &model::ip_address::fam);
    p.destination = same != own.end() ? *same : model::ip_address::zero(asked.from.fam());
    return p;
}

std::optional<std::string> parse_rules_question(const std::vector<std::string>& words,
                                                rules_question& asked) {
    const auto from = model::ip_address::parse(words.at(0));
    if (!from)
        return refused("an address", words[0]);
    asked.from = *from;
    if (words.at(1) != "node") {
        const auto to = model::ip_address::parse(words[1]);
        if (!to)
            return refused("an address, or node", words[1]);
        if (to->fam() != from->fam())
            return "the two addresses are of two families";
        asked.to = *to;
    }
    const std::string_view port = words.at(2);
    const auto slash = port.find('/');
    const auto number = port.substr(0, slash);
    const auto [end, failed] =
        std::from_chars(number.data(), number.data() + number.size(), asked.port);
    if (failed != std::errc() || end != number.data() + number.size() || asked.port == 0)
        return refused("a port from 1 to 65535", port);
    if (slash != std::string_view::npos) {
        const auto proto = model::parse_protocol(port.substr(slash + 1));
        if (!proto)
            return refused("PORT/TCP, PORT/UDP or PORT/SCTP", port);
        asked.proto = *proto;
    }
    return std::nullopt;
}

int answer_rules_question(const rules_question& asked, const view& v, const ruleset::ruleset& rules,
                          output how) {
    const auto answer = ruleset::evaluator(rules).ask(packet_of(asked, v));
    if (how == output::json)
        print_json(to_json(answer));
    else
        print(answer);
    return answer.admitted ? exit_code::done : exit_code::negative;
}

} // namespace nodewall::cli
