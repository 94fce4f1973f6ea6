// A bound that several owners share, by max-min fairness: whoever asks for little gets all of it,
// and what is left is divided evenly among the others.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace nodewall {

/// The most that one owner gets, where each asks for so many of `room`: SIZE_MAX where all fit. The
/// sum of min(asked, share) is at most `room`.
inline std::size_t fair_share(std::vector<std::size_t> asked, std::size_t room) {
    std::sort(asked.begin(), asked.end());
    auto owners = asked.size();
    for (const auto each : asked) {
        const auto share = room / owners;
        if (each > share)
            return share;
        room -= each;
        --owners;
    }
    return static_cast<std::size_t>(-1);
}

} // namespace nodewall
