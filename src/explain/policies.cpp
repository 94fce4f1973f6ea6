#include "explain/policies.hpp"

#include "base/limits.hpp"
#include "policy/budget.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <iterator>

namespace nodewall::explain {

namespace {

/// "TCP/8080", or "some TCP port".
std::string port_text(const passage& p) {
    const auto proto = model::to_string(p.proto);
    return p.port == 0 ? fmt::format("some {} port", proto) : fmt::format("{}/{}", proto, p.port);
}

/// "203.0.113.7 on TCP/8080".
std::string whom(const passage& p) {
    return fmt::format("{} on {}", p.other.to_string(), port_text(p));
}

const std::vector<model::tier_rule>& rules_of(const model::policy& policy, point direction) {
    return direction == point::ingress ? policy.ingress : policy.egress;
}

step step_of(const passage& p, action then, std::optional<citation> object, std::string why) {
    return {.where = p.direction, .then = then, .object = std::move(object), .why = std::move(why)};
}

action action_of(model::action a) {
    switch (a) {
    case model::action::allow:
        return action::allow;
    case model::action::deny:
        return action::deny;
    case model::action::pass:
        return action::pass;
    case model::action::log:
        break;
    }
    return action::log;
}

/// "admits 203.0.113.7 on TCP/80", or "admit ..." of a rule that only would. `next` is the tier
/// that is passed on to: the next one that applies to the subject.
std::string text_of(model::action a, bool would, std::string_view next, const passage& p) {
    switch (a) {
    case model::action::allow:
        return fmt::format("{} {}", would ? "admit" : "admits", whom(p));
    case model::action::deny:
        return fmt::format("{} {}", would ? "deny" : "denies", whom(p));
    case model::action::log:
        return fmt::format("{} {}", would ? "log" : "logs", whom(p));
    case model::action::pass:
        break;
    }
    return fmt::format("{} {} on{}", would ? "pass" : "passes", whom(p),
                       next.empty() ? std::string(", and no further tier judges it")
                                    : fmt::format(" to tier {}", next));
}

/// Why the end of the tier denies, of one of the policies that make it apply.
std::string reason_of_end(const model::policy& policy, const passage& p) {
    const bool would = policy.staged;
    if (policy.in == model::default_tier)
        return fmt::format("{} the pod for {} and {} no rule that admits {}",
                           would ? "staged: would isolate" : "isolates", to_string(p.direction),
                           would ? "have" : "has", whom(p));
    return fmt::format("{} no rule that decides about {}, and the end of tier {} {}",
                       would ? "staged: would have" : "has", whom(p), policy.in.name,
                       would ? "would deny" : "denies");
}

} // namespace

policy_judge::policy_judge(const model::objects& objects, const directory& parties,
                           const std::map<std::string, std::string>& undecodable,
                           const policy::translators& translators)
    : parties_(parties) {
    entries_.reserve(objects.policies.size());
    for (const auto& [id, object] : objects.policies) {
        auto content = translators.translate(object, objects);
        const auto& parts = object.meta.not_understood;
        content.not_understood.insert(content.not_understood.end(), parts.begin(), parts.end());
        citation cited{content.kind, id.key, object.meta.uid, object.meta.seq};
        entries_.push_back({std::move(content), std::move(cited)});
    }
    keep_budgets();
    std::sort(entries_.begin(), entries_.end(), [](const entry& a, const entry& b) {
        return model::policy::asked_before(a.content, b.content);
    });
    for (const auto& e : entries_) {
        const auto& subject = e.content.subject;
        if (!subject.invalid().empty())
            invalid_[e.object.key.namespace_].push_back(&e);
        else if (subject.namespaces)
            of_several_.push_back(&e);
        else
            of_namespace_[subject.namespace_].push_back(&e);
    }
    note_unreadable(undecodable, objects, translators);
}

/// What does not fit into the budget of its namespace refuses everyone.
void policy_judge::keep_budgets() {
    std::map<std::string_view, policy::namespace_budget> budgets;
    for (const auto& e : entries_)
        if (policy::has_budget(e.content.id))
            budgets[e.content.id.key.namespace_].put(e.content.id, policy::cost_of(e.content));
    std::map<model::policy_id, std::string> over;
    for (const auto& [namespace_, budget] : budgets)
        over.merge(budget.over());
    for (auto& e : entries_)
        if (const auto found = over.find(e.content.id); found != over.end())
            policy::refuse_everyone(e.content, found->second);
}

void policy_judge::note_unreadable(const std::map<std::string, std::string>& undecodable,
                                   const model::objects& objects,
                                   const policy::translators& translators) {
    for (const auto& [place, reason] : undecodable) {
        const auto space = place.find(' ');
        const auto stream = place.substr(0, space);
        const auto* row = translators.find(stream);
        if (row == nullptr)
            continue;
        const auto name = place.substr(space + 1);
        const auto slash = name.find('/');
        const auto key = slash == std::string::npos
                             ? model::object_key{{}, name}
                             : model::object_key{name.substr(0, slash), name.substr(slash + 1)};
        unreadable_[key.namespace_].push_back(fmt::format(
            "{} {} cannot be read, and {}: {}", row->kind, name,
            objects.policies.contains({stream, key}) ? "its version before stays in force"
                                                     : "counts as absent",
            reason));
    }
}

judgement policy_judge::judge(const passage& p) const {
    judgement result;
    add_unreadable(p, result.steps);
    const auto& all = applying(p);
    const auto is_staged = [](const entry* e) { return e->content.staged; };
    if (std::none_of(all.begin(), all.end(), is_staged)) {
        result.admitted = walk(all, p, result.steps);
        return result;
    }
    auto enforced = all;
    std::erase_if(enforced, is_staged);
    result.admitted = walk(enforced, p, result.steps);
    add_staged(all, result.admitted, p, result.steps);
    return result;
}

bool policy_judge::walk(const entry_list& policies, const passage& p,
                        std::vector<step>& steps) const {
    auto at = policies.begin();
    while (at != policies.end()) {
        const auto end = std::find_if(
            at, policies.end(), [&](const entry* e) { return e->content.in != (*at)->content.in; });
        const auto next =
            end == policies.end() ? std::string_view{} : std::string_view((*end)->content.in.name);
        const auto decided = ask_tier({at, end}, next, p, steps);
        if (decided == outcome::admitted || decided == outcome::refused)
            return decided == outcome::admitted;
        at = end;
    }
    const auto direction = to_string(p.direction);
    steps.push_back(
        step_of(p, action::allow, std::nullopt,
                !p.own.empty() ? std::string(p.own)
                : policies.empty()
                    ? fmt::format("no policy isolates the pod for {}", direction)
                    : fmt::format("no tier decides about {}: what none refuses passes", whom(p))));
    return true;
}

/// Judges again as if all policies were enforced, and keeps what the staged ones say there.
void policy_judge::add_staged(const entry_list& policies, bool admitted, const passage& p,
                              std::vector<step>& steps) const {
    std::vector<step> would;
    const bool would_admit = walk(policies, p, would);
    std::erase_if(would, [](const step& s) { return s.then != action::staged; });
    steps.insert(steps.end(), would.begin(), would.end());
    steps.push_back(
        step_of(p, action::staged, std::nullopt,
                would_admit == admitted
                    ? fmt::format("staged policies would change nothing for {}", whom(p))
                    : fmt::format("staged policies would {} {}", would_admit ? "admit" : "refuse",
                                  whom(p))));
}

policy_judge::outcome policy_judge::ask_tier(tier_entries tier, std::string_view next,
                                             const passage& p, std::vector<step>& steps) const {
    for (const auto* e : tier)
        if (const auto decided = ask_policy(*e, next, p, steps); decided != outcome::undecided)
            return decided;
    return end_of(tier, p, steps);
}

policy_judge::outcome policy_judge::ask_policy(const entry& e, std::string_view next,
                                               const passage& p, std::vector<step>& steps) const {
    if (p.admits_own != nullptr && e.content.*p.admits_own) {
        steps.push_back(step_of(p, action::allow, std::nullopt, std::string(p.own)));
        return outcome::admitted;
    }
    for (const auto& rule : rules_of(e.content, p.direction)) {
        if (!matches(rule, p))
            continue;
        say(e, rule, next, p, steps);
        switch (rule.then) {
        case model::action::allow:
            return outcome::admitted;
        case model::action::deny:
            return outcome::refused;
        case model::action::pass:
            return outcome::passed;
        case model::action::log:
            break;
        }
    }
    return outcome::undecided;
}

/// What a rule does with the connection that it matches.
void policy_judge::say(const entry& e, const model::tier_rule& rule, std::string_view next,
                       const passage& p, std::vector<step>& steps) {
    const bool staged = e.content.staged;
    if (rule.then != model::action::allow && !staged)
        remark(e, p, steps);
    const auto what = text_of(rule.then, staged, next, p);
    steps.push_back(step_of(
        p, staged ? action::staged : action_of(rule.then), e.object,
        staged ? fmt::format("staged: {}[{}] would {}", to_string(p.direction), rule.index, what)
               : fmt::format("{}[{}] {}", to_string(p.direction), rule.index, what)));
    steps.back().rule = rule.index;
}

policy_judge::outcome policy_judge::end_of(tier_entries tier, const passage& p,
                                           std::vector<step>& steps) {
    const auto& in = tier.front()->content.in;
    switch (in.at_end) {
    case model::tier_end::next:
        return outcome::passed;
    case model::tier_end::allow:
        steps.push_back(step_of(
            p, action::allow, std::nullopt,
            fmt::format("no rule of tier {} decides about {}: its end allows", in.name, whom(p))));
        return outcome::admitted;
    case model::tier_end::deny:
        break;
    }
    std::size_t enforced = 0;
    for (const auto* e : tier) {
        const bool staged = e->content.staged;
        // Backends times policies would be a product.
        if (!staged && ++enforced > limits::policies_cited_max)
            continue;
        if (!staged)
            remark(*e, p, steps);
        steps.push_back(step_of(p, staged ? action::staged : action::deny, e->object,
                                reason_of_end(e->content, p)));
    }
    if (enforced > limits::policies_cited_max)
        steps.push_back(
            step_of(p, action::deny, std::nullopt,
                    fmt::format("{} more policies of tier {} have no rule that decides about {}",
                                enforced - limits::policies_cited_max, in.name, whom(p))));
    return outcome::refused;
}

bool policy_judge::concerns(const entry& e, point direction) {
    return direction == point::ingress ? e.content.ingress_applies : e.content.egress_applies;
}

const policy_judge::entry_list& policy_judge::applying(const passage& p) const {
    auto& asked = p.direction == point::ingress ? ingress_ : egress_;
    const auto [known, fresh] = asked.try_emplace(&p.subject);
    auto& found = known->second;
    if (!fresh)
        return found;
    const auto add = [&](const entry_list& policies) {
        for (const auto* e : policies)
            if (concerns(*e, p.direction) && means(e->content.subject, &p.subject))
                found.push_back(e);
    };
    if (const auto own = of_namespace_.find(p.subject.meta.key.namespace_);
        own != of_namespace_.end())
        add(own->second);
    const auto of_namespace = static_cast<std::ptrdiff_t>(found.size());
    add(of_several_);
    // Entries lie in the order in which they are asked.
    std::inplace_merge(found.begin(), found.begin() + of_namespace, found.end(), std::less<>());
    return found;
}

/// Policies that cannot be read, or whose subject cannot, as far as they may concern the pod; parts
/// of the pod itself.
void policy_judge::add_unreadable(const passage& p, std::vector<step>& steps) const {
    const auto& meta = p.subject.meta;
    for (const auto& part : meta.not_understood)
        steps.push_back(step_of(
            p, action::ignore,
            citation{std::string(object_kind(model::kind::pod)), meta.key, meta.uid, meta.seq},
            part));
    for (const auto namespace_ : {std::string_view(meta.key.namespace_), std::string_view()}) {
        if (const auto sentences = unreadable_.find(namespace_); sentences != unreadable_.end())
            for (const auto& sentence : sentences->second)
                steps.push_back(step_of(p, action::ignore, std::nullopt, sentence));
        if (const auto invalid = invalid_.find(namespace_); invalid != invalid_.end())
            for (const auto* e : invalid->second)
                if (concerns(*e, p.direction))
                    remark(*e, p, steps);
    }
}

bool policy_judge::matches(const model::tier_rule& rule, const passage& p) const {
    static const model::pod_object declares_nothing;
    const auto* target = p.direction == point::ingress ? &p.subject : p.other.pod;
    if (!rule.covers(p.proto, p.port, target != nullptr ? *target : declares_nothing))
        return false;
    const auto hold = [&](const std::vector<model::condition>& conditions, const party& end) {
        return std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) {
            return means(condition.who, end) != condition.negated;
        });
    };
    return means(rule.who, p.other) && hold(rule.also, p.other) &&
           hold(rule.subject, {p.subject_address, &p.subject, {}});
}

bool policy_judge::means(const model::peers& peers, const party& other) const {
    if (peers.any)
        return true;
    const auto of_node = [&](const model::label_selector& selector) {
        const auto& nodes = parties_.nodes_at(other.address);
        return std::any_of(nodes.begin(), nodes.end(), [&](const model::node_object* node) {
            return selector.matches(node->meta.labels);
        });
    };
    return std::any_of(peers.blocks.begin(), peers.blocks.end(),
                       [&](const auto& block) { return block.contains(other.address); }) ||
           std::any_of(peers.pods.begin(), peers.pods.end(),
                       [&](const auto& query) { return means(query, other.pod); }) ||
           std::any_of(peers.nodes.begin(), peers.nodes.end(), of_node);
}

bool policy_judge::means(const model::pod_query& query, const model::pod_object* pod) const {
    if (pod == nullptr)
        return false;
    const auto& namespace_ = pod->meta.key.namespace_;
    const bool in_namespace =
        query.namespaces ? query.namespaces->matches(parties_.labels_of_namespace(namespace_))
                         : query.namespace_ == namespace_;
    return in_namespace && query.pods.matches(model::labels_of(*pod));
}

/// What the translation left out of the policy, as far as it concerns this direction.
void policy_judge::remark(const entry& e, const passage& p, std::vector<step>& steps) {
    const auto other =
        p.direction == point::ingress ? to_string(point::egress) : to_string(point::ingress);
    if (!e.content.over_budget.empty())
        steps.push_back(step_of(p, action::ignore, e.object, e.content.over_budget));
    for (const auto& sentence : e.content.not_understood)
        if (!sentence.starts_with(other))
            steps.push_back(step_of(p, action::ignore, e.object, sentence));
}

} // namespace nodewall::explain
