#include "sim/machine.hpp"

namespace nodewall::sim {

std::size_t below(chance& c, std::size_t n) {
    return c() % n; // the same in every standard library
}

double fraction(chance& c) {
    return static_cast<double>(c() >> 11U) / static_cast<double>(1ULL << 53U);
}

bool machine::run_one(chance& c) {
    const auto first = below(c, all_.size());
    for (std::size_t i = 0; i < all_.size(); ++i)
        if (all_.at((first + i) % all_.size()).context.poll_one() > 0)
            return true;
    return false;
}

} // namespace nodewall::sim
