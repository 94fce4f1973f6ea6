// Units in the order of their names, shared between rulesets: a copy costs a pointer for each leaf,
// a change one leaf, and two maps are compared at the cost of what they do not share.
//
//     leaves_ ──▶ [ a, b, c ]  [ f, g ]  [ k, l, m, n ]        a leaf is never changed while a
//                      ▲           ▲            ▲              second map refers to it
//     another map's leaves_ ───────┘            │
//                      └── [ a, b', c ] ...     └── the same
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

namespace nodewall::ruleset {

struct unit;

class unit_map {
public:
    using value_type = std::shared_ptr<const unit>;

    /// nullptr where there is none of that name.
    const unit* find(std::string_view name) const;
    bool contains(std::string_view name) const { return find(name) != nullptr; }
    /// Throws std::out_of_range.
    const value_type& at(std::string_view name) const;
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

    /// Adds the unit, in place of the one of the same name, which it returns (or nullptr).
    value_type put(value_type u);
    /// Returns what was taken out, or nullptr.
    value_type erase(std::string_view name);

private:
    using leaf = std::vector<value_type>; // by name; never empty
    using leaves = std::vector<std::shared_ptr<leaf>>;

public:
    class const_iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = unit_map::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type*;
        using reference = const value_type&;

        const_iterator() = default;
        reference operator*() const { return (**leaf_)[index_]; }
        pointer operator->() const { return &**this; }
        const_iterator& operator++() {
            if (++index_ == (*leaf_)->size()) {
                ++leaf_;
                index_ = 0;
            }
            return *this;
        }
        const_iterator operator++(int) {
            const auto before = *this;
            ++*this;
            return before;
        }
        bool operator==(const const_iterator&) const = default;

    private:
        friend class unit_map;
        explicit const_iterator(leaves::const_iterator at) : leaf_(at) {}
        leaves::const_iterator leaf_;
        std::size_t index_ = 0;
    };
    const_iterator begin() const { return const_iterator(leaves_.begin()); }
    const_iterator end() const { return const_iterator(leaves_.end()); }

    /// The same units, not only equal ones.
    friend bool operator==(const unit_map& a, const unit_map& b);

    /// What `after` holds in place of what `before` does, in the order of names. One of the two is
    /// nullptr where only one map has the name; units that both maps share are left out.
    struct difference {
        value_type before, after;
    };
    static std::vector<difference> differences(const unit_map& before, const unit_map& after);

private:
    leaves::const_iterator leaf_for(std::string_view name) const;
    leaf& own(leaves::iterator at);
    void split(leaves::iterator at);

    leaves leaves_;
    std::size_t size_ = 0;
};

} // namespace nodewall::ruleset
