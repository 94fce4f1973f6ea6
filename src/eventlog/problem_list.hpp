// What verify found: at most a hundred sentences, each with its place.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace nodewall::eventlog {

class problem_list {
public:
    static constexpr std::size_t problems_max = 100;

    template <class... Args> void add(fmt::format_string<Args...> format, Args&&... args) {
        if (texts_.size() < problems_max)
            texts_.push_back(fmt::format(format, std::forward<Args>(args)...));
    }
    std::vector<std::string> take() { return std::move(texts_); }

private:
    std::vector<std::string> texts_;
};

} // namespace nodewall::eventlog
