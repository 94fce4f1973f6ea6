#include "explain/policies.hpp"

#include "policy/translators.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::explain {

namespace {

/// "TCP/8080", or "some TCP port".
std::string port_text(const passage& p) {
    const auto proto = model::to_string(p.proto);
    return p.port == 0 ? fmt::format("some {} port", proto) : fmt::format("{}/{}", proto, p.port);
}

bool contains(const model::ip_block& block, const model::ip_address& a) {
    return block.block.contains(a) &&
           std::none_of(block.except.begin(), block.except.end(),
                        [&](const model::cidr& except) { return except.contains(a); });
}

const std::vector<model::tier_rule>& rules_of(const model::policy& policy, point direction) {
    return direction == point::ingress ? policy.ingress : policy.egress;
}

step step_of(const passage& p, action then, std::optional<citation> object, std::string why) {
    return {.where = p.direction, .then = then, .object = std::move(object), .why = std::move(why)};
}

} // namespace

policy_judge::policy_judge(const model::objects& objects, const directory& parties,
                           const std::map<std::string, std::string>& undecodable)
    : parties_(parties) {
    for (const auto& [id, object] : objects.policies) {
        const auto& key = id.key;
        auto content = policy::builtin_translators().translate(object);
        const auto& parts = object.meta.not_understood;
        content.not_understood.insert(content.not_understood.end(), parts.begin(), parts.end());
        by_namespace_[key.namespace_].push_back(
            {std::move(content),
             {model::kind::network_policy, key, object.meta.uid, object.meta.seq}});
    }
    for (const auto& [namespace_, policies] : by_namespace_)
        for (const auto& e : policies)
            if (!e.content.subject.pods.invalid.empty())
                invalid_[namespace_].push_back(&e);
    const auto prefix = std::string(model::stream_name(model::kind::network_policy)) + " ";
    for (auto at = undecodable.lower_bound(prefix);
         at != undecodable.end() && at->first.starts_with(prefix); ++at) {
        const auto name = at->first.substr(prefix.size());
        const auto slash = name.find('/');
        const model::object_key key{name.substr(0, slash), name.substr(slash + 1)};
        unreadable_[key.namespace_].push_back(
            fmt::format("NetworkPolicy {} cannot be read, and {}: {}", name,
                        objects.policies.contains(
                            {std::string(model::stream_name(model::kind::network_policy)), key})
                            ? "its version before stays in force"
                            : "counts as absent",
                        at->second));
    }
}

judgement policy_judge::judge(const passage& p) const {
    judgement result;
    const auto direction = to_string(p.direction);
    add_unreadable(p, result.steps);
    const auto& policies = isolating(p);
    if (policies.empty()) {
        result.steps.push_back(
            step_of(p, action::allow, std::nullopt,
                    fmt::format("no policy isolates the pod for {}", direction)));
        return result;
    }
    const auto whom = fmt::format("{} on {}", p.other.to_string(), port_text(p));
    for (const auto* e : policies)
        for (const auto& rule : rules_of(e->content, p.direction))
            if (matches(rule, p)) {
                result.steps.push_back(
                    step_of(p, action::allow, e->object,
                            fmt::format("{}[{}] admits {}", direction, rule.index, whom)));
                result.steps.back().rule = rule.index;
                return result;
            }
    result.admitted = false;
    for (const auto* e : policies) {
        remark(*e, p, result.steps);
        result.steps.push_back(
            step_of(p, action::deny, e->object,
                    fmt::format("isolates the pod for {} and has no rule that admits {}", direction,
                                whom)));
    }
    return result;
}

bool policy_judge::concerns(const entry& e, point direction) {
    return direction == point::ingress ? e.content.ingress_applies : e.content.egress_applies;
}

const policy_judge::entry_list& policy_judge::isolating(const passage& p) const {
    auto& asked = p.direction == point::ingress ? ingress_ : egress_;
    const auto [known, fresh] = asked.try_emplace(&p.subject);
    const auto policies = by_namespace_.find(p.subject.meta.key.namespace_);
    if (fresh && policies != by_namespace_.end())
        for (const auto& e : policies->second)
            if (concerns(e, p.direction) && e.content.subject.pods.matches(p.subject.meta.labels))
                known->second.push_back(&e);
    return known->second;
}

/// Policies of the namespace that cannot be read, or whose subject cannot; parts of the pod itself.
void policy_judge::add_unreadable(const passage& p, std::vector<step>& steps) const {
    const auto& meta = p.subject.meta;
    for (const auto& part : meta.not_understood)
        steps.push_back(step_of(p, action::ignore,
                                citation{model::kind::pod, meta.key, meta.uid, meta.seq}, part));
    const auto& namespace_ = meta.key.namespace_;
    if (const auto sentences = unreadable_.find(namespace_); sentences != unreadable_.end())
        for (const auto& sentence : sentences->second)
            steps.push_back(step_of(p, action::ignore, std::nullopt, sentence));
    if (const auto invalid = invalid_.find(namespace_); invalid != invalid_.end())
        for (const auto* e : invalid->second)
            if (concerns(*e, p.direction))
                remark(*e, p, steps);
}

bool policy_judge::matches(const model::tier_rule& rule, const passage& p) const {
    static const model::pod_object declares_nothing;
    const auto* target = p.direction == point::ingress ? &p.subject : p.other.pod;
    if (!rule.covers(p.proto, p.port, target != nullptr ? *target : declares_nothing))
        return false;
    const auto& peers = rule.who;
    return peers.any ||
           std::any_of(peers.blocks.begin(), peers.blocks.end(),
                       [&](const auto& block) { return contains(block, p.other.address); }) ||
           std::any_of(peers.pods.begin(), peers.pods.end(),
                       [&](const auto& query) { return means(query, p.other); });
}

bool policy_judge::means(const model::pod_query& query, const party& other) const {
    if (other.pod == nullptr)
        return false;
    const auto& namespace_ = other.pod->meta.key.namespace_;
    const bool in_namespace =
        query.namespaces ? query.namespaces->matches(parties_.labels_of_namespace(namespace_))
                         : query.namespace_ == namespace_;
    return in_namespace && query.pods.matches(other.pod->meta.labels);
}

/// What the translation left out of the policy, as far as it concerns this direction.
void policy_judge::remark(const entry& e, const passage& p, std::vector<step>& steps) {
    const auto other =
        p.direction == point::ingress ? to_string(point::egress) : to_string(point::ingress);
    for (const auto& sentence : e.content.not_understood)
        if (!sentence.starts_with(other))
            steps.push_back(step_of(p, action::ignore, e.object, sentence));
}

} // namespace nodewall::explain
