#include "compiler/compiler.hpp"

#include "base/limits.hpp"
#include "base/sort_unique.hpp"
#include "compiler/bounds.hpp"
#include "compiler/claims.hpp"
#include "compiler/dependencies.hpp"
#include "compiler/door_unit.hpp"
#include "compiler/front_doors.hpp"
#include "compiler/service_compilation.hpp"
#include "compiler/service_judgement.hpp"
#include "compiler/state_reader.hpp"
#include "compiler/static_units.hpp"
#include "compiler/united_doors.hpp"

#include <fmt/core.h>

#include <map>
#include <utility>

namespace nodewall::compiler {

namespace {

/// What is kept of a Service between compilations.
struct service_record {
    std::vector<token> looked_at;
    std::vector<model::layout::door> doors;
    std::vector<finding> findings;
};

} // namespace

//     Services ──compile_service────────▶ doors ──claims_, unite──▶ wanted_ ──keep_within──▶ rules
//                   └─ looks ─▶ dependents_                           ▲
//     owners of addresses ──pods_unit─────────────────────────────────┘
struct compiler::impl {
    explicit impl(model::gate_settings given) : settings_(std::move(given)) {}

    void compile(const model::cluster_state& state);
    void recompile(const model::cluster_state& state, const std::set<model::change>& changes);
    model::ruleset bounded();
    finding_list findings();

private:
    /// Keeps what the translation of the policy had to leave out.
    void note_policy(const model::cluster_state& state, const model::policy_id& policy);
    void compile_service(const model::cluster_state& state, const model::object_key& key,
                         query_answers& answers);
    void compile_pods(const model::cluster_state& state, const model::cidr& block);
    /// At every place where a door was compiled since the last time.
    void unite(const model::cluster_state& state, query_answers& answers);
    void unite_at(const model::layout::door& place, const model::cluster_state& state,
                  query_answers& answers);
    void put_door(const model::layout::door& door, std::shared_ptr<const model::unit> unit);
    std::vector<finding> collect_findings() const;

    model::gate_settings settings_;
    std::map<model::object_key, service_record> services_;
    dependency_index dependents_;
    claim_table claims_;
    meeting_places meetings_;
    std::set<model::layout::door> touched_places_;
    std::map<model::layout::door, finding> united_findings_;
    model::ruleset wanted_; // whatever the bounds
    bool endpoint_slices_known_ = false;
    std::map<std::string, std::string> undecodable_;
    std::map<std::string, std::vector<std::string>> not_understood_;
    std::map<model::policy_id, std::vector<finding>> policy_findings_;
    std::vector<finding> too_many_;
    finding_list findings_; // null: to be collected anew
};

void compiler::impl::compile(const model::cluster_state& state) {
    *this = impl(std::move(settings_));
    endpoint_slices_known_ = state.endpoint_slices_known;
    undecodable_ = state.undecodable;
    not_understood_ = state.not_understood;
    for (const auto& unit : static_units(settings_))
        wanted_.put(unit);
    for (const auto& [id, policy] : state.resolved.policies)
        note_policy(state, id);
    query_answers answers;
    meetings_ = meeting_places(state.objects, settings_);
    for (const auto& [key, service] : state.objects.services)
        compile_service(state, key, answers);
    unite(state, answers);
    std::set<model::cidr> blocks;
    for (const auto& [address, pod] : state.resolved.owners)
        blocks.insert(model::layout::pods_block(address));
    for (const auto& block : blocks)
        compile_pods(state, block);
}

void compiler::impl::recompile(const model::cluster_state& state,
                               const std::set<model::change>& changes) {
    using what = model::change::what;
    const bool everything = changes.contains({.kind = what::everything});
    if (everything || wanted_.units().empty() ||
        endpoint_slices_known_ != state.endpoint_slices_known ||
        meetings_ != meeting_places(state.objects, settings_))
        return compile(state);
    std::set<model::object_key> dirty;
    std::set<model::cidr> blocks;
    for (const auto& change : changes) {
        if (change.kind == what::service)
            dirty.insert(change.key);
        else if (change.kind == what::policy)
            note_policy(state, change.policy);
        else if (change.kind == what::address_owner)
            blocks.insert(model::layout::pods_block(change.address));
        for (const auto t : tokens_of(change))
            dependents_.collect(t, dirty);
    }
    query_answers answers;
    for (const auto& key : dirty)
        compile_service(state, key, answers);
    unite(state, answers);
    for (const auto& block : blocks)
        compile_pods(state, block);
    if (undecodable_ != state.undecodable || not_understood_ != state.not_understood) {
        undecodable_ = state.undecodable;
        not_understood_ = state.not_understood;
        findings_.reset();
    }
}

void compiler::impl::note_policy(const model::cluster_state& state,
                                 const model::policy_id& policy) {
    if (policy_findings_.erase(policy) != 0)
        findings_.reset();
    const auto at = state.resolved.policies.find(policy);
    if (at == state.resolved.policies.end() || at->second.not_understood.empty())
        return;
    findings_.reset();
    for (const auto& text : at->second.not_understood)
        policy_findings_[policy].push_back(
            {finding::kind::not_understood, at->second.describe(), text});
}

void compiler::impl::compile_service(const model::cluster_state& state,
                                     const model::object_key& key, query_answers& answers) {
    const auto service = state.objects.services.find(key);
    const bool exists = service != state.objects.services.end();
    if (!exists && !services_.contains(key))
        return;
    const auto at = services_.try_emplace(key).first;
    const auto before = std::move(at->second);
    auto& after = at->second = {};

    compiled_service compiled;
    model::object_meta meta{.key = key};
    if (exists) {
        state_reader reader(state, answers);
        compiled = ::nodewall::compiler::compile_service(service->second, reader, settings_);
        meta = service->second.meta;
        after.looked_at = reader.take_tokens();
        after.findings = std::move(compiled.findings);
        for (const auto& door : compiled.doors)
            after.doors.push_back(door.door);
    }
    dependents_.replace(at->first, before.looked_at, after.looked_at);
    const bool was_contested = claims_.contested();
    for (const auto& [door, unit] : claims_.replace(meta, before.doors, compiled.doors)) {
        put_door(door, unit);
        for (const auto& place : meetings_.of(door))
            touched_places_.insert(place);
    }
    if (before.findings != after.findings || was_contested || claims_.contested())
        findings_.reset();
    if (!exists)
        services_.erase(at);
}

void compiler::impl::unite(const model::cluster_state& state, query_answers& answers) {
    for (const auto& place : touched_places_)
        unite_at(place, state, answers);
    touched_places_.clear();
}

void compiler::impl::unite_at(const model::layout::door& place, const model::cluster_state& state,
                              query_answers& answers) {
    std::vector<claimed_door> met;
    bool shut = false;
    for (const auto& door : meetings_.doors_at(place))
        if (const auto holder = claims_.holder_of(door)) {
            met.push_back({door, &state.objects.services.at(holder->service)});
            shut = shut || holder->unit;
        }
    if (united_findings_.erase(place) != 0)
        findings_.reset();
    if (met.size() < 2 || !shut) {
        const auto alone = claims_.holder_of(place);
        return put_door(place, alone ? alone->unit : nullptr);
    }
    state_reader reader(state, answers);
    const auto one = judge_as_one(place, met, reader, settings_);
    std::vector<const model::object_meta*> services;
    std::string names;
    for (const auto& [door, service] : met) {
        services.push_back(&service->meta);
        names += (names.empty() ? "" : " and ") + describe(door) + " of Service " +
                 service->meta.key.to_string();
    }
    put_door(place, door_unit(place, one.verdict(), services));
    if (!one.verdict().mixed.empty()) {
        united_findings_[place] = {finding::kind::mixed, describe(place),
                                   names + " are one: " + one.verdict().mixed};
        findings_.reset();
    }
}

void compiler::impl::put_door(const model::layout::door& door,
                              std::shared_ptr<const model::unit> unit) {
    if (unit)
        wanted_.put(std::move(unit));
    else
        wanted_.erase(door.unit_name());
}

void compiler::impl::compile_pods(const model::cluster_state& state, const model::cidr& block) {
    const auto& owners = state.resolved.owners;
    std::vector<model::ip_address> addresses;
    for (auto at = owners.lower_bound(block.address);
         at != owners.end() && block.contains(at->first); ++at)
        addresses.push_back(at->first);
    if (addresses.empty())
        wanted_.erase(model::layout::pods_unit_name(block));
    else
        wanted_.put(pods_unit(block, addresses));
}

model::ruleset compiler::impl::bounded() {
    auto rules = wanted_;
    std::vector<finding> too_many;
    if (rules.member_count() > limits::set_members_max)
        too_many = keep_within(rules, limits::set_members_max);
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
    auto all = claims_.collisions();
    const auto add = [&](const std::vector<finding>& more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    add(too_many_);
    for (const auto& [place, text] : united_findings_)
        all.push_back(text);
    for (const auto& [key, record] : services_)
        add(record.findings);
    for (const auto& [id, left_out] : policy_findings_)
        add(left_out);
    for (const auto& [object, reasons] : not_understood_)
        for (const auto& reason : reasons)
            all.push_back({finding::kind::not_understood, object, reason});
    for (const auto& [object, reason] : undecodable_)
        all.push_back({finding::kind::undecodable, object, reason});
    sort_unique(all);
    return all;
}

std::string_view to_string(finding::kind k) {
    switch (k) {
    case finding::kind::mixed:
        return "mixed";
    case finding::kind::not_understood:
        return "notUnderstood";
    case finding::kind::undecodable:
        return "undecodable";
    case finding::kind::collision:
        return "collision";
    case finding::kind::too_many:
        break;
    }
    return "tooMany";
}

compiler::compiler(model::gate_settings s) : impl_(std::make_unique<impl>(std::move(s))) {}
compiler::~compiler() = default;
compiler::compiler(compiler&&) noexcept = default;
compiler& compiler::operator=(compiler&&) noexcept = default;

model::ruleset compiler::compile(const model::cluster_state& state) {
    impl_->compile(state);
    return impl_->bounded();
}

model::ruleset compiler::recompile(const model::cluster_state& state,
                                   const std::set<model::change>& changes) {
    impl_->recompile(state, changes);
    return impl_->bounded();
}

finding_list compiler::findings() const {
    return impl_->findings();
}

} // namespace nodewall::compiler
