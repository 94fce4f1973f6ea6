#include "cli/state_json.hpp"

#include <boost/json.hpp>

#include <cmath>
#include <cstdint>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

template <class T, class F> json::array array_of(const std::vector<T>& list, F each) {
    json::array out;
    out.reserve(list.size());
    for (const auto& one : list)
        out.push_back(each(one));
    return out;
}

json::value text_of(const auto& one) {
    return json::string(one.to_string());
}

json::array texts(const auto& list) {
    return array_of(list, [](const auto& one) { return text_of(one); });
}

json::array texts(const compiler::policy_names& policies) {
    return texts(policies.named());
}

json::object to_json(const compiler::isolation_overview& i) {
    return {{"isolated", i.denied},
            {"policies", texts(i.policies)},
            {"policiesNotListed", i.policies.further()}};
}

json::object to_json(const compiler::namespace_side& s) {
    return {{"defaultDeny", s.denied},
            {"policies", texts(s.policies)},
            {"above", texts(s.above)},
            {"below", texts(s.below)},
            {"policiesNotListed", s.policies.further() + s.above.further() + s.below.further()}};
}

json::object to_json(const compiler::namespace_overview& n) {
    return {{"name", n.name},
            {"ingress", to_json(n.ingress)},
            {"egress", to_json(n.egress)},
            {"pods", n.pods},
            {"isolatedForIngress", n.isolated_ingress},
            {"isolatedForEgress", n.isolated_egress}};
}

/// A whole number where it is one; null: the last.
json::value order_of(const compiler::policy_overview& p) {
    if (p.order == model::last_order)
        return nullptr;
    constexpr double whole_max = 1e15;
    if (std::abs(p.order) < whole_max && p.order == std::trunc(p.order))
        return static_cast<std::int64_t>(p.order);
    return p.order;
}

json::object to_json(const compiler::policy_overview& p) {
    return {{"kind", p.name.kind},
            {"namespace", p.name.key.namespace_},
            {"name", p.name.key.name},
            {"tier", p.tier},
            {"order", order_of(p)},
            {"seq", p.seq},
            {"staged", p.staged},
            {"ingress", p.ingress},
            {"egress", p.egress},
            {"pods", p.pods},
            {"notUnderstood", json::array(p.not_understood.begin(), p.not_understood.end())},
            {"overBudget", json::value(p.over_budget)}};
}

json::object to_json(const model::pod_query& q) {
    return {{"namespaces",
             q.namespaces ? json::value(q.namespaces->to_string()) : json::value(nullptr)},
            {"namespace", q.namespaces ? json::value(nullptr) : json::value(q.namespace_)},
            {"pods", q.pods.to_string()}};
}

json::object to_json(const compiler::sources_overview& who) {
    return {{"everyone", who.everyone},
            {"blocks", texts(who.blocks)},
            {"pods", array_of(who.pods, [](const auto& q) { return to_json(q); })}};
}

std::string word_for(const compiler::outcome& o) {
    switch (o.what) {
    case compiler::outcome::kind::admit:
        return "admit";
    case compiler::outcome::kind::refuse:
        return "refuse";
    case compiler::outcome::kind::pass:
        break;
    }
    return "pass " + std::to_string(o.stage);
}

/// Whom a program admits, where it admits some and refuses all others; else its stages.
json::value to_json(const compiler::program& p) {
    if (p.admits_everyone())
        return to_json(compiler::sources_overview{.everyone = true, .blocks = {}, .pods = {}});
    if (p.admits_nobody())
        return to_json(compiler::sources_overview{});
    if (const auto* only = p.admits_only())
        return to_json(compiler::overview_of(*only));
    json::array stages;
    for (const auto& stage : p.stages()) {
        json::array steps;
        for (const auto& step : stage.instructions)
            steps.push_back({{"then", word_for(step.then)},
                             {"sources", to_json(compiler::overview_of(step.who))}});
        stages.push_back({{"steps", std::move(steps)}, {"end", word_for(stage.end)}});
    }
    return json::object{{"stages", std::move(stages)}};
}

json::object to_json(const compiler::backend_overview& b) {
    using sort = compiler::backend::sort;
    const bool named = !b.pod.name.empty();
    return {{"pod", named ? text_of(b.pod) : json::value(nullptr)},
            {"known", b.what != sort::unknown},
            {"addresses", texts(b.addresses)},
            {"port", b.port != 0 ? json::value(b.port) : json::value(nullptr)},
            {"onThisNode", b.local},
            {"admits", to_json(*b.admits)}};
}

json::object to_json(const compiler::door_overview& d) {
    const auto& door = d.compiled.door;
    const auto& holder = d.compiled.holder;
    const auto name_of = [](const compiler::door_holder& who, model::kind what) {
        return who.what == what ? text_of(who.key) : json::value(nullptr);
    };
    return {{"class", model::to_string(door.what)},
            {"family", model::to_string(door.fam)},
            {"address", door.anywhere() ? json::value(nullptr) : text_of(door.address)},
            {"protocol", model::to_string(door.proto)},
            {"port", door.port},
            {"service", name_of(holder, model::kind::service)},
            {"pod", name_of(holder, model::kind::pod)},
            {"claimedToo", texts(d.compiled.others)},
            {"oneWith", array_of(d.compiled.one_with,
                                 [&](const auto& met) {
                                     return json::object{
                                         {"class", model::to_string(met.first.what)},
                                         {"service", name_of(met.second, model::kind::service)},
                                         {"pod", name_of(met.second, model::kind::pod)}};
                                 })},
            {"state", compiler::to_string(d.stands)},
            {"admits", to_json(d.compiled.what->decision)},
            {"policies", texts(d.policies)},
            {"policiesNotListed", d.policies.further()},
            {"backends", array_of(d.backends, [](const auto& b) { return to_json(b); })},
            {"remark", d.remark},
            {"staged", d.staged.what ? json::value({{"state", compiler::to_string(d.staged.stands)},
                                                    {"admits", to_json(d.staged.what->decision)}})
                                     : json::value(nullptr)}};
}

json::object to_json(const compiler::pod_overview& p) {
    return {{"namespace", p.key.namespace_},
            {"name", p.key.name},
            {"addresses", texts(p.addresses)},
            {"node", p.node},
            {"exempt", p.exempt.empty() ? json::value(nullptr) : json::value(p.exempt)},
            {"ingress", to_json(p.ingress)},
            {"egress", to_json(p.egress)}};
}

json::object to_json(const compiler::finding& f) {
    return {{"kind", compiler::to_string(f.what)}, {"subject", f.subject}, {"text", f.text}};
}

} // namespace

json::object state_json(const view& v, const compiler::overview& all) {
    const auto each = [](const auto& one) { return to_json(one); };
    return {{"seq", v.history.seq},
            {"time", v.history.at ? json::value(to_rfc3339(*v.history.at)) : json::value(nullptr)},
            {"node", v.settings.node_name},
            {"namespaces", array_of(all.namespaces, each)},
            {"policies", array_of(all.policies, each)},
            {"frontDoors", array_of(all.doors, each)},
            {"pods", array_of(all.pods, each)},
            {"findings", array_of(*all.findings, each)}};
}

} // namespace nodewall::cli
