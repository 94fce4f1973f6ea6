#include "sim/fences.hpp"

#include "codec/dom.hpp"

#include <utility>
#include <vector>

namespace nodewall::sim {

namespace {

struct fence_spec {
    std::string namespace_;
    std::vector<model::cidr> sources;
    bool operator==(const fence_spec&) const = default;
};

model::object decode(const codec::dom::value& object, model::object_meta meta) {
    fence_spec says;
    const auto spec = object["spec"];
    const auto where = spec["namespace"];
    says.namespace_ = std::string(where.text());
    const auto sources = spec["sources"];
    sources.each([&](const codec::dom::value& source) {
        if (const auto block = model::cidr::parse(source.text()))
            says.sources.push_back(*block);
        else
            source.complain(block.error().message());
    });
    return model::policy_object{
        .meta = std::move(meta), .stream = {}, .document = model::make_document(std::move(says))};
}

model::policy translate(const model::policy_object& object) {
    const auto& says = object.as<fence_spec>();
    model::policy to;
    to.in = model::default_tier;
    to.subject = {.namespace_ = says.namespace_, .namespaces = std::nullopt, .pods = {}};
    to.ingress_applies = true;
    model::tier_rule admit;
    admit.any_port = true;
    for (const auto& block : says.sources)
        admit.who.blocks.push_back({.block = block, .except = {}});
    to.ingress.push_back(std::move(admit));
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
                        .decode = decode});
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
