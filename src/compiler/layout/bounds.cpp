#include "compiler/layout/bounds.hpp"

#include "base/fair_share.hpp"
#include "compiler/decisions/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace nodewall::compiler {

namespace {

class limiter {
public:
    limiter(ruleset::ruleset& rules, const bounds& b) : rules_(rules), bounds_(b) {}

    std::vector<finding> run() {
        count();
        find_refused();
        find_shares();
        for (const auto& unit : rules_.units())
            if (const auto* entry = std::get_if<ruleset::entry>(&unit->content))
                limit(*unit, *entry);
        for (const auto& unit : changed_)
            rules_.put(unit);
        for (const auto& name : gone_)
            rules_.erase(name);
        return std::move(findings_);
    }

private:
    void count() {
        for (const auto& unit : rules_.units())
            if (const auto* members = std::get_if<ruleset::members>(&unit->content))
                size_of_[members->set] += members->keys.size();
        for (const auto& unit : rules_.units())
            if (const auto* members = std::get_if<ruleset::members>(&unit->content);
                members != nullptr && size_of_[members->set] > bounds_.members_max)
                gone_.insert(unit->name);
    }

    bool reads_too_large(const ruleset::decision& d) const {
        return std::ranges::any_of(d.chains, [&](const auto& chain) {
            return std::ranges::any_of(chain.rules, [&](const auto& rule) {
                return std::ranges::any_of(rule.matches, [&](const auto& match) {
                    const auto* source = std::get_if<ruleset::source_in>(&match);
                    return source != nullptr &&
                           std::ranges::any_of(source->sets, [&](const auto& set) {
                               const auto size = size_of_.find(set);
                               return size != size_of_.end() && size->second > bounds_.members_max;
                           });
                });
            });
        });
    }

    using by_namespace = std::map<std::string, std::set<std::string>>; // units

    static std::string namespace_of(const ruleset::unit& door) {
        return door.causes.empty() ? std::string() : door.causes.front().key.namespace_;
    }

    static std::size_t share_of(const by_namespace& asked, std::size_t room) {
        std::vector<std::size_t> counts;
        for (const auto& [namespace_, names] : asked)
            counts.push_back(names.size());
        return fair_share(std::move(counts), room);
    }

    /// Two decisions are kept aside: to refuse everyone, one for each family.
    void find_refused() {
        constexpr std::size_t kept_aside = 2;
        std::map<std::pair<model::family, std::string>, const ruleset::unit*> decisions;
        for (const auto& unit : rules_.units()) {
            const auto* decision = std::get_if<ruleset::decision>(&unit->content);
            if (decision == nullptr)
                continue;
            if (reads_too_large(*decision))
                refuse(*unit);
            else
                decisions.emplace(std::pair(unit->fam, decision->name()), unit.get());
        }
        by_namespace asked; // one that several have is kept where one of them keeps it
        for (const auto& unit : rules_.units())
            if (const auto* entry = std::get_if<ruleset::entry>(&unit->content))
                if (const auto at = decisions.find({unit->fam, entry->decision});
                    at != decisions.end())
                    asked[namespace_of(*unit)].insert(at->second->name);
        const auto share = std::min(
            bounds_.namespace_decisions_max,
            share_of(asked, bounds_.decisions_max - std::min(bounds_.decisions_max, kept_aside)));
        std::set<std::string> kept;
        for (const auto& [namespace_, units] : asked) {
            auto left = share;
            for (auto at = units.begin(); at != units.end() && left != 0; ++at, --left)
                kept.insert(*at);
        }
        for (const auto& [name, unit] : decisions)
            if (!kept.contains(unit->name))
                refuse(*unit);
    }

    void refuse(const ruleset::unit& decision) {
        refused_.insert(std::get<ruleset::decision>(decision.content).name());
        gone_.insert(decision.name);
    }

    /// How many entries of each map one namespace may have.
    void find_shares() {
        std::map<std::string, std::map<std::string, std::size_t>> counts; // by map, by namespace
        for (const auto& unit : rules_.units())
            if (const auto* entry = std::get_if<ruleset::entry>(&unit->content))
                ++counts[entry->map][namespace_of(*unit)];
        for (const auto& [map, of_namespace] : counts) {
            std::vector<std::size_t> asked;
            for (const auto& [namespace_, count] : of_namespace)
                asked.push_back(count);
            share_[map] = fair_share(std::move(asked), bounds_.members_max);
        }
    }

    void limit(const ruleset::unit& unit, const ruleset::entry& entry) {
        if (++entries_of_[{entry.map, namespace_of(unit)}] > share_[entry.map]) {
            findings_.push_back({finding::kind::too_many, unit.name,
                                 fmt::format("it does not fit into {}, which takes {}: it is open",
                                             entry.map, bounds_.members_max)});
            gone_.insert(unit.name);
            return;
        }
        if (!refused_.contains(entry.decision))
            return;
        const auto nobody =
            ruleset::make_unit(unit.fam, program::refuse_everyone(unit.fam).as_decision(), {});
        auto shut = entry;
        shut.decision = std::get<ruleset::decision>(nobody->content).name();
        changed_.push_back(nobody);
        changed_.push_back(ruleset::make_unit(unit.name, unit.fam, std::move(shut), unit.causes));
        gone_.erase(nobody->name);
        findings_.push_back({finding::kind::too_many, unit.name,
                             "whom it admits does not fit into the kernel's sets: it is shut to "
                             "everyone"});
    }

    ruleset::ruleset& rules_;
    const bounds& bounds_;
    std::map<std::string, std::size_t> size_of_;                            // members of each set
    std::map<std::pair<std::string, std::string>, std::size_t> entries_of_; // by map, namespace
    std::map<std::string, std::size_t> share_; // of each map, for one namespace
    std::set<std::string> refused_;            // decisions
    std::vector<std::shared_ptr<const ruleset::unit>> changed_;
    std::set<std::string> gone_; // units
    std::vector<finding> findings_;
};

} // namespace

std::vector<finding> keep_within(ruleset::ruleset& rules, const bounds& b) {
    return limiter(rules, b).run();
}

} // namespace nodewall::compiler
