// How the memberships of one change are carried out: most by the usual order, single addresses by a
// walk of their own, and those sets anew for which no order serves (walk.hpp).
#pragma once

#include "netfilter/iptables/plan/assignment.hpp"
#include "netfilter/iptables/plan/difference.hpp"
#include "netfilter/iptables/plan/walk.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::netfilter::iptables {

/// A door that goes from one decision to another, by their names; empty: open.
struct turn {
    std::string before, after;
    bool turns = true; // see transition
    auto operator<=>(const turn&) const = default;
};

/// Members of one set that come or go together.
struct members_change {
    std::string set; // in the ruleset
    bool come = false;
    std::vector<ruleset::key> keys;
};

struct ordering {
    std::vector<members_change> grow, shrink; // in this order, before and after the doors turn
    /// Sets for which no order serves: they get new instances, and every door that reads them a new
    /// slot.
    std::set<std::string> anew;
    /// Decisions in use, that do not turn, which read a set that an address takes in an order of
    /// its own: their slots may not be changed in place.
    std::set<std::string> sensitive;
};

class orderer {
public:
    /// Decisions of doors that do not turn; those that only admit are left out where `all` is
    /// false.
    using staying_decisions = std::function<std::vector<std::string>(bool all)>;

    orderer(model::family f, const ruleset::ruleset& from, const ruleset::ruleset& to,
            const difference& d, decision_forms& forms)
        : difference_(d), forms_(forms), memberships_(f, from, to, sets_) {}

    /// `anew`: sets that get new instances anyway. Where the result names more of them, it is not
    /// an order yet: ask again, with the doors that turn then.
    ordering order(const std::set<turn>& turns, const staying_decisions& staying,
                   std::set<std::string> anew);

private:
    using changes = std::vector<membership_change>;

    const program* program_of(const std::string& decision);
    void add(std::vector<transition>& all, const turn& t);
    std::map<model::ip_address, changes> changed_addresses();
    void find_order(const model::ip_address& address, const changes& all);
    void find_own_order(const changes& all, const std::vector<transition>& turning);
    std::vector<transition> those_that_read(const std::vector<transition>& all,
                                            const changes& of) const;
    changes those_read_by(const std::vector<transition>& transitions, const changes& all) const;
    void append_usual();
    void append_walks();

    const difference& difference_;
    decision_forms& forms_;
    set_table sets_;
    memberships memberships_;
    std::map<std::string, program> programs_;

    // Of one call of order().
    struct own_walk {
        model::ip_address address;
        walk way;
    };
    ordering out_;
    std::set<std::string> anew_;
    std::vector<transition> transitions_;
    std::optional<std::vector<std::pair<std::string, transition>>> idle_;
    std::function<std::vector<std::string>()> all_staying_;
    std::vector<own_walk> walks_;
    std::map<model::ip_address, std::set<set_index>> apart_; // changes that a walk makes
};

} // namespace nodewall::netfilter::iptables
