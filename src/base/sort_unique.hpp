// Lists as sets.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

namespace nodewall {

/// Sorts, and keeps one of each; what is so already is only looked through.
template <class T> void sort_unique(std::vector<T>& values) {
    if (std::adjacent_find(values.begin(), values.end(), std::not_fn(std::less())) == values.end())
        return;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

} // namespace nodewall
