#include "compiler/doors/provenance.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cstddef>

namespace nodewall::compiler {

std::vector<ruleset::cause> causes_of(std::span<const claimed_door> speakers,
                                      const judgement& what) {
    std::vector<ruleset::cause> causes;
    for (const auto& speaker : speakers) {
        const auto holder = speaker.holder();
        const auto seq =
            speaker.service != nullptr ? speaker.service->meta.seq : speaker.pod->meta.seq;
        causes.push_back({std::string(holder.kind()), holder.key, seq});
    }
    const auto cited = std::min(what.policies.size(), limits::policies_cited_max);
    for (std::size_t i = 0; i < cited; ++i) {
        const auto& policy = *what.policies[i];
        causes.push_back({policy.kind, policy.id.key, policy.seq});
    }
    return causes;
}

std::string names_of(std::span<const claimed_door> doors) {
    std::string names;
    for (const auto& each : doors)
        names += (names.empty() ? "" : " and ") + each.door.describe() + " of " +
                 each.holder().to_string();
    return names;
}

} // namespace nodewall::compiler
