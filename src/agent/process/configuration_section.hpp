// Reading one mapping of a configuration: each key by its own function, all others refused with the
// word that was probably meant. Errors name the file, the way to the key, and what was expected.
#pragma once

#include "base/error.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace nodewall::agent {

/// errc::bad_configuration at a place ("FILE: gate: vitalPorts").
error bad_value(std::string_view where, std::string_view what);

class section {
public:
    using reader = std::function<result<void>(const boost::json::value&, const std::string& where)>;

    section& key(std::string name, reader read);

    /// A null value, of the mapping or of a key, says nothing.
    result<void> read(const boost::json::value& value, const std::string& where) const;

private:
    std::string unknown(std::string_view name) const;

    std::map<std::string, reader, std::less<>> readers_;
};

section::reader text(std::string& target);
section::reader flag(bool& target);
section::reader number(std::uint64_t least, std::uint64_t most,
                       std::function<void(std::uint64_t)> set);
/// `read` for each entry of a list.
section::reader list(section::reader read);
section::reader nested(section s);

} // namespace nodewall::agent
