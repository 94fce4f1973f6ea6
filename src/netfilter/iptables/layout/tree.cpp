#include "netfilter/iptables/layout/tree.hpp"

#include <algorithm>
#include <bit>
#include <span>

namespace nodewall::netfilter::iptables {

namespace {

constexpr unsigned bits_per_level = 2;
using leaf = std::pair<std::uint32_t, std::string>;

class tree {
public:
    tree(std::string_view root, const mark_bits& bits) : root_(root), bits_(bits) {}

    std::vector<xt_chain> grow(std::span<const leaf> leaves) {
        const auto width =
            leaves.empty() ? 1U : static_cast<unsigned>(std::bit_width(leaves.back().first));
        add(std::string(root_), (width + bits_per_level - 1) / bits_per_level, leaves);
        return std::move(chains_);
    }

private:
    /// The chain for these leaves, which differ in so many digits.
    void add(const std::string& name, unsigned digits, std::span<const leaf> leaves) {
        const auto at = chains_.size();
        chains_.push_back({.name = name, .rules = {}, .hook = {}});
        const auto shift = (digits - 1) * bits_per_level;
        constexpr std::uint32_t digit_mask = (1U << bits_per_level) - 1;
        const auto mask = bits_.mark_of(digit_mask << shift);
        const auto digit_of = [&](const leaf& l) { return l.first >> shift & digit_mask; };
        while (!leaves.empty()) {
            const auto digit = digit_of(leaves.front());
            const auto behind =
                std::ranges::find_if(leaves, [&](const leaf& l) { return digit_of(l) != digit; });
            const std::span<const leaf> same(leaves.begin(), behind);
            const auto child =
                digits == 1 ? same.front().second
                            : name + (name == root_ ? "-" : "") + static_cast<char>('0' + digit);
            chains_[at].rules.push_back({.mark = mark_match{bits_.mark_of(digit << shift), mask},
                                         .then = goto_chain{child}});
            if (digits > 1)
                add(child, digits - 1, same);
            leaves = leaves.subspan(same.size());
        }
    }

    std::string_view root_;
    const mark_bits& bits_;
    std::vector<xt_chain> chains_;
};

} // namespace

std::vector<xt_chain> mark_tree(std::string_view root, const mark_bits& bits,
                                const std::vector<std::pair<std::uint32_t, std::string>>& leaves) {
    return tree(root, bits).grow(leaves);
}

} // namespace nodewall::netfilter::iptables
