#include "explain/answer.hpp"

#include <array>

namespace nodewall::explain {

std::string_view to_string(verdict v) {
    static constexpr std::array<std::string_view, 4> names{"allow", "deny", "mixed", "unknown"};
    return names.at(static_cast<std::size_t>(v));
}

std::string_view to_string(point p) {
    static constexpr std::array<std::string_view, 3> names{"front-door", "egress", "ingress"};
    return names.at(static_cast<std::size_t>(p));
}

std::string_view to_string(action a) {
    static constexpr std::array<std::string_view, 7> names{"allow",  "deny",   "pass",   "log",
                                                           "ignore", "staged", "unknown"};
    return names.at(static_cast<std::size_t>(a));
}

} // namespace nodewall::explain
