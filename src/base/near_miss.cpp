#include "base/near_miss.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace nodewall {

namespace {

constexpr std::size_t word_max = 40;
constexpr std::size_t edits_max = 2;

/// The optimal string alignment distance, row by row; both words are at most word_max long.
std::size_t distance(std::string_view a, std::string_view b) {
    using row = std::array<std::size_t, word_max + 1>;
    row before_last{}, last{}, current{};
    for (std::size_t j = 0; j <= b.size(); ++j)
        last.at(j) = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = a[i - 1] == b[j - 1] ? 0 : 1;
            auto least =
                std::min({last.at(j) + 1, current.at(j - 1) + 1, last.at(j - 1) + replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                least = std::min(least, before_last.at(j - 2) + 1);
            current.at(j) = least;
        }
        before_last = last;
        last = current;
    }
    return last.at(b.size());
}

} // namespace

std::string near_miss(std::string_view word, const std::vector<std::string>& known) {
    std::string nearest;
    if (word.size() > word_max)
        return nearest;
    std::size_t least = std::min(edits_max + 1, word.size());
    for (const auto& candidate : known) {
        if (candidate.size() > word_max)
            continue;
        if (const auto edits = distance(word, candidate); edits < least) {
            least = edits;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    const auto meant = near_miss(word, known);
    return meant.empty() ? std::string() : " (did you mean " + meant + "?)";
}

} // namespace nodewall
