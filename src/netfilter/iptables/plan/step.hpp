// The steps of a plan, each with what it changes in the image once it was done.
#pragma once

#include "netfilter/iptables/ipset/set.hpp"
#include "netfilter/iptables/layout/image.hpp"
#include "netfilter/iptables/xt/rule.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nodewall::netfilter::iptables {

struct nothing {};
struct create_set {
    set_definition set;
};
struct destroy_set {
    std::string name;
};
struct flush_set {
    std::string name;
};
struct add_members {
    set_definition set;
    std::vector<set_member> members;
};
struct remove_members {
    set_definition set;
    std::vector<set_member> members;
};
struct add_names {
    set_definition list;
    std::vector<std::string> names;
};
struct commit_table {
    std::shared_ptr<const std::vector<xt_chain>> chains;
};
using kernel_step = std::variant<nothing, create_set, destroy_set, flush_set, add_members,
                                 remove_members, add_names, commit_table>;

struct step {
    kernel_step what;
    std::vector<image_change> means;
    /// The ruleset's unit, of a set or a decision, that alone needs the step; empty: others do too.
    std::string unit{};
};

/// The steps of one family, in the order of the lists.
struct family_plan {
    std::vector<step> prepare; // what no packet reaches
    std::optional<step> commit;
    std::vector<step> grow;   // members that come
    std::vector<step> shut;   // doors that were open get a decision
    std::vector<step> turn;   // doors go from one decision to another
    std::vector<step> open;   // doors that have no decision any more
    std::vector<step> shrink; // members that go
    std::vector<step> finish; // nothing for the kernel
    /// Decisions' units that no numbers are left for; then nothing else is planned.
    std::vector<std::string> unfit{};
    /// What the kernel holds then, as far as packets can reach it: the ruleset that was asked for,
    /// or one on the way to it that needs no table.
    std::shared_ptr<const ruleset::ruleset> reaches;
};

} // namespace nodewall::netfilter::iptables
