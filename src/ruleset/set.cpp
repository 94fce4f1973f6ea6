#include "ruleset/set.hpp"

#include <fmt/format.h>

#include <array>

namespace nodewall::ruleset {

namespace {

struct purpose_name {
    purpose what;
    std::string_view name;
    std::string_view names_begin; // those of its sets, before the family's digit
    bool more_behind_family;      // "-HASH", "-nodeport"
};
constexpr std::array purposes{
    purpose_name{purpose::exempt, "exempt", "NW-EXEMPT-", false},
    purpose_name{purpose::peers, "peers", "NW-PEERS-", true},
    purpose_name{purpose::blocks, "blocks", "NW-BLOCKS-", true},
    purpose_name{purpose::dispatch, "dispatch", "NW-DOORS-", true},
    purpose_name{purpose::shut, "shut", "NW-SHUT-", true},
};

constexpr std::array<std::string_view, 4> key_type_names{"address", "block", "port",
                                                         "address,port"};

void append_port(const key& k, std::string& text) {
    const fmt::format_int port(k.port);
    text += model::to_lower_string(static_cast<model::protocol>(k.proto));
    text += ':';
    text.append(port.data(), port.size());
}

} // namespace

std::string_view to_string(purpose p) {
    return purposes[static_cast<std::size_t>(p)].name;
}

std::optional<purpose> purpose_of(std::string_view set_name) {
    for (const auto& p : purposes) {
        if (!set_name.starts_with(p.names_begin))
            continue;
        const auto rest = set_name.substr(p.names_begin.size());
        const bool family_known = rest.starts_with('4') || rest.starts_with('6');
        const bool whole =
            p.more_behind_family ? rest.size() > 2 && rest[1] == '-' : rest.size() == 1;
        if (family_known && whole)
            return p.what;
    }
    return std::nullopt;
}

std::string_view to_string(key_type t) {
    return key_type_names[static_cast<std::size_t>(t)];
}

std::string key::to_string(key_type t) const {
    std::string text;
    append_to(text, t);
    return text;
}

void key::append_to(std::string& text, key_type t) const {
    switch (t) {
    case key_type::address:
        block.address.append_to(text);
        break;
    case key_type::block:
        block.append_to(text);
        break;
    case key_type::port:
        append_port(*this, text);
        break;
    case key_type::address_port:
        block.address.append_to(text);
        text += ',';
        append_port(*this, text);
        break;
    }
}

} // namespace nodewall::ruleset
