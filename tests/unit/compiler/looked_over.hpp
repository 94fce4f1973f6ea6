// What `state` says of a small cluster.
#pragma once

#include "cluster.hpp"
#include "compiler/overview.hpp"

#include <algorithm>
#include <string_view>

namespace nodewall::test {

inline compiler::overview look_over(cluster& c) {
    c.resolve();
    compiler::compiler compiled(c.settings);
    compiled.compile(c.state);
    return compiler::look_over(c.state, compiled);
}

/// `name` is one of its namespaces.
inline const compiler::namespace_overview& space(const compiler::overview& all,
                                                 std::string_view name) {
    return *std::ranges::find(all.namespaces, name, &compiler::namespace_overview::name);
}

} // namespace nodewall::test
