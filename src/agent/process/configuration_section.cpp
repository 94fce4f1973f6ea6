#include "agent/process/configuration_section.hpp"

#include "agent/process/configuration.hpp"
#include "base/near_miss.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

namespace nodewall::agent {

namespace json = boost::json;

namespace {

constexpr std::size_t key_shown_max = 100;

} // namespace

error bad_value(std::string_view where, std::string_view what) {
    return {errc::bad_configuration, fmt::format("{}: {}", where, what)};
}

section& section::key(std::string name, reader read) {
    readers_.emplace(std::move(name), std::move(read));
    return *this;
}

result<void> section::read(const json::value& value, const std::string& where) const {
    if (value.is_null())
        return {};
    if (!value.is_object())
        return bad_value(where, "expected a mapping of keys");
    for (const auto& [name, entry] : value.get_object()) {
        const auto known = readers_.find(std::string_view(name));
        if (known == readers_.end())
            return bad_value(where, unknown(name));
        if (entry.is_null())
            continue;
        if (auto done = known->second(entry, fmt::format("{}: {}", where, known->first)); !done)
            return done;
    }
    return {};
}

std::string section::unknown(std::string_view name) const {
    std::vector<std::string> known;
    std::string listed;
    for (const auto& [key, reader] : readers_) {
        known.push_back(key);
        listed += (listed.empty() ? "" : ", ") + key;
    }
    const auto meant = did_you_mean(name, known);
    return fmt::format("unknown key '{}'{}", printable(name.substr(0, key_shown_max)),
                       meant.empty() ? fmt::format(" (known here: {})", listed) : meant);
}

section::reader text(std::string& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        if (!value.is_string())
            return bad_value(where, "expected text");
        target = value.get_string();
        return {};
    };
}

section::reader flag(bool& target) {
    return [&target](const json::value& value, const std::string& where) -> result<void> {
        if (!value.is_bool())
            return bad_value(where, "expected true or false");
        target = value.get_bool();
        return {};
    };
}

section::reader list(section::reader read) {
    return [read = std::move(read)](const json::value& value,
                                    const std::string& where) -> result<void> {
        if (!value.is_array())
            return bad_value(where, "expected a list");
        for (const auto& entry : value.get_array())
            if (auto done = read(entry, where); !done)
                return done;
        return {};
    };
}

section::reader number(std::uint64_t least, std::uint64_t most,
                       std::function<void(std::uint64_t)> set) {
    return [=](const json::value& value, const std::string& where) -> result<void> {
        const bool whole = value.is_int64() || value.is_uint64();
        const auto n = whole && (value.is_uint64() || value.get_int64() >= 0)
                           ? value.to_number<std::uint64_t>()
                           : 0;
        if (!whole || n < least || n > most)
            return bad_value(where, fmt::format("expected a number from {} to {}", least, most));
        set(n);
        return {};
    };
}

section::reader nested(section s) {
    return [s = std::move(s)](const json::value& value, const std::string& where) {
        return s.read(value, where);
    };
}

} // namespace nodewall::agent
