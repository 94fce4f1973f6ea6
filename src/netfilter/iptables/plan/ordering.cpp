#include "netfilter/iptables/plan/ordering.hpp"

#include <algorithm>
#include <iterator>

namespace nodewall::netfilter::iptables {

namespace {

bool reads_any_of(const program* p, const std::vector<set_index>& sets) {
    return p != nullptr && p->reads_any_of(sets);
}

bool only_admits(const program* p) {
    return p == nullptr || p->only_admits();
}

/// A door that opens, or that was open, and whose other decision only admits: the usual order
/// serves.
bool is_plain(const transition& t) {
    return t.turns && (t.before == nullptr || t.after == nullptr) && only_admits(t.before) &&
           only_admits(t.after);
}

} // namespace

const program* orderer::program_of(const std::string& decision) {
    if (decision.empty())
        return nullptr;
    if (const auto known = programs_.find(decision); known != programs_.end())
        return &known->second;
    const auto* form = forms_.find(decision);
    return form == nullptr ? nullptr : &programs_.try_emplace(decision, *form, sets_).first->second;
}

/// Of a decision that cannot be told nothing is asked.
void orderer::add(std::vector<transition>& all, const turn& t) {
    const transition made{
        .before = program_of(t.before), .after = program_of(t.after), .turns = t.turns};
    const bool known =
        (t.before.empty() || made.before != nullptr) && (t.after.empty() || made.after != nullptr);
    if (known)
        all.push_back(made);
}

ordering orderer::order(const std::set<turn>& turns, const staying_decisions& staying,
                        std::set<std::string> anew) {
    out_ = {.grow = {}, .shrink = {}, .anew = anew, .sensitive = {}};
    anew_ = std::move(anew);
    transitions_.clear();
    idle_.reset();
    walks_.clear();
    apart_.clear();
    all_staying_ = [&] { return staying(true); };
    if (!difference_.changed_sets.empty()) {
        for (const auto& t : turns)
            add(transitions_, t);
        for (const auto& decision : staying(false))
            add(transitions_, {.before = decision, .after = decision, .turns = false});
    }
    if (!transitions_.empty())
        for (const auto& [address, all] : changed_addresses())
            find_order(address, all);
    append_usual();
    append_walks();
    return std::move(out_);
}

std::map<model::ip_address, orderer::changes> orderer::changed_addresses() {
    std::map<model::ip_address, changes> all;
    for (const auto& [set, change] : difference_.changed_sets) {
        if (ruleset::purpose_of(set) != ruleset::purpose::peers)
            continue;
        const auto index = sets_.index_of(set);
        for (const auto& key : change.added)
            all[key.block.address].push_back({index, true});
        for (const auto& key : change.removed)
            all[key.block.address].push_back({index, false});
    }
    return all;
}

std::vector<transition> orderer::those_that_read(const std::vector<transition>& all,
                                                 const changes& of) const {
    std::vector<set_index> sets;
    for (const auto& change : of)
        sets.push_back(change.set);
    std::vector<transition> reading;
    std::ranges::copy_if(all, std::back_inserter(reading), [&](const transition& t) {
        return reads_any_of(t.before, sets) || reads_any_of(t.after, sets);
    });
    return reading;
}

/// Of the sets that get no new instance.
orderer::changes orderer::those_read_by(const std::vector<transition>& transitions,
                                        const changes& all) const {
    changes read;
    std::ranges::copy_if(all, std::back_inserter(read), [&](const membership_change& change) {
        return !anew_.contains(sets_.name_of(change.set)) &&
               std::ranges::any_of(transitions, [&](const transition& t) {
                   return reads_any_of(t.before, {change.set}) ||
                          reads_any_of(t.after, {change.set});
               });
    });
    return read;
}

void orderer::find_order(const model::ip_address& address, const changes& all) {
    const auto turning = those_that_read(transitions_, all);
    if (turning.empty())
        return;
    memberships_.look_at(address);
    const auto read = those_read_by(turning, all);
    const bool plain = anew_.empty() && std::ranges::all_of(turning, is_plain);
    if (read.empty() || plain || usual_walk_serves(memberships_, read, turning))
        return;
    find_own_order(all, turning);
}

/// Decisions that stay and only admit are served by the usual order alone.
void orderer::find_own_order(const changes& all, const std::vector<transition>& turning) {
    if (!idle_) {
        idle_.emplace();
        for (const auto& decision : all_staying_())
            if (const auto* p = program_of(decision); p != nullptr && p->only_admits())
                idle_->emplace_back(decision, transition{.before = p, .after = p, .turns = false});
    }
    auto concerned = turning;
    for (const auto& [decision, t] : *idle_)
        if (!those_that_read({t}, all).empty()) {
            concerned.push_back(t);
            out_.sensitive.insert(decision);
        }
    const auto read = those_read_by(concerned, all);
    if (auto way = find_walk(memberships_, read, concerned)) {
        for (const auto& change : read)
            apart_[memberships_.address()].insert(change.set);
        walks_.push_back({memberships_.address(), std::move(*way)});
        return;
    }
    for (const auto& change : all)
        out_.anew.insert(sets_.name_of(change.set));
}

void orderer::append_usual() {
    for (const auto& [set, change] : difference_.changed_sets) {
        if (anew_.contains(set))
            continue;
        const auto index = sets_.index_of(set);
        const auto without_those_apart = [&](std::vector<ruleset::key> keys) {
            if (!apart_.empty())
                std::erase_if(keys, [&](const ruleset::key& k) {
                    const auto at = apart_.find(k.block.address);
                    return at != apart_.end() && at->second.contains(index);
                });
            return keys;
        };
        if (auto keys = without_those_apart(change.added); !keys.empty())
            out_.grow.push_back({.set = set, .come = true, .keys = std::move(keys)});
        if (auto keys = without_those_apart(change.removed); !keys.empty())
            out_.shrink.push_back({.set = set, .come = false, .keys = std::move(keys)});
    }
}

/// Round by round, so that what many addresses do at once is one message for each set.
void orderer::append_walks() {
    const auto append = [&](std::vector<membership_change> walk::*part,
                            std::vector<members_change>& to) {
        bool more = true;
        for (std::size_t round = 0; more; ++round) {
            more = false;
            std::map<std::pair<set_index, bool>, std::vector<ruleset::key>> of_round;
            for (const auto& [address, way] : walks_)
                if (round < (way.*part).size()) {
                    const auto& change = (way.*part)[round];
                    of_round[{change.set, change.comes}].push_back(
                        {.block = model::cidr::host(address)});
                    more = true;
                }
            for (auto& [at, keys] : of_round)
                to.push_back(
                    {.set = sets_.name_of(at.first), .come = at.second, .keys = std::move(keys)});
        }
    };
    append(&walk::first, out_.grow);
    append(&walk::last, out_.shrink);
}

} // namespace nodewall::netfilter::iptables
