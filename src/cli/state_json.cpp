#include "cli/state_json.hpp"

#include <boost/json.hpp>

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

json::object to_json(const compiler::isolation_overview& i, std::string_view denied) {
    return {{denied, i.denied}, {"policies", texts(i.policies)}};
}

json::object to_json(const compiler::namespace_overview& n) {
    return {{"name", n.name},
            {"ingress", to_json(n.ingress, "defaultDeny")},
            {"egress", to_json(n.egress, "defaultDeny")},
            {"pods", n.pods},
            {"isolatedForIngress", n.isolated_ingress},
            {"isolatedForEgress", n.isolated_egress}};
}

json::object to_json(const compiler::policy_overview& p) {
    return {{"namespace", p.key.namespace_},
            {"name", p.key.name},
            {"seq", p.seq},
            {"ingress", p.ingress},
            {"egress", p.egress},
            {"pods", p.pods},
            {"notUnderstood", json::array(p.not_understood.begin(), p.not_understood.end())}};
}

json::object to_json(const compiler::admission_overview& a) {
    return {{"everyone", a.everyone}, {"blocks", texts(a.blocks)}, {"pods", texts(a.pods)}};
}

json::object to_json(const compiler::backend_overview& b) {
    using sort = compiler::backend::sort;
    const bool named = !b.pod.name.empty();
    return {{"pod", named ? text_of(b.pod) : json::value(nullptr)},
            {"known", b.what != sort::unknown},
            {"addresses", texts(b.addresses)},
            {"port", b.port != 0 ? json::value(b.port) : json::value(nullptr)},
            {"onThisNode", b.local},
            {"admits", to_json(b.admits)}};
}

json::object to_json(const compiler::door_overview& d) {
    using model::layout::door_class;
    const bool anywhere = d.door.what == door_class::nodeport;
    return {{"class", model::layout::to_string(d.door.what)},
            {"family", model::to_string(d.door.fam)},
            {"address", anywhere ? json::value(nullptr) : text_of(d.door.address)},
            {"protocol", model::to_string(d.door.proto)},
            {"port", d.door.port},
            {"service", text_of(d.service)},
            {"rivals", texts(d.rivals)},
            {"oneWith", array_of(d.one_with,
                                 [](const auto& met) {
                                     return json::object{
                                         {"class", model::layout::to_string(met.first.what)},
                                         {"service", text_of(met.second)}};
                                 })},
            {"state", compiler::to_string(d.stands)},
            {"admits", to_json(d.admits)},
            {"policies", texts(d.policies)},
            {"backends", array_of(d.backends, [](const auto& b) { return to_json(b); })},
            {"remark", d.remark}};
}

json::object to_json(const compiler::pod_overview& p) {
    return {{"namespace", p.key.namespace_},
            {"name", p.key.name},
            {"addresses", texts(p.addresses)},
            {"node", p.node},
            {"exempt", p.exempt.empty() ? json::value(nullptr) : json::value(p.exempt)},
            {"ingress", to_json(p.ingress, "isolated")},
            {"egress", to_json(p.egress, "isolated")}};
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
