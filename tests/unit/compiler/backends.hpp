// What the tests of backends begin with.
#pragma once

#include "cluster.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace nodewall::test {

inline constexpr auto outside = "203.0.113.9";

/// web/site is a NodePort Service; every pod of namespace `web` is isolated.
class Backends : public testing::Test {
protected:
    Backends() {
        c.add(a_service("web/site"));
        c.add(a_policy("web/deny"));
    }
    bool open() { return dial_node(c.compile(), outside, 30051); }
    void behind(std::vector<model::endpoint> endpoints) {
        c.add(a_slice("web/site", std::move(endpoints)));
    }
    cluster c;
    model::pod_object isolated = a_pod("web/isolated", {"10.0.0.1"});
    model::pod_object free = a_pod("lab/free", {"10.0.0.2"});
};

} // namespace nodewall::test
