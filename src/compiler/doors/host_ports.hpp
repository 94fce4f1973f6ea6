// Doors that are never shut because the host itself may answer there: its vital TCP ports on
// external addresses that are its own (SEMANTICS section 3, "Across nodes", the last lines).
#pragma once

#include "model/cluster_state.hpp"
#include "model/front_door.hpp"
#include "model/gate_settings.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace nodewall::compiler {

class host_ports {
public:
    host_ports() = default;
    host_ports(const model::objects& objects, const model::gate_settings& s);

    /// Of an external door, and of the local one at its address.
    bool never_shut(const model::front_door& door) const;

    bool operator==(const host_ports&) const = default;

private:
    std::vector<std::uint16_t> vital_;
    /// As Node.status.addresses lists them, ascending. Nothing while the log knows no Node of that
    /// name: then every external address may be the host's.
    std::optional<std::vector<model::ip_address>> own_;
};

} // namespace nodewall::compiler
