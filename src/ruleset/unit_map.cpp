#include "ruleset/unit_map.hpp"

#include "ruleset/unit.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>

namespace nodewall::ruleset {

namespace {

/// Small enough to copy for one change, large enough that the spine stays short.
constexpr std::size_t leaf_units_max = 64;

using leaf = std::vector<unit_map::value_type>;

std::string_view name_of(const unit_map::value_type& u) {
    return u->name;
}

leaf::const_iterator place_in(const leaf& l, std::string_view name) {
    return std::ranges::lower_bound(l, name, {}, name_of);
}

bool stands_at(leaf::const_iterator at, const leaf& l, std::string_view name) {
    return at != l.end() && name_of(*at) == name;
}

} // namespace

/// The one that has the name, or would have it; the end where there are no leaves.
unit_map::leaves::const_iterator unit_map::leaf_for(std::string_view name) const {
    const auto behind = std::ranges::upper_bound(leaves_, name, {},
                                                 [](const auto& l) { return name_of(l->front()); });
    return behind == leaves_.begin() ? behind : std::prev(behind);
}

/// The leaf, not shared with another map any more.
unit_map::leaf& unit_map::own(leaves::iterator at) {
    if (at->use_count() > 1) {
        *at = std::make_shared<leaf>(**at);
    } else {
        // Whoever let go of it last has done all its reading before.
        std::atomic_thread_fence(std::memory_order_acquire);
    }
    return **at;
}

void unit_map::split(leaves::iterator at) {
    auto& whole = **at;
    const auto middle = whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2);
    auto rest = std::make_shared<leaf>(std::make_move_iterator(middle),
                                       std::make_move_iterator(whole.end()));
    whole.erase(middle, whole.end());
    leaves_.insert(std::next(at), std::move(rest));
}

const unit* unit_map::find(std::string_view name) const {
    const auto in = leaf_for(name);
    if (in == leaves_.end())
        return nullptr;
    const auto at = place_in(**in, name);
    return stands_at(at, **in, name) ? at->get() : nullptr;
}

const unit_map::value_type& unit_map::at(std::string_view name) const {
    const auto in = leaf_for(name);
    if (in != leaves_.end())
        if (const auto at = place_in(**in, name); stands_at(at, **in, name))
            return *at;
    throw std::out_of_range("no unit " + std::string(name));
}

unit_map::value_type unit_map::put(value_type u) {
    if (leaves_.empty()) {
        leaves_.push_back(std::make_shared<leaf>(1, std::move(u)));
        ++size_;
        return nullptr;
    }
    const auto in = leaves_.begin() + (leaf_for(u->name) - leaves_.cbegin());
    auto& l = own(in);
    const auto at = l.begin() + (place_in(l, u->name) - l.cbegin());
    if (stands_at(at, l, u->name))
        return std::exchange(*at, std::move(u));
    l.insert(at, std::move(u));
    ++size_;
    if (l.size() > leaf_units_max)
        split(in);
    return nullptr;
}

unit_map::value_type unit_map::erase(std::string_view name) {
    if (!contains(name))
        return nullptr;
    const auto in = leaves_.begin() + (leaf_for(name) - leaves_.cbegin());
    auto& l = own(in);
    const auto at = l.begin() + (place_in(l, name) - l.cbegin());
    auto taken = std::move(*at);
    l.erase(at);
    if (l.empty())
        leaves_.erase(in);
    --size_;
    return taken;
}

bool operator==(const unit_map& a, const unit_map& b) {
    return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin());
}

std::vector<unit_map::difference> unit_map::differences(const unit_map& before,
                                                        const unit_map& after) {
    std::vector<difference> all;
    auto left = before.begin();
    auto right = after.begin();
    while (left != before.end() || right != after.end()) {
        const bool both = left != before.end() && right != after.end();
        if (both && left.index_ == 0 && right.index_ == 0 && *left.leaf_ == *right.leaf_) {
            ++left.leaf_;
            ++right.leaf_;
        } else if (both && (*left)->name == (*right)->name) {
            if (*left != *right)
                all.push_back({*left, *right});
            ++left;
            ++right;
        } else if (right == after.end() || (both && (*left)->name < (*right)->name)) {
            all.push_back({*left, nullptr});
            ++left;
        } else {
            all.push_back({nullptr, *right});
            ++right;
        }
    }
    return all;
}

} // namespace nodewall::ruleset
