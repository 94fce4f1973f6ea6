// What a process knows of kinds: the tables in which a new kind has its rows. main() makes them,
// and they are passed down, so that a test can add a kind without a change anywhere else.
#pragma once

#include "codec/kind_registry.hpp"
#include "policy/translators.hpp"
#include "projection/projector.hpp"

namespace nodewall::agent {

struct known_kinds {
    codec::kind_registry registry;   // how they are found, narrowed and decoded
    policy::translators translators; // what their objects mean, where they are policies

    projection::projector projector(projection::projector::scope keeps) const {
        return projection::projector(keeps, translators, registry);
    }
};

/// The kinds that this version of nodewall knows.
inline known_kinds standard_kinds() {
    return {codec::standard_kinds(), policy::builtin_translators()};
}

} // namespace nodewall::agent
