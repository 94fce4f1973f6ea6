#include "agent/process/configuration.hpp"

#include "agent/process/configuration_section.hpp"
#include "base/limits.hpp"
#include "base/sort_unique.hpp"
#include "base/text.hpp"
#include "codec/yaml.hpp"
#include "compiler/compiler.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <bit>
#include <charconv>

namespace nodewall::agent {

namespace {

namespace json = boost::json;

section::reader blocks(std::vector<model::cidr>& target) {
    return list([&target](const json::value& value, const std::string& where) -> result<void> {
        const auto block = value.is_string() ? model::cidr::parse(value.get_string())
                                             : result<model::cidr>(model::address_errc::not_a_cidr);
        if (!block)
            return bad_value(where, block.error().message());
        target.push_back(*block);
        return {};
    });
}

section::reader vital_ports(std::vector<std::uint16_t>& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        std::vector<std::uint16_t> ports;
        auto read = list(number(1, 65535, [&](auto n) {
            ports.push_back(static_cast<std::uint16_t>(n));
        }))(value, where);
        if (!read)
            return read;
        if (ports.size() > limits::multiport_slots)
            return bad_value(where, fmt::format("at most {} ports", limits::multiport_slots));
        target = std::move(ports);
        return {};
    };
}

section::reader service_proxies(std::vector<std::string>& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        std::vector<std::string> names;
        auto read = list([&](const json::value& name, const std::string& at) -> result<void> {
            if (!name.is_string() || name.get_string().size() > limits::label_value_max)
                return bad_value(at, "expected the name of a proxy");
            names.emplace_back(name.get_string());
            return {};
        })(value, where);
        if (!read)
            return read;
        sort_unique(names);
        target = std::move(names);
        return {};
    };
}

section::reader enforce() {
    return list([](const json::value& value, const std::string& where) -> result<void> {
        if (!value.is_string())
            return bad_value(where, "expected nodeports");
        const auto known = check_enforce(value.get_string());
        return known ? result<void>() : known.error().within(where);
    });
}

section::reader body_mode(codec::body_mode& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        if (value == "narrowed")
            target = codec::body_mode::narrowed;
        else if (value == "whole")
            target = codec::body_mode::whole;
        else
            return bad_value(where, "expected narrowed or whole");
        return {};
    };
}

section::reader level(log_level& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        const auto parsed = value.is_string() ? parse_log_level(value.get_string()) : std::nullopt;
        if (!parsed)
            return bad_value(where, "expected debug, info, warning or error");
        target = *parsed;
        return {};
    };
}

section::reader socket_path(std::optional<std::string>& target) {
    return [&target](const json::value& value, const std::string& where) {
        return text(target.emplace())(value, where);
    };
}

bool is_number(std::string_view hexadecimal, std::uint64_t& number) {
    const auto* const end = hexadecimal.data() + hexadecimal.size();
    const auto [at, failure] = std::from_chars(hexadecimal.data(), end, number, 16);
    return failure == std::errc{} && at == end;
}

/// A number, or text like "0x30ff".
section::reader mark_mask(std::uint32_t& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        std::uint64_t mask = 0;
        if (value.is_string()) {
            const std::string_view digits = value.get_string();
            if (!digits.starts_with("0x") || !is_number(digits.substr(2), mask))
                return bad_value(where, "expected a mask of 32 bits, as 0x30ff");
        } else if (auto read = number(1, UINT32_MAX, [&](auto n) { mask = n; })(value, where);
                   !read) {
            return read;
        }
        using namespace netfilter::iptables;
        const auto bits = static_cast<unsigned>(std::popcount(mask));
        if (mask > UINT32_MAX || bits < mark_bits_least || bits > mark_bits_most)
            return bad_value(where,
                             fmt::format("expected a mask of {} to {} bits out of 32, as 0x30ff",
                                         mark_bits_least, mark_bits_most));
        target = static_cast<std::uint32_t>(mask);
        return {};
    };
}

section iptables_section(std::uint32_t& mask) {
    section s;
    s.key("markMask", mark_mask(mask));
    return s;
}

section gate_section(model::gate_settings& gate) {
    section s;
    s.key("alwaysAdmit", blocks(gate.always_admit))
        .key("nodePortAddresses", blocks(gate.node_port_addresses))
        .key("vitalPorts", vital_ports(gate.vital_ports))
        .key("serviceProxies", service_proxies(gate.service_proxies));
    return s;
}

section log_section(configuration& c) {
    section s;
    s.key("bodies", body_mode(c.bodies))
        .key("maxBytes",
             number(limits::log_bytes_least, UINT64_MAX, [&c](auto n) { c.log_bytes_max = n; }));
    return s;
}

} // namespace

result<configuration> parse_configuration(std::string_view text_of_file, std::string_view where) {
    auto documents = codec::parse_yaml(text_of_file);
    if (!documents) {
        const auto why = documents.error().within(where);
        return error(why.code(), printable(why.detail()));
    }
    if (documents->size() > 1)
        return bad_value(where, "expected one document");
    configuration c;
    section top;
    top.key("kubeconfig", text(c.kubeconfig))
        .key("context", text(c.context))
        .key("node", text(c.gate.node_name))
        .key("db", text(c.db))
        .key("enforce", enforce())
        .key("dryRun", flag(c.dry_run))
        .key("listen", text(c.listen))
        .key("socket", socket_path(c.socket))
        .key("logLevel", level(c.level))
        .key("log", nested(log_section(c)))
        .key("gate", nested(gate_section(c.gate)))
        .key("iptables", nested(iptables_section(c.mark_mask)));
    if (!documents->empty())
        if (const auto read = top.read(documents->front(), std::string(where)); !read)
            return read.error();
    return c;
}

result<configuration> read_configuration(const std::string& path) {
    const auto content = read_file(path, limits::configuration_bytes_max);
    return content ? parse_configuration(*content, path) : content.error();
}

result<void> check_enforce(std::string_view scope) {
    if (scope == "nodeports")
        return {};
    if (scope == "pods")
        return error(errc::not_in_this_version, "enforce: pods (use nodeports)");
    return error(errc::bad_configuration,
                 fmt::format("enforce: '{}' (known: nodeports)", printable(scope.substr(0, 100))));
}

std::string configured_body(const configuration& c, const codec::kind_registry& kinds) {
    json::array streams;
    for (const auto& row : kinds.rows())
        streams.emplace_back(row->stream);
    const auto texts = [](const std::vector<model::cidr>& blocks) {
        json::array list;
        for (const auto& b : blocks)
            list.emplace_back(b.to_string());
        return list;
    };
    const json::object body{
        {"node", c.gate.node_name},
        {"enforce", json::array{"nodeports"}},
        {"kinds", std::move(streams)},
        {"program", NODEWALL_VERSION},
        {"compiler", compiler::compiler_version},
        {"settings",
         {{"nodePortAddresses", texts(c.gate.node_port_addresses)},
          {"alwaysAdmit", texts(c.gate.always_admit)},
          {"vitalPorts", json::array(c.gate.vital_ports.begin(), c.gate.vital_ports.end())},
          {"serviceProxies",
           json::array(c.gate.service_proxies.begin(), c.gate.service_proxies.end())}}},
        {"iptables", {{"markMask", fmt::format("{:#x}", c.mark_mask)}}},
        {"log",
         {{"bodies", c.bodies == codec::body_mode::whole ? "whole" : "narrowed"},
          {"maxBytes", c.log_bytes_max}}},
    };
    return json::serialize(body);
}

result<recorded_settings> settings_of_configured(std::string_view body) {
    boost::system::error_code failure;
    const auto parsed = json::parse(body, failure);
    if (failure || !parsed.is_object())
        return bad_value("CONFIGURED", "not a JSON object");
    recorded_settings s;
    const auto ignore = [](const json::value&, const std::string&) { return result<void>(); };
    section top;
    top.key("node", text(s.gate.node_name))
        .key("settings", nested(gate_section(s.gate)))
        .key("iptables", nested(iptables_section(s.mark_mask)));
    for (const auto* name : {"enforce", "kinds", "program", "compiler", "log"})
        top.key(name, ignore);
    if (const auto read = top.read(parsed, "CONFIGURED"); !read)
        return read.error();
    return s;
}

} // namespace nodewall::agent
