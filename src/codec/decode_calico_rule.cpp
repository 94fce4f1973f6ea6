// What is not understood in a rule, unknown fields included, makes the whole rule not understood;
// it never fails the policy, which would open what it shuts.
#include "codec/decode_calico.hpp"

#include "codec/decode.hpp"
#include "model/calico.hpp"
#include "model/calico_selector.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace nodewall::codec {

std::optional<model::calico_selector> read_calico_selector(const dom::value& field,
                                                           const model::calico_words& words) {
    dom::complaints faults;
    const dom::value v(field, faults);
    const auto text = v.text();
    if (faults.any())
        return model::calico_selector{.invalid = faults.first().detail()};
    if (text.empty())
        return std::nullopt;
    auto parsed = model::parse_calico_selector(text, words);
    if (!parsed) {
        v.complain(fmt::format("is not valid: {}", parsed.error().detail()));
        return model::calico_selector{.invalid = faults.first().detail()};
    }
    return model::calico_selector{.holds = std::move(*parsed)};
}

std::optional<model::calico_selector> read_calico_namespaces(const dom::value& field) {
    static const auto words = model::words_of_namespaces();
    return read_calico_selector(field, words);
}

void add_calico_net(const dom::value& field, std::vector<model::cidr>& to) {
    field.require();
    const auto text = field.text();
    if (const auto block = model::cidr::parse(text))
        to.push_back(*block);
    else if (const auto address = model::ip_address::parse(text))
        to.push_back(model::cidr::host(*address));
    else
        field.complain(fmt::format("is {}", block.error().message()));
}

namespace {

// ---- values ------------------------------------------------------------------------------------

std::optional<unsigned> number_in(std::string_view text) {
    unsigned number = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, failure] = std::from_chars(text.data(), end, number);
    return failure == std::errc{} && at == end ? std::optional(number) : std::nullopt;
}

/// A name as Calico has them, or that of a container's port.
bool is_port_name(std::string_view text) {
    return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    });
}

/// A number, "80", "8000:8999" or a name.
model::calico_port read_calico_port(const dom::value& field) {
    field.require();
    if (!field.is_text()) {
        const auto number = static_cast<std::uint16_t>(field.integer(0, 65535));
        return {.first = number, .last = number};
    }
    const auto text = field.text();
    const auto colon = text.find(':');
    const auto first = number_in(text.substr(0, colon));
    const auto last = colon == std::string_view::npos ? first : number_in(text.substr(colon + 1));
    if (first && last && *first <= *last && *last <= 65535)
        return {.first = static_cast<std::uint16_t>(*first),
                .last = static_cast<std::uint16_t>(*last)};
    if (first || !is_port_name(text))
        field.complain(fmt::format("is '{}', no port, range or name", text));
    return {.name = std::string(text)};
}

std::vector<model::calico_port> read_calico_ports(const dom::value& list) {
    std::vector<model::calico_port> ports;
    list.each([&](const dom::value& port) { ports.push_back(read_calico_port(port)); });
    return ports;
}

bool same_word(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<model::calico_protocol> read_calico_protocol(const dom::value& field) {
    if (!field.present())
        return std::nullopt;
    const auto by_number = [](std::int64_t number) -> model::calico_protocol {
        return number == 6     ? model::calico_protocol(model::protocol::tcp)
               : number == 17  ? model::calico_protocol(model::protocol::udp)
               : number == 132 ? model::calico_protocol(model::protocol::sctp)
                               : std::nullopt;
    };
    if (!field.is_text())
        return by_number(field.integer(1, 255));
    const auto text = field.text();
    if (const auto number = number_in(text); number && *number >= 1 && *number <= 255)
        return by_number(*number);
    for (const auto proto : {model::protocol::tcp, model::protocol::udp, model::protocol::sctp})
        if (same_word(text, model::to_string(proto)))
            return proto;
    if (!same_word(text, "ICMP") && !same_word(text, "ICMPv6") && !same_word(text, "UDPLite"))
        field.complain(fmt::format("is '{}', no protocol", text));
    return model::calico_protocol();
}

// ---- rules -------------------------------------------------------------------------------------

std::optional<model::calico_accounts> read_accounts(const dom::value& field) {
    if (!field.present())
        return std::nullopt;
    field.require_only({"names", "selector"});
    model::calico_accounts accounts;
    const auto names = field["names"];
    names.each([&](const dom::value& name) {
        name.require();
        accounts.names.emplace_back(name.text());
    });
    accounts.selector = read_calico_selector(field["selector"]);
    if (accounts.names.empty() && !accounts.selector)
        return std::nullopt;
    return accounts;
}

std::optional<model::object_key> read_service(const dom::value& field) {
    if (!field.present())
        return std::nullopt;
    field.require_only({"name", "namespace"});
    const auto name = field["name"];
    if (name.text().empty())
        name.complain("is missing");
    return model::object_key{std::string(field["namespace"].text()), std::string(name.text())};
}

model::calico_entity read_entity(const dom::value& v) {
    model::calico_entity entity;
    if (!v.present())
        return entity;
    v.require_only({"nets", "notNets", "selector", "notSelector", "namespaceSelector", "ports",
                    "notPorts", "serviceAccounts", "services"});
    const auto nets = v["nets"];
    nets.each([&](const dom::value& net) { add_calico_net(net, entity.nets); });
    const auto not_nets = v["notNets"];
    not_nets.each([&](const dom::value& net) { add_calico_net(net, entity.not_nets); });
    entity.selector = read_calico_selector(v["selector"]);
    entity.not_selector = read_calico_selector(v["notSelector"]);
    entity.namespaces = read_calico_namespaces(v["namespaceSelector"]);
    entity.accounts = read_accounts(v["serviceAccounts"]);
    entity.service = read_service(v["services"]);
    entity.ports = read_calico_ports(v["ports"]);
    entity.not_ports = read_calico_ports(v["notPorts"]);
    const bool others = !entity.nets.empty() || !entity.not_nets.empty() || entity.selector ||
                        entity.not_selector || entity.namespaces || entity.accounts ||
                        !entity.ports.empty() || !entity.not_ports.empty();
    if (entity.service && others)
        v["services"].complain("stands beside other fields");
    return entity;
}

/// The reason of the first selector that is not valid.
std::string invalid_in(const model::calico_entity& entity) {
    for (const auto* selector : {&entity.selector, &entity.not_selector, &entity.namespaces})
        if (*selector && !(*selector)->invalid.empty())
            return (*selector)->invalid;
    if (entity.accounts && entity.accounts->selector)
        return entity.accounts->selector->invalid;
    return {};
}

std::optional<model::action> action_in(std::string_view text) {
    if (text == "Allow")
        return model::action::allow;
    if (text == "Deny")
        return model::action::deny;
    if (text == "Pass")
        return model::action::pass;
    if (text == "Log")
        return model::action::log;
    return std::nullopt;
}

/// Numbers need a protocol that has ports; names do not.
void check_ports(const dom::value& rule, const model::calico_rule& says) {
    const auto numbered = [](const std::vector<model::calico_port>& ports) {
        return std::any_of(ports.begin(), ports.end(),
                           [](const auto& port) { return port.name.empty(); });
    };
    if (says.proto && *says.proto)
        return;
    for (const auto* name : {"source", "destination"}) {
        const auto& end = name == std::string_view("source") ? says.source : says.destination;
        const auto field = rule[name];
        if (numbered(end.ports) || numbered(end.not_ports))
            field.complain("has numbers of ports without a protocol that has ports");
    }
}

void check_icmp(const dom::value& rule, const model::calico_rule& says) {
    const bool may_be = says.proto && !*says.proto;
    for (const auto* name : {"icmp", "notICMP"}) {
        const auto field = rule[name];
        if (field.present() && !may_be)
            field.complain("needs protocol ICMP or ICMPv6");
    }
}

} // namespace

model::calico_rule read_calico_rule(const dom::value& entry) {
    dom::complaints faults;
    const dom::value v(entry, faults);
    model::calico_rule rule;
    // A rule whose action nobody knows may be one that denies.
    const auto action = v["action"];
    const auto then = action_in(action.text());
    rule.then = then.value_or(model::action::deny);
    if (!then)
        action.complain(fmt::format("is '{}', not Allow, Deny, Log or Pass", action.text()));
    v.require_only({"action", "protocol", "notProtocol", "ipVersion", "icmp", "notICMP", "source",
                    "destination", "metadata"});
    rule.proto = read_calico_protocol(v["protocol"]);
    rule.not_proto = read_calico_protocol(v["notProtocol"]);
    const auto version = v["ipVersion"];
    if (version.present()) {
        const auto number = version.integer(4, 6);
        if (number == 5)
            version.complain("is 5, not 4 or 6");
        rule.fam = number == 6 ? model::family::ipv6 : model::family::ipv4;
    }
    rule.source = read_entity(v["source"]);
    rule.destination = read_entity(v["destination"]);
    check_ports(v, rule);
    check_icmp(v, rule);
    std::string fault = faults.any() ? faults.first().detail() : invalid_in(rule.source);
    if (fault.empty())
        fault = invalid_in(rule.destination);
    if (!fault.empty())
        rule = {.then = rule.then, .not_understood = std::move(fault)};
    return rule;
}

} // namespace nodewall::codec
