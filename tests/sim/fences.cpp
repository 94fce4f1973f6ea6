#include "sim/fences.hpp"

#include "harness/namespace_sources.hpp"

namespace nodewall::sim {

namespace {

model::policy translate(const model::policy_object& object) {
    const auto& says = object.as<test::namespace_sources>();
    model::policy to;
    to.in = model::default_tier;
    to.subject = says.subject();
    to.ingress_applies = true;
    to.ingress.push_back(says.rule(model::action::allow));
    return to;
}

} // namespace

agent::known_kinds kinds_with_fences() {
    auto known = agent::standard_kinds();
    known.registry.add({.group = "example.org",
                        .versions = {"v1"},
                        .resource = "fences",
                        .object_kind = "Fence",
                        .namespaced = false,
                        .decode = test::decode_namespace_sources});
    known.translators.add({fence_stream, "Fence", translate});
    return known;
}

apiserver::api_resource fence_resource() {
    return {"example.org", "v1", "fences", "Fence", false};
}

boost::json::object fence(const std::string& name, const std::string& namespace_,
                          const std::string& source) {
    return {{"metadata", {{"name", name}}},
            {"spec", {{"namespace", namespace_}, {"sources", boost::json::array{source}}}}};
}

} // namespace nodewall::sim
