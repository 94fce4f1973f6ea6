// The lower port: what a plan is carried out upon. The kernel of a network namespace, or one in
// memory.
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/ipset/set.hpp"
#include "netfilter/iptables/table/edit.hpp"
#include "netfilter/iptables/xt/rule.hpp"

#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

/// What the kernel holds under our names; foreign chains and sets are not in it.
struct kernel_content {
    struct table {
        model::family fam = model::family::ipv4;
        table_content content;
    };
    std::vector<table> tables; // of the families that the kernel has
    std::vector<set_content> sets;
    std::vector<std::string> foreign_sets; // under our names, of types that nodewall never makes
    std::vector<std::string> remarks;      // about sets
};

/// Blocking calls, from one thread at a time. Each is atomic in the kernel as far as noted.
class kernel_port {
public:
    virtual ~kernel_port() = default;

    virtual result<void> probe() = 0;
    virtual result<kernel_content> read() = 0;

    /// Empty: an equal set that is there already is emptied.
    virtual result<void> create(const set_definition& set) = 0;
    /// One that is gone already is fine; one that a rule or a list refers to is refused.
    virtual result<void> destroy(const std::string& set) = 0;
    virtual result<void> flush(const std::string& set) = 0;

    // Members one by one. One that is there already takes the new mark; one that is gone already is
    // fine to be removed.
    virtual result<void> add(const set_definition& set, const std::vector<set_member>& members) = 0;
    virtual result<void> remove(const set_definition& set,
                                const std::vector<set_member>& members) = 0;
    virtual result<void> add(const set_definition& list, const std::vector<std::string>& names) = 0;

    /// Makes our chains of the table exactly these, with one jump at the head of each hook's
    /// built-in chain; whole or not at all. False: they were that already. `busy`: another program
    /// holds the xtables lock, and nothing was done.
    virtual result<bool> commit(model::family f, const std::vector<xt_chain>& chains) = 0;
};

} // namespace nodewall::netfilter::iptables
