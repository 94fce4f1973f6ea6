// What stands behind one port of a Service (SEMANTICS section 3, "Backends").
#pragma once

#include "compiler/tracking/state_reader.hpp"

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

namespace nodewall::compiler {

struct backend {
    enum class sort : std::uint8_t {
        pod,     ///< judged by the policies that select `pod`
        open,    ///< a hostNetwork pod: no policy isolates it
        nobodys, ///< an address that no live pod owns: no policy isolates it
        unknown, ///< refuses: a pod that the log does not know yet, or not its address; another
                 ///< pod's address; or what could not be read
    };
    sort what = sort::pod;
    const model::pod_object* pod = nullptr; // set for `pod`
    model::ip_address address;              // tells the others apart
    model::protocol proto = model::protocol::tcp;
    std::uint16_t port = 0; // 0: all ports
    bool local = false;     // on this node
    /// Who answers for it: the pod's, or that of the pod that it is said to be; else the Service's.
    std::string namespace_{};
    bool foreign = false; // of another namespace than the Service's
    auto operator<=>(const backend&) const = default;
};

/// All endpoints of that family, and what may be one of them and cannot be read, whatever their
/// condition, each once; endpoints of finished pods are left out. Where the log knows no
/// EndpointSlices: the pods that the selector selects.
std::vector<backend> backends_of(const model::service_object& service,
                                 const model::service_port& port, model::family f,
                                 state_reader& reader, std::string_view node_name);

} // namespace nodewall::compiler
