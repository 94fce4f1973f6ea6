// In which order an address takes its new memberships in shared sets (SEMANTICS section 5): every
// verdict in between is the one before or the one after, for every decision that reads those sets.
//
// Usually what comes comes first, then the doors turn to their new decisions, then what goes goes.
// That serves every decision that only admits and does not turn: as long as an address is in more
// sets than before and after, it is refused only where both refuse. It does not serve each decision
// that turns, nor those that refuse or pass by membership: with [Pass P][Deny D] above [Allow A],
// an address that goes from {D, A} to {P} is refused before and after, yet admitted in {D, A, P}.
// Then the order is searched among all: the memberships and "the doors turned" are the corners of a
// cube, of which a way leads along edges through allowed corners.
//
//     {D,A} ──▶ {D} ──▶ {} ──▶ {P}          {D,A} ──▶ {D,A,P}: not allowed
#pragma once

#include "netfilter/iptables/plan/program.hpp"
#include "ruleset/ruleset.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace nodewall::netfilter::iptables {

/// What a door is decided by, before and after.
struct transition {
    const program* before = nullptr; // nullptr: the door is open
    const program* after = nullptr;
    /// Whether the door goes from one to the other at the turn. Else `before` decides all along,
    /// and `after` says what the verdict shall come to.
    bool turns = true;
    auto operator<=>(const transition&) const = default;
};

struct membership_change {
    set_index set = 0;
    bool comes = false; // or goes
    bool operator==(const membership_change&) const = default;
};

/// Which sets hold an address, before and after.
class memberships {
public:
    memberships(model::family f, const ruleset::ruleset& from, const ruleset::ruleset& to,
                const set_table& sets)
        : family_(f), from_(from), to_(to), sets_(sets) {}

    /// What is asked from now on is about this address.
    void look_at(const model::ip_address& address);
    const model::ip_address& address() const { return address_; }
    bool before(set_index set) { return holds(set, from_, before_); }
    bool after(set_index set) { return holds(set, to_, after_); }

private:
    using known = std::unordered_map<set_index, bool>;
    bool holds(set_index set, const ruleset::ruleset& rules, known& of_address) const;

    model::family family_;
    const ruleset::ruleset& from_;
    const ruleset::ruleset& to_;
    const set_table& sets_;
    model::ip_address address_;
    known before_, after_;
};

struct walk {
    std::vector<membership_change> first, last; // before and after the doors turn
};

/// Up to so many changes of one address the search goes through; a thousand corners.
inline constexpr std::size_t walk_changes_max = 10;

/// Whether the usual order serves the address: in the order of `changes` what comes, the turn, in
/// the same order what goes.
bool usual_walk_serves(memberships& of_address, const std::vector<membership_change>& changes,
                       const std::vector<transition>& transitions);
/// Nothing where no order does.
std::optional<walk> find_walk(memberships& of_address,
                              const std::vector<membership_change>& changes,
                              const std::vector<transition>& transitions);

} // namespace nodewall::netfilter::iptables
