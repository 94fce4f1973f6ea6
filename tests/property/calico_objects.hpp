// Calico's objects by chance, few of each kind, so that they meet: what they say, how they change.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nodewall::test {

/// An object that comes or changes, or one that goes, as YAML.
struct calico_step {
    std::string object;
    bool gone = false;
};

/// The first steps bring a front door, NodePort 30051 to pod web/site, and those who dial it.
std::vector<calico_step> random_calico_history(std::uint64_t seed, std::size_t steps);

/// Who may dial: addresses of pods and of outsiders.
const std::vector<std::string>& calico_sources();

} // namespace nodewall::test
