#include "compiler/compiler.hpp"

#include "base/find.hpp"
#include "base/sort_unique.hpp"
#include "compiler/doors/claims.hpp"
#include "compiler/doors/host_ports.hpp"
#include "compiler/doors/ignored.hpp"
#include "compiler/doors/meetings.hpp"
#include "compiler/doors/merged_doors.hpp"
#include "compiler/doors/provenance.hpp"
#include "compiler/layout/assembly.hpp"
#include "compiler/layout/bounds.hpp"
#include "compiler/layout/fixed_chains.hpp"
#include "compiler/layout/peer_members.hpp"
#include "compiler/layout/shut_doors.hpp"
#include "compiler/policy_findings.hpp"
#include "compiler/tracking/dependencies.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace nodewall::compiler {

namespace {

/// What is kept of a Service, or of a pod with hostPorts, between compilations.
struct holder_record {
    std::vector<token> looked_at;
    std::vector<model::front_door> doors;
    std::vector<finding> ignored;
};

/// Doors that are one at a place.
struct merged {
    std::vector<claimed_door> met; // more than one, or one that has no place of its own
    std::shared_ptr<const judgement> what;
};

} // namespace

//   Services, pods ──compile_one──▶ claims_ ──settle──▶ doors that are shut ──▶ assembly_ ──▶ rules
//                  └─ looks ─▶ dependents_                    book_ names sets ──▲
//   owners of addresses, members of queries ──put_members────────────────────────┘
struct compiler::impl {
    impl(model::gate_settings given, staged_policies staged)
        : settings_(std::move(given)), staged_(staged) {}

    void compile(const model::cluster_state& state);
    void recompile(const model::cluster_state& state, const std::set<model::change>& changes);
    ruleset::ruleset bounded();
    finding_list findings();
    std::vector<compiled_door> doors() const;
    const model::gate_settings& settings() const { return settings_; }

private:
    void compile_one(const model::cluster_state& state, const door_holder& holder,
                     rule_sources& sources);
    bool has_host_ports(const model::pod_object& pod) const;
    /// All doors that were compiled since the last time, and those that are one with them.
    void settle(const model::cluster_state& state, rule_sources& sources);
    void settle(const model::front_door& door, const model::cluster_state& state,
                rule_sources& sources);
    void merge_at(const model::front_door& place, const std::vector<claimed_door>& met,
                  const model::cluster_state& state, rule_sources& sources);
    const claim& claim_of(const claimed_door& door) const;
    void fill_sets(const model::cluster_state& state, const std::set<model::change>& changes);
    void fill(const model::cluster_state& state, const peer_set& set);
    bool always_there(const shared_peer_set& set) const;
    void note_policies(const model::cluster_state& state);
    std::vector<finding> collect_findings() const;

    model::gate_settings settings_;
    staged_policies staged_;
    std::map<door_holder, holder_record> holders_;
    dependency_index dependents_;
    claim_table claims_;
    merged_doors places_;
    host_ports host_;
    shut_doors over_budget_;
    std::set<model::front_door> touched_;
    std::map<model::front_door, merged> merged_; // by place
    peer_book book_;
    std::vector<shared_peer_set> every_pod_; // of each family: always there
    assembly assembly_;
    bool compiled_ = false;
    bool endpoint_slices_known_ = false;
    std::map<std::string, std::string> undecodable_;
    std::map<std::string, std::vector<std::string>> parts_; // of objects, not understood
    policy_findings of_policies_;
    std::vector<finding> too_many_;
    finding_list findings_; // null: to be collected anew
};

void compiler::impl::compile(const model::cluster_state& state) {
    *this = impl(std::move(settings_), staged_);
    compiled_ = true;
    endpoint_slices_known_ = state.endpoint_slices_known;
    for (const auto& unit : fixed_units(settings_))
        assembly_.put(unit);
    places_ = merged_doors(state.objects, settings_);
    host_ = host_ports(state.objects, settings_);
    rule_sources sources(book_, state.objects.nodes);
    for (const auto f : model::families) {
        every_pod_.push_back(book_.set_of(model::pod_query::everything(), f));
        fill(state, *every_pod_.back());
    }
    over_budget_.count_all(state.objects, settings_);
    for (const auto& [key, service] : state.objects.services)
        compile_one(state, door_holder::service(key), sources);
    for (const auto& [key, pod] : state.objects.pods)
        if (has_host_ports(pod))
            compile_one(state, door_holder::pod(key), sources);
    settle(state, sources);
    over_budget_.put_into(assembly_, state.objects, settings_);
    fill_sets(state, {});
    note_policies(state);
}

void compiler::impl::recompile(const model::cluster_state& state,
                               const std::set<model::change>& changes) {
    using what = model::change::what;
    if (!compiled_ || changes.contains({.kind = what::everything}) ||
        endpoint_slices_known_ != state.endpoint_slices_known ||
        places_ != merged_doors(state.objects, settings_) ||
        host_ != host_ports(state.objects, settings_))
        return compile(state);
    std::set<door_holder> dirty;
    for (const auto& change : changes) {
        if (change.kind == what::service) {
            dirty.insert(door_holder::service(change.key));
            over_budget_.count(change.key, state.objects, settings_, dirty);
        }
        if (change.kind == what::pod)
            dirty.insert(door_holder::pod(change.key));
        for (const auto t : tokens_of(change, state))
            dependents_.collect(t, dirty);
    }
    rule_sources sources(book_, state.objects.nodes);
    for (const auto& holder : dirty)
        compile_one(state, holder, sources);
    settle(state, sources);
    if (std::ranges::any_of(changes, [](const auto& c) { return c.kind == what::service; }))
        over_budget_.put_into(assembly_, state.objects, settings_);
    fill_sets(state, changes);
    if (undecodable_ != state.undecodable || parts_ != state.not_understood ||
        std::ranges::any_of(changes, [](const auto& c) { return c.kind == what::policy; }))
        note_policies(state);
    else if (of_policies_.read_subjects(state.resolved))
        findings_.reset();
}

/// On this node, and behind a door that policies may shut.
bool compiler::impl::has_host_ports(const model::pod_object& pod) const {
    return pod.node_name == settings_.node_name && pod.subject_to_policy() &&
           std::ranges::any_of(pod.ports, [](const auto& port) { return port.host_port != 0; });
}

void compiler::impl::compile_one(const model::cluster_state& state, const door_holder& holder,
                                 rule_sources& sources) {
    const auto* service =
        holder.what == model::kind::service ? find(state.objects.services, holder.key) : nullptr;
    const auto* pod =
        holder.what == model::kind::pod ? find(state.objects.pods, holder.key) : nullptr;
    if (pod != nullptr && !has_host_ports(*pod))
        pod = nullptr;
    const bool exists = service != nullptr || pod != nullptr;
    if (!exists && !holders_.contains(holder))
        return;
    const auto at = holders_.try_emplace(holder).first;
    const auto before = std::exchange(at->second, {});
    auto& after = at->second;

    std::vector<judged_door> judged;
    timestamp created{};
    if (exists) {
        state_reader reader(state, over_budget_.budget(), staged_);
        judged = service != nullptr ? judge_service(*service, reader, sources, settings_)
                                    : judge_host_ports(*pod, reader, sources);
        created = service != nullptr ? service->meta.created : pod->meta.created;
        if (service != nullptr)
            after.ignored = ignored_of(*service, reader, settings_);
        after.looked_at = reader.take_tokens();
        for (const auto& each : judged)
            after.doors.push_back(each.door);
    }
    if (before.ignored != after.ignored)
        findings_.reset();
    dependents_.replace(at->first, before.looked_at, after.looked_at);
    for (const auto& door : claims_.replace(at->first, created, before.doors, judged)) {
        touched_.insert(door);
        for (const auto& place : places_.places_of(door))
            touched_.insert(place);
        if (door.anywhere())
            for (const auto& other : claims_.addressed(door))
                for (const auto& place : places_.places_of(other))
                    touched_.insert(place);
    }
    if (!exists)
        holders_.erase(at);
}

void compiler::impl::settle(const model::cluster_state& state, rule_sources& sources) {
    for (const auto& door : touched_) {
        findings_.reset();
        settle(door, state, sources);
    }
    touched_.clear();
}

void compiler::impl::settle(const model::front_door& door, const model::cluster_state& state,
                            rule_sources& sources) {
    if (door.what == model::door_class::hostport &&
        !(door.anywhere() && places_.host_ports_alone()))
        return; // it stands at other doors' places
    const auto met = met_at(door, places_, claims_, state.objects);
    merge_at(door, met, state, sources);
    const auto one = merged_.find(door);
    std::span<const claimed_door> speakers = met;
    const judgement* what = nullptr;
    if (one != merged_.end()) {
        what = one->second.what.get();
    } else if (const auto own = std::ranges::find(met, door, &claimed_door::door);
               own != met.end()) {
        speakers = {own, 1};
        what = claim_of(*own).what.get();
    }
    // Where doors are one, what admits everyone says so: a map that is asked later may refuse. So
    // does who has an address that he was given, where others have its port.
    const bool has_place =
        door.what == model::door_class::external && is_given(met) && claims_.claims_port(door);
    if (has_place && what == nullptr) {
        speakers = {met.begin(), 1};
        what = claim_of(met.front()).what.get();
    }
    const bool says_nothing =
        what == nullptr || (what->decision.admits_everyone() && one == merged_.end() && !has_place);
    if (says_nothing || (all_external(met) && host_.never_shut(door)))
        return assembly_.open(door);
    assembly_.shut(door, what->decision, causes_of(speakers, *what));
}

void compiler::impl::merge_at(const model::front_door& place, const std::vector<claimed_door>& met,
                              const model::cluster_state& state, rule_sources& sources) {
    merged_.erase(place);
    if (!needs_decision(place, met, places_, claims_))
        return;
    state_reader reader(state, over_budget_.budget(), staged_);
    auto what = judge_as_one(place, met, reader, sources, settings_).what;
    merged_.emplace(place, merged{.met = met, .what = std::move(what)});
}

const claim& compiler::impl::claim_of(const claimed_door& door) const {
    return *std::ranges::find(*claims_.claims_of(door.door), door.holder(), &claim::holder);
}

bool compiler::impl::always_there(const shared_peer_set& set) const {
    return std::ranges::find(every_pod_, set) != every_pod_.end();
}

/// The members of sets: of those that came into use all, of the others what changed.
void compiler::impl::fill_sets(const model::cluster_state& state,
                               const std::set<model::change>& changes) {
    const auto usage = assembly_.take_usage_changes();
    for (const auto& set : usage.ended)
        if (!always_there(set))
            assembly_.erase_set(*set);
    for (const auto& set : usage.begun)
        if (!always_there(set))
            fill(state, *set);
    for (const auto& change : changes) {
        if (change.kind != model::change::what::query)
            continue;
        for (const auto& set : book_.sets_of(change.query)) {
            if (!assembly_.uses(set) && !always_there(set))
                continue;
            if (!change.block)
                fill(state, *set);
            else if (change.block->fam() == set->fam)
                assembly_.put_members(*set, members_within(state, change.query, *change.block),
                                      *change.block);
        }
    }
}

void compiler::impl::fill(const model::cluster_state& state, const peer_set& set) {
    assembly_.erase_set(set);
    assembly_.put(ruleset::make_unit(set.as_set()));
    if (const auto* query = set.query()) {
        for (auto& [block, keys] : members_of(state, *query, set.fam))
            assembly_.put_members(set, std::move(keys), block);
        return;
    }
    assembly_.put(members_of_blocks(set));
}

void compiler::impl::note_policies(const model::cluster_state& state) {
    undecodable_ = state.undecodable;
    parts_ = state.not_understood;
    of_policies_.read(state.resolved);
    findings_.reset();
}

ruleset::ruleset compiler::impl::bounded() {
    auto rules = assembly_.rules();
    std::vector<finding> too_many;
    if (rules.member_count() > kernel_bounds.members_max ||
        assembly_.decision_count() > kernel_bounds.namespace_decisions_max)
        too_many = keep_within(rules, kernel_bounds);
    if (too_many != too_many_) {
        too_many_ = std::move(too_many);
        findings_.reset();
    }
    return rules;
}

finding_list compiler::impl::findings() {
    if (!findings_)
        findings_ = std::make_shared<const std::vector<finding>>(collect_findings());
    return findings_;
}

std::vector<finding> compiler::impl::collect_findings() const {
    auto all = claims_.findings();
    for (const auto& [holder, record] : holders_)
        all.insert(all.end(), record.ignored.begin(), record.ignored.end());
    over_budget_.append_findings(all);
    all.insert(all.end(), too_many_.begin(), too_many_.end());
    for (const auto& [place, one] : merged_)
        if (!one.what->mixed.empty() && one.met.size() > 1)
            all.push_back({finding::kind::mixed, place.describe(),
                           names_of(one.met) + " are one: " + one.what->mixed});
    of_policies_.append_to(all);
    for (const auto& [object, reasons] : parts_)
        for (const auto& reason : reasons)
            all.push_back({finding::kind::not_understood, object, reason});
    for (const auto& [object, reason] : undecodable_)
        all.push_back({finding::kind::undecodable, object, reason});
    sort_unique(all);
    return all;
}

std::vector<compiled_door> compiler::impl::doors() const {
    std::vector<compiled_door> doors;
    for (const auto& [door, claims] : claims_.all()) {
        auto& out = doors.emplace_back();
        out.door = door;
        out.holder = claims.front().holder;
        out.what = claims.front().what;
        const bool of_pods = door.what == model::door_class::hostport;
        for (std::size_t i = 1; i < claims.size() && !of_pods; ++i)
            out.others.push_back(claims[i].holder.key);
        const bool elsewhere = of_pods || door.what == model::door_class::clusterip;
        const auto one = merged_.find(elsewhere ? places_.places_of(door).front() : door);
        const bool merged =
            one != merged_.end() &&
            std::ranges::find(one->second.met, door, &claimed_door::door) != one->second.met.end();
        out.never_shut = host_.never_shut(door) && (!merged || all_external(one->second.met));
        if (!merged)
            continue;
        out.what = one->second.what;
        for (const auto& met : one->second.met)
            if (met.door != door || met.holder() != out.holder)
                out.one_with.emplace_back(met.door, met.holder());
    }
    return doors;
}

compiler::compiler(model::gate_settings s, staged_policies staged)
    : impl_(std::make_unique<impl>(std::move(s), staged)) {}
compiler::~compiler() = default;
compiler::compiler(compiler&&) noexcept = default;
compiler& compiler::operator=(compiler&&) noexcept = default;

ruleset::ruleset compiler::compile(const model::cluster_state& state) {
    impl_->compile(state);
    return impl_->bounded();
}

ruleset::ruleset compiler::recompile(const model::cluster_state& state,
                                     const std::set<model::change>& changes) {
    impl_->recompile(state, changes);
    return impl_->bounded();
}

const model::gate_settings& compiler::settings() const noexcept {
    return impl_->settings();
}

finding_list compiler::findings() const {
    return impl_->findings();
}

std::vector<compiled_door> compiler::doors() const {
    return impl_->doors();
}

} // namespace nodewall::compiler
