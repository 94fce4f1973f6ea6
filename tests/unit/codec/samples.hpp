// Objects as a real API server sends them, whole.
#pragma once

#include "model/kind.hpp"

#include <string_view>
#include <vector>

namespace nodewall::codec::testing {

struct sample {
    model::kind what;
    std::string_view json;
};

const std::vector<sample>& samples();

} // namespace nodewall::codec::testing
