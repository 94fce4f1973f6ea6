#include "compiler/compiler.hpp"

#include "base/limits.hpp"
#include "compiler/bounds.hpp"
#include "compiler/claims.hpp"
#include "compiler/dependencies.hpp"
#include "compiler/service_compilation.hpp"
#include "compiler/sort_unique.hpp"
#include "compiler/state_reader.hpp"
#include "compiler/static_units.hpp"
#include "policy/network_policy.hpp"

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

std::size_t member_count(const model::unit& unit) {
    std::size_t count = 0;
    for (const auto& [set, members] : unit.members)
        count += members.size();
    return count;
}

} // namespace

//     policies ──translate──▶ policies_ ┐
//     Services ──compile_service────────┴─▶ doors ──claims_──▶ wanted_ ──keep_within──▶ ruleset
//                   └─ looks ─▶ dependents_                     ▲
//     owners of addresses ──pods_unit───────────────────────────┘
struct compiler::impl {
    explicit impl(model::gate_settings given) : settings_(std::move(given)) {}

    void compile(const model::cluster_state& state);
    void recompile(const model::cluster_state& state, const std::set<model::change>& changes);
    model::ruleset bounded();
    std::vector<finding> findings() const;

private:
    void translate(const model::cluster_state& state, const model::object_key& policy);
    void compile_service(const model::cluster_state& state, const model::object_key& key);
    void compile_pods(const model::cluster_state& state);
    void put_door(const model::layout::door& door, std::shared_ptr<const model::unit> unit);

    model::gate_settings settings_;
    policy_book policies_;
    std::map<model::object_key, service_record> services_;
    dependency_index dependents_;
    claim_table claims_;
    model::ruleset wanted_;        // whatever the bounds
    std::size_t door_members_ = 0; // in wanted_, all sets together
    bool endpoint_slices_known_ = false;
    std::map<std::string, std::string> undecodable_;
    std::vector<finding> too_many_pods_, too_many_members_;
};

void compiler::impl::compile(const model::cluster_state& state) {
    *this = impl(std::move(settings_));
    endpoint_slices_known_ = state.endpoint_slices_known;
    undecodable_ = state.undecodable;
    for (const auto& unit : static_units(settings_))
        wanted_.put(unit);
    for (const auto& [key, policy] : state.objects.network_policies)
        translate(state, key);
    for (const auto& [key, service] : state.objects.services)
        compile_service(state, key);
    compile_pods(state);
}

void compiler::impl::recompile(const model::cluster_state& state,
                               const std::set<model::change>& changes) {
    using what = model::change::what;
    const bool everything = changes.contains({.kind = what::everything});
    if (everything || wanted_.units().empty() ||
        endpoint_slices_known_ != state.endpoint_slices_known)
        return compile(state);
    std::set<model::object_key> dirty;
    for (const auto& change : changes) {
        if (change.kind == what::service)
            dirty.insert(change.key);
        else if (change.kind == what::policy)
            translate(state, change.key);
        else if (change.kind == what::pods)
            compile_pods(state);
        for (const auto t : tokens_of(change))
            dependents_.collect(t, dirty);
    }
    for (const auto& key : dirty)
        compile_service(state, key);
    if (undecodable_ != state.undecodable)
        undecodable_ = state.undecodable;
}

void compiler::impl::translate(const model::cluster_state& state, const model::object_key& policy) {
    const auto at = state.objects.network_policies.find(policy);
    if (at == state.objects.network_policies.end())
        policies_.erase(policy);
    else
        policies_.insert_or_assign(policy, policy::translate(at->second));
}

void compiler::impl::compile_service(const model::cluster_state& state,
                                     const model::object_key& key) {
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
        state_reader reader(state, policies_);
        compiled = ::nodewall::compiler::compile_service(service->second, reader, settings_);
        meta = service->second.meta;
        after.looked_at = reader.take_tokens();
        after.findings = std::move(compiled.findings);
        for (const auto& door : compiled.doors)
            after.doors.push_back(door.door);
    }
    dependents_.replace(at->first, before.looked_at, after.looked_at);
    for (const auto& [door, unit] : claims_.replace(meta, before.doors, compiled.doors))
        put_door(door, unit);
    if (!exists)
        services_.erase(at);
}

void compiler::impl::put_door(const model::layout::door& door,
                              std::shared_ptr<const model::unit> unit) {
    const auto name = door.unit_name();
    if (const auto old = wanted_.units().find(name); old != wanted_.units().end())
        door_members_ -= member_count(*old->second);
    if (!unit)
        return wanted_.erase(name);
    door_members_ += member_count(*unit);
    wanted_.put(std::move(unit));
}

void compiler::impl::compile_pods(const model::cluster_state& state) {
    too_many_pods_.clear();
    for (const auto f : model::families) {
        std::vector<model::ip_address> addresses;
        for (const auto& [address, pod] : state.resolved.owners)
            if (address.fam() == f)
                addresses.push_back(address);
        const auto total = addresses.size();
        if (total > limits::set_members_max) {
            addresses.resize(limits::set_members_max);
            too_many_pods_.push_back(
                {finding::kind::too_many, model::layout::pods_set(f).name,
                 fmt::format("{} addresses, {} fit: the others do not pass as pods", total,
                             addresses.size())});
        }
        wanted_.put(pods_unit(f, addresses));
    }
}

model::ruleset compiler::impl::bounded() {
    auto rules = wanted_;
    too_many_members_.clear();
    if (door_members_ > limits::set_members_max)
        too_many_members_ = keep_within(rules, limits::set_members_max);
    return rules;
}

std::vector<finding> compiler::impl::findings() const {
    auto all = claims_.collisions();
    const auto add = [&](const std::vector<finding>& more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    add(too_many_pods_);
    add(too_many_members_);
    for (const auto& [key, record] : services_)
        add(record.findings);
    for (const auto& [key, policy] : policies_)
        for (const auto& text : policy.not_understood)
            all.push_back(
                {finding::kind::not_understood, "NetworkPolicy " + key.to_string(), text});
    for (const auto& [object, reason] : undecodable_)
        all.push_back({finding::kind::undecodable, object, reason});
    sort_unique(all);
    return all;
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

std::vector<finding> compiler::findings() const {
    return impl_->findings();
}

} // namespace nodewall::compiler
