// The instances that shared sets get in one plan.
#pragma once

#include "netfilter/iptables/layout/image.hpp"
#include "netfilter/iptables/plan/difference.hpp"
#include "netfilter/iptables/plan/step.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

/// As the kernel has them.
set_definition definition_of(const ruleset::set& set, std::string name);
/// The unit of a set that only decisions read: what fails with it concerns them alone. Empty for
/// any other.
std::string unit_alone(model::family f, const std::string& set);

std::vector<set_member> members_of_keys(const std::string& set,
                                        const std::vector<ruleset::key>& keys);

class new_instances {
public:
    explicit new_instances(const image& i) : image_(i) {}

    /// A set that is new, or gets a new instance with all its members.
    void add(const ruleset::set& set, std::vector<ruleset::key> members);

    /// The instance of a set of the ruleset, once the plan is carried out.
    std::string name_of(const std::string& set) const;
    /// Creates and fills them.
    void prepare(std::vector<step>& steps) const;
    /// Makes them the current ones.
    void adopt(std::vector<image_change>& changes) const;

private:
    struct made {
        set_definition definition;
        std::vector<set_member> members;
    };
    const image& image_;
    std::map<std::string, made> made_; // by the set's name in the ruleset
};

/// Where the set of a ruleset stands now; nothing for one that has no instance.
std::optional<set_definition> current_instance(const image& i, const std::string& set);

} // namespace nodewall::netfilter::iptables
