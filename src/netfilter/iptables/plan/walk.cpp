#include "netfilter/iptables/plan/walk.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_set>

namespace nodewall::netfilter::iptables {

void memberships::look_at(const model::ip_address& address) {
    address_ = address;
    before_.clear();
    after_.clear();
}

bool memberships::holds(set_index set, const ruleset::ruleset& rules, known& of_address) const {
    if (const auto at = of_address.find(set); at != of_address.end())
        return at->second;
    const auto& name = sets_.name_of(set);
    bool found = false;
    if (ruleset::purpose_of(name) == ruleset::purpose::peers) {
        const auto* u = rules.units().find(
            ruleset::members_unit_name(family_, name, model::members_block(address_)));
        if (u != nullptr)
            found = std::ranges::binary_search(std::get<ruleset::members>(u->content).keys,
                                               ruleset::key{.block = model::cidr::host(address_)});
    } else {
        const auto* u = rules.units().find(ruleset::members_unit_name(family_, name, std::nullopt));
        if (u != nullptr)
            found = std::ranges::any_of(
                std::get<ruleset::members>(u->content).keys,
                [&](const ruleset::key& k) { return k.block.contains(address_); });
    }
    of_address.emplace(set, found);
    return found;
}

namespace {

/// The corners of the cube: which changes are done, and whether the doors turned.
class cube {
public:
    cube(memberships& of_address, const std::vector<membership_change>& changes,
         const std::vector<transition>& transitions)
        : of_address_(of_address), changes_(changes), transitions_(transitions) {
        for (const auto& t : transitions_)
            ends_.push_back(
                {verdict(t.before, all_of(false), false), verdict(t.after, all_of(true), true)});
    }

    std::uint64_t all_of(bool done) const {
        return done ? (std::uint64_t{1} << changes_.size()) - 1 : std::uint64_t{0};
    }

    bool allows(std::uint64_t done, bool turned) {
        for (std::size_t i = 0; i < transitions_.size(); ++i) {
            const auto& t = transitions_[i];
            const bool by_after = turned && t.turns;
            const bool now = verdict(by_after ? t.after : t.before, done, by_after);
            if (now != ends_[i].before && now != ends_[i].after)
                return false;
        }
        return true;
    }

private:
    struct ends {
        bool before, after;
    };

    /// What makes no change by itself is, for a decision before the turn, as before it.
    bool verdict(const program* p, std::uint64_t done, bool side_after) {
        if (p == nullptr)
            return true;
        return p->admits(of_address_.address(), [&](set_index set) {
            const auto at = std::ranges::find(changes_, set, &membership_change::set);
            if (at == changes_.end())
                return side_after ? of_address_.after(set) : of_address_.before(set);
            const bool is_done = (done >> (at - changes_.begin()) & 1U) != 0;
            return is_done == at->comes;
        });
    }

    memberships& of_address_;
    const std::vector<membership_change>& changes_;
    const std::vector<transition>& transitions_;
    std::vector<ends> ends_;
};

/// Depth first, so that what comes comes first and what goes last where that is possible.
class search {
public:
    search(cube& corners, const std::vector<membership_change>& changes)
        : corners_(corners), changes_(changes) {}

    bool from(std::uint64_t done, bool turned) {
        if (done == corners_.all_of(true) && turned)
            return true;
        if (!visited_.insert(done << 1U | (turned ? 1U : 0U)).second)
            return false;
        if (step(done, turned, true))
            return true;
        if (!turned && corners_.allows(done, true)) {
            if (from(done, true))
                return true;
        }
        return step(done, turned, false);
    }

    walk found() const {
        walk w{first_, last_};
        std::ranges::reverse(w.first);
        std::ranges::reverse(w.last);
        return w;
    }

private:
    bool step(std::uint64_t done, bool turned, bool comes) {
        for (std::size_t i = 0; i < changes_.size(); ++i) {
            const auto next = done | std::uint64_t{1} << i;
            if (changes_[i].comes != comes || next == done || !corners_.allows(next, turned))
                continue;
            if (from(next, turned)) {
                (turned ? last_ : first_).push_back(changes_[i]); // backwards
                return true;
            }
        }
        return false;
    }

    cube& corners_;
    const std::vector<membership_change>& changes_;
    std::unordered_set<std::uint64_t> visited_;
    std::vector<membership_change> first_, last_;
};

} // namespace

bool usual_walk_serves(memberships& of_address, const std::vector<membership_change>& changes,
                       const std::vector<transition>& transitions) {
    constexpr std::size_t bits = 62; // of a corner's number
    if (changes.size() > bits)
        return false;
    cube corners(of_address, changes, transitions);
    std::uint64_t done = 0;
    for (const bool comes : {true, false}) {
        for (std::size_t i = 0; i < changes.size(); ++i)
            if (changes[i].comes == comes) {
                done |= std::uint64_t{1} << i;
                if (!corners.allows(done, !comes))
                    return false;
            }
        if (comes && !corners.allows(done, true))
            return false;
    }
    return true;
}

std::optional<walk> find_walk(memberships& of_address,
                              const std::vector<membership_change>& changes,
                              const std::vector<transition>& transitions) {
    if (changes.size() > walk_changes_max)
        return std::nullopt;
    cube corners(of_address, changes, transitions);
    search way(corners, changes);
    if (!way.from(0, false))
        return std::nullopt;
    return way.found();
}

} // namespace nodewall::netfilter::iptables
