// The kernel's indexes of sets: rules refer to a set by index, nodewall by name.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::netfilter {

class set_ids {
public:
    void add(std::string name, std::uint16_t id);

    std::optional<std::uint16_t> id_of(std::string_view name) const;
    std::optional<std::string> name_of(std::uint16_t id) const;

private:
    std::map<std::string, std::uint16_t, std::less<>> ids_;
};

/// Asks the kernel for the set's index and remembers it; a name that is known already costs
/// nothing.
result<void> look_up(set_ids& ids, const std::string& name);

} // namespace nodewall::netfilter
