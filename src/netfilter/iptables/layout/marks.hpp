// The bits of a packet's mark that dispatch uses.
#pragma once

#include <cstdint>

namespace nodewall::netfilter::iptables {

/// Free of what kube-proxy (0xc000), Calico (0xffff0000) and Cilium (0x0f00) set.
inline constexpr std::uint32_t default_mark_mask = 0x30ff;

/// Fewer tell no slots apart; more than 31 leave no mark to anybody else.
inline constexpr unsigned mark_bits_least = 2, mark_bits_most = 31;

class mark_bits {
public:
    /// Of mark_bits_least to mark_bits_most bits.
    explicit mark_bits(std::uint32_t mask);

    std::uint32_t mask() const noexcept { return mask_; }
    unsigned count() const noexcept { return count_; }
    /// The largest number that the bits hold. 0 means that nothing was found.
    std::uint32_t capacity() const noexcept { return (1U << count_) - 1; }

    /// The number spread over the mask's bits, the lowest first.
    std::uint32_t mark_of(std::uint32_t number) const;
    /// Of the mask's bits in `mark`.
    std::uint32_t number_of(std::uint32_t mark) const;

private:
    std::uint32_t mask_;
    unsigned count_;
};

} // namespace nodewall::netfilter::iptables
