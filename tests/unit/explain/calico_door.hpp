// One front door before one pod, and Calico's policies (POLICY-APIS section 5): what explain says
// of it, and what the compiled rules do.
#pragma once

#include "cluster.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::test {

/// An object as YAML. `key`: "name" or "namespace/name"; `labels` and `spec` as in cluster.hpp.
std::string calico(std::string_view kind, std::string_view key, std::string_view labels,
                   std::string_view spec, std::string_view group = "projectcalico.org/v3");
std::string global_policy(std::string_view name, std::string_view spec);
std::string policy(std::string_view key, std::string_view spec);
/// A NetworkPolicy of Kubernetes that shuts the door's namespace.
std::string deny_all();
/// A GlobalNetworkPolicy of the pod behind the door, for ingress.
std::string rules_of_site(std::string_view rules, std::string_view more = {});

// Who dials: pods web/client, lab/client and lab/other, and two outsiders.
inline constexpr std::string_view web = "10.0.0.2";
inline constexpr std::string_view blue = "10.0.1.2";
inline constexpr std::string_view other = "10.0.1.3";
inline constexpr std::string_view outside = "203.0.113.7";
inline constexpr std::string_view farther = "198.51.100.7";
inline const std::vector<std::string_view> everyone{web, blue, other, outside, farther};

/// A NodePort 30051 to pod web/site, and those who dial it; namespace web is of team red, lab of
/// team blue.
cluster a_cluster();

/// With these objects, the door is open to these sources and shut to all others.
struct story {
    const char* name;
    std::vector<std::string> objects;
    std::vector<std::string_view> admitted;
};
/// Adds a story to the table: by its name, its objects, and those who are admitted.
inline auto teller_into(std::vector<story>& table) {
    return [&table](const char* name, std::vector<std::string> objects,
                    std::vector<std::string_view> admitted) {
        table.push_back({name, std::move(objects), std::move(admitted)});
    };
}
/// In whichever order the objects become known, by explain and by the compiled rules.
void expect_story(const story& told);

/// Each table of stories makes it a suite: INSTANTIATE_TEST_SUITE_P(..., name_of_story).
class CalicoDoor : public testing::TestWithParam<story> {};
std::string name_of_story(const testing::TestParamInfo<story>& told);

} // namespace nodewall::test
