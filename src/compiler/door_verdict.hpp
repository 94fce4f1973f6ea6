// What all backends of a front door say together (SEMANTICS section 3, "Admission").
#pragma once

#include "compiler/admission.hpp"
#include "compiler/backends.hpp"

#include <span>
#include <string>
#include <vector>

namespace nodewall::compiler {

/// Who is judged by which backends.
enum class traffic : std::uint8_t {
    cluster, ///< everyone by all
    local, ///< externalTrafficPolicy Local: pods by all, outsiders by this node's backends, if any
};

/// What stands behind one of the doors that are one (united_doors.hpp); mostly there is just one.
struct door_backends {
    std::vector<backend> all;
    traffic judged_as = traffic::cluster;
};

struct door_verdict {
    explicit door_verdict(model::family f) : admitted(f) {}

    /// Whether sources outside `admitted` are refused; where not, `admitted` means nothing.
    bool refused = false;
    admission admitted;
    /// How the backends differ, a sentence; empty where they all admit the same sources.
    std::string mixed;
    std::vector<const model::policy*> policies; // that isolate a backend
};

/// Open where nothing is behind any of the doors, and where one backend admits everyone.
door_verdict judge_door(std::span<const door_backends> doors, model::family f,
                        state_reader& reader);

} // namespace nodewall::compiler
