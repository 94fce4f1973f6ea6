#include "explain/question.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace nodewall::explain {

namespace {

constexpr std::string_view node_port_prefix = "nodeport:";

error bad(std::string_view text, std::string_view reason) {
    return error(errc::bad_question, fmt::format("'{}' {}", text.substr(0, 300), reason));
}

/// Names of namespaces and pods as the API has them: what a slip of the pen makes of an address or
/// a CIDR block is none.
bool is_name(std::string_view text, bool dots) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (dots && c == '.');
    });
}

result<source> parse_party(std::string_view text) {
    if (const auto address = model::ip_address::parse(text))
        return *address;
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || !is_name(text.substr(0, slash), false) ||
        !is_name(text.substr(slash + 1), true))
        return bad(text, "is neither an address nor NAMESPACE/POD");
    return model::object_key{std::string(text.substr(0, slash)),
                             std::string(text.substr(slash + 1))};
}

result<model::ip_address> parse_address(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']')
        text = text.substr(1, text.size() - 2);
    return model::ip_address::parse(text);
}

result<std::uint16_t> parse_port(std::uint64_t number) {
    if (number == 0 || number > 65535)
        return error(errc::bad_question, fmt::format("port {} is not from 1 to 65535", number));
    return static_cast<std::uint16_t>(number);
}

/// "[NODE-ADDRESS:]PROTOCOL/PORT"
result<void> parse_node_port(std::string_view text, question& to) {
    const auto colon = text.rfind(':');
    const auto door = colon == std::string_view::npos ? text : text.substr(colon + 1);
    const auto slash = door.find('/');
    const auto proto = model::parse_protocol(door.substr(0, slash));
    const auto digits = slash == std::string_view::npos ? "" : door.substr(slash + 1);
    std::uint64_t number = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (!proto || failure != std::errc{} || end != digits.data() + digits.size())
        return bad(text, "is not [NODE-ADDRESS:]PROTOCOL/PORT");
    const auto port = parse_port(number);
    if (!port)
        return port.error();
    node_port_name named;
    if (colon != std::string_view::npos) {
        const auto address = parse_address(text.substr(0, colon));
        if (!address)
            return bad(text.substr(0, colon), "is not the address of a node");
        named.node_address = *address;
    }
    to.to = named;
    to.proto = *proto;
    to.port = *port;
    return {};
}

/// "svc/[NAMESPACE/]NAME", as with kubectl; nothing for what does not begin so.
std::optional<service_name> parse_service(std::string_view text) {
    const auto slash = text.find('/');
    const auto kind = text.substr(0, slash);
    if (slash == std::string_view::npos ||
        (kind != "svc" && kind != "service" && kind != "services"))
        return std::nullopt;
    const auto name = text.substr(slash + 1);
    const auto second = name.find('/');
    if (second == std::string_view::npos) {
        if (!is_name(name, true))
            return std::nullopt;
        return service_name{{{}, std::string(name)},
                            model::object_key{std::string(kind), std::string(name)}};
    }
    if (!is_name(name.substr(0, second), false) || !is_name(name.substr(second + 1), true))
        return std::nullopt;
    return service_name{{std::string(name.substr(0, second)), std::string(name.substr(second + 1))},
                        {}};
}

result<void> parse_elsewhere(const question_text& text, question& to) {
    const auto service = parse_service(text.to);
    if (service) {
        to.to = *service;
        to.proto_given = text.protocol.has_value();
    } else {
        const auto party = parse_party(text.to);
        if (!party)
            return party.error();
        std::visit([&](const auto& named) { to.to = named; }, *party);
    }
    const auto proto = model::parse_protocol(text.protocol.value_or("TCP"));
    if (!proto)
        return bad(*text.protocol, "is not TCP, UDP or SCTP");
    to.proto = *proto;
    if (!text.port && service)
        return {};
    if (!text.port)
        return bad(text.to, "needs a port: --port, and --protocol where that is not TCP");
    const auto port = parse_port(*text.port);
    if (!port)
        return port.error();
    to.port = *port;
    return {};
}

} // namespace

const char* error_domain(errc) {
    return "explain";
}

const char* describe(errc value) {
    return value == errc::bad_question ? "no question that can be answered"
                                       : "the log cannot tell who that is";
}

result<question> parse_question(const question_text& text) {
    question q;
    auto from = parse_party(text.from);
    if (!from)
        return from.error();
    q.from = std::move(*from);
    const bool node_port = text.to.starts_with(node_port_prefix);
    if (node_port && (text.port || text.protocol))
        return bad(text.to, "names its port itself: none beside it");
    const auto to = node_port ? parse_node_port(text.to.substr(node_port_prefix.size()), q)
                              : parse_elsewhere(text, q);
    if (!to)
        return to.error();
    if (text.backend) {
        const auto backend = model::ip_address::parse(*text.backend);
        if (!backend)
            return bad(*text.backend, "is not the address of a backend");
        q.backend = *backend;
    }
    return q;
}

} // namespace nodewall::explain
