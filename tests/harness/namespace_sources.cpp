#include "harness/namespace_sources.hpp"

#include <utility>

namespace nodewall::test {

model::pod_query namespace_sources::subject() const {
    return {.namespace_ = namespace_, .namespaces = std::nullopt, .pods = {}};
}

model::tier_rule namespace_sources::rule(model::action then) const {
    model::tier_rule made;
    made.then = then;
    made.any_port = true;
    for (const auto& block : sources)
        made.who.blocks.push_back({.block = block, .except = {}});
    return made;
}

model::object decode_namespace_sources(const codec::dom::value& object, model::object_meta meta) {
    namespace_sources says;
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

} // namespace nodewall::test
