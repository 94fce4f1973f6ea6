#include "netfilter/iptables/layout/marks.hpp"

#include <bit>
#include <cassert>

namespace nodewall::netfilter::iptables {

mark_bits::mark_bits(std::uint32_t mask)
    : mask_(mask), count_(static_cast<unsigned>(std::popcount(mask))) {
    assert(count_ >= mark_bits_least && count_ <= mark_bits_most);
}

std::uint32_t mark_bits::mark_of(std::uint32_t number) const {
    std::uint32_t mark = 0;
    for (auto rest = mask_; number != 0 && rest != 0; rest &= rest - 1, number >>= 1U)
        if ((number & 1U) != 0)
            mark |= rest & ~(rest - 1);
    return mark;
}

std::uint32_t mark_bits::number_of(std::uint32_t mark) const {
    std::uint32_t number = 0;
    unsigned bit = 0;
    for (auto rest = mask_; rest != 0; rest &= rest - 1, ++bit)
        if ((mark & rest & ~(rest - 1)) != 0)
            number |= 1U << bit;
    return number;
}

} // namespace nodewall::netfilter::iptables
