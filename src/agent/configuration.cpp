#include "agent/configuration.hpp"

#include "codec/yaml.hpp"
#include "compiler/compiler.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <functional>
#include <map>

namespace nodewall::agent {

namespace {

namespace json = boost::json;

error bad(std::string_view where, std::string_view what) {
    return {errc::bad_configuration, fmt::format("{}: {}", where, what)};
}

/// Reads the keys of one mapping, each by its own function; refuses all others.
class section {
public:
    using reader = std::function<result<void>(const json::value&, const std::string& where)>;

    section& key(std::string name, reader read) {
        readers_.emplace(std::move(name), std::move(read));
        return *this;
    }

    result<void> read(const json::value& value, const std::string& where) const {
        if (value.is_null())
            return {};
        if (!value.is_object())
            return bad(where, "expected a mapping of keys");
        for (const auto& [name, entry] : value.get_object()) {
            const auto path = fmt::format("{}: {}", where, std::string_view(name));
            const auto known = readers_.find(name);
            if (known == readers_.end())
                return bad(path, fmt::format("unknown key (known here: {})", names()));
            if (entry.is_null())
                continue;
            if (auto done = known->second(entry, path); !done)
                return done;
        }
        return {};
    }

private:
    std::string names() const {
        std::string list;
        for (const auto& [name, reader] : readers_)
            list += (list.empty() ? "" : ", ") + name;
        return list;
    }

    std::map<std::string, reader, std::less<>> readers_;
};

section::reader text(std::string& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        if (!value.is_string())
            return bad(where, "expected text");
        target = value.get_string();
        return {};
    };
}

section::reader flag(bool& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        if (!value.is_bool())
            return bad(where, "expected true or false");
        target = value.get_bool();
        return {};
    };
}

/// `read` for each entry of a list.
section::reader list(section::reader read) {
    return [read = std::move(read)](const json::value& value,
                                    const std::string& where) -> result<void> {
        if (!value.is_array())
            return bad(where, "expected a list");
        for (const auto& entry : value.get_array())
            if (auto done = read(entry, where); !done)
                return done;
        return {};
    };
}

section::reader blocks(std::vector<model::cidr>& target) {
    return list([&target](const json::value& value, const std::string& where) -> result<void> {
        const auto block = value.is_string() ? model::cidr::parse(value.get_string())
                                             : result<model::cidr>(model::address_errc::not_a_cidr);
        if (!block)
            return bad(where, block.error().message());
        target.push_back(*block);
        return {};
    });
}

section::reader number(std::uint64_t least, std::uint64_t most,
                       std::function<void(std::uint64_t)> set) {
    return [=](const json::value& value, const std::string& where) -> result<void> {
        const bool whole = value.is_int64() || value.is_uint64();
        const auto n = whole && (value.is_uint64() || value.get_int64() >= 0)
                           ? value.to_number<std::uint64_t>()
                           : 0;
        if (!whole || n < least || n > most)
            return bad(where, fmt::format("expected a number from {} to {}", least, most));
        set(n);
        return {};
    };
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
            return bad(where, fmt::format("at most {} ports", limits::multiport_slots));
        target = std::move(ports);
        return {};
    };
}

section::reader enforce() {
    return list([](const json::value& value, const std::string& where) -> result<void> {
        if (!value.is_string())
            return bad(where, "expected nodeports");
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
            return bad(where, "expected narrowed or whole");
        return {};
    };
}

section::reader level(log_level& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        const auto parsed = value.is_string() ? parse_log_level(value.get_string()) : std::nullopt;
        if (!parsed)
            return bad(where, "expected debug, info, warning or error");
        target = *parsed;
        return {};
    };
}

section gate_section(model::gate_settings& gate) {
    section s;
    s.key("alwaysAdmit", blocks(gate.always_admit))
        .key("nodePortAddresses", blocks(gate.node_port_addresses))
        .key("vitalPorts", vital_ports(gate.vital_ports));
    return s;
}

section log_section(configuration& c) {
    section s;
    s.key("bodies", body_mode(c.bodies))
        .key("maxBytes",
             number(limits::log_bytes_least, UINT64_MAX, [&c](auto n) { c.log_bytes_max = n; }));
    return s;
}

section::reader nested(section s) {
    return [s = std::move(s)](const json::value& value, const std::string& where) {
        return s.read(value, where);
    };
}

} // namespace

result<configuration> parse_configuration(std::string_view text_of_file, std::string_view where) {
    auto documents = codec::parse_yaml(text_of_file);
    if (!documents)
        return documents.error().within(where);
    if (documents->size() > 1)
        return bad(where, "expected one document");
    configuration c;
    section top;
    top.key("kubeconfig", text(c.kubeconfig))
        .key("context", text(c.context))
        .key("node", text(c.gate.node_name))
        .key("db", text(c.db))
        .key("enforce", enforce())
        .key("dryRun", flag(c.dry_run))
        .key("listen", text(c.listen))
        .key("logLevel", level(c.level))
        .key("log", nested(log_section(c)))
        .key("gate", nested(gate_section(c.gate)));
    if (!documents->empty())
        if (const auto read = top.read(documents->front(), std::string(where)); !read)
            return read.error();
    return c;
}

result<configuration> read_configuration(const std::string& path) {
    const auto content = read_file(path);
    return content ? parse_configuration(*content, path) : content.error();
}

result<void> check_enforce(std::string_view scope) {
    if (scope == "nodeports")
        return {};
    if (scope == "pods")
        return error(errc::not_in_this_version, "enforce: pods (use nodeports)");
    return error(errc::bad_configuration,
                 fmt::format("enforce: '{}' (known: nodeports)", scope.substr(0, 100)));
}

std::string configured_body(const configuration& c) {
    json::array kinds;
    for (const auto k : model::kinds)
        kinds.emplace_back(model::stream_name(k));
    const auto texts = [](const std::vector<model::cidr>& blocks) {
        json::array list;
        for (const auto& b : blocks)
            list.emplace_back(b.to_string());
        return list;
    };
    const json::object body{
        {"node", c.gate.node_name},
        {"enforce", json::array{"nodeports"}},
        {"kinds", std::move(kinds)},
        {"program", NODEWALL_VERSION},
        {"compiler", compiler::compiler_version},
        {"settings",
         {{"nodePortAddresses", texts(c.gate.node_port_addresses)},
          {"alwaysAdmit", texts(c.gate.always_admit)},
          {"vitalPorts", json::array(c.gate.vital_ports.begin(), c.gate.vital_ports.end())}}},
        {"log",
         {{"bodies", c.bodies == codec::body_mode::whole ? "whole" : "narrowed"},
          {"maxBytes", c.log_bytes_max}}},
    };
    return json::serialize(body);
}

result<model::gate_settings> settings_of_configured(std::string_view body) {
    boost::system::error_code failure;
    const auto parsed = json::parse(body, failure);
    if (failure || !parsed.is_object())
        return bad("CONFIGURED", "not a JSON object");
    model::gate_settings s;
    const auto ignore = [](const json::value&, const std::string&) { return result<void>(); };
    section top;
    top.key("node", text(s.node_name)).key("settings", nested(gate_section(s)));
    for (const auto* name : {"enforce", "kinds", "program", "compiler", "log"})
        top.key(name, ignore);
    if (const auto read = top.read(parsed, "CONFIGURED"); !read)
        return read.error();
    return s;
}

} // namespace nodewall::agent
