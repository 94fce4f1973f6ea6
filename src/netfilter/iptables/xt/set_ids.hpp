// The kernel's indexes of sets: rules refer to a set by index, nodewall by name.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace nodewall::netfilter::iptables {

class set_ids {
public:
    void add(std::string name, std::uint16_t id);
    void clear();

    std::optional<std::uint16_t> id_of(std::string_view name) const;
    /// nullptr where no set has the index.
    const std::string* name_of(std::uint16_t id) const;
    const std::unordered_map<std::uint16_t, std::string>& names() const noexcept { return names_; }

private:
    std::unordered_map<std::string, std::uint16_t> ids_;
    std::unordered_map<std::uint16_t, std::string> names_;
};

/// Every set of the kernel. Asks index by index, which costs the kernel nothing; by its name a set
/// is searched among all.
result<set_ids> read_set_ids();

} // namespace nodewall::netfilter::iptables
