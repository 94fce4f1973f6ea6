// nodewall with one kind more, of which nothing else knows: its decoder and its translator, each
// with its row. A Blockade (example.org/v1, cluster-scoped) refuses sources at the pods of one
// namespace, whatever the namespace's own policies say:
//
//     spec: {namespace: shop, sources: [192.0.2.0/24]}
//
// test_made_up_kind.py installs its definition in a real API server and sends packets.
#include "cli/program.hpp"
#include "codec/dom.hpp"

#include <string>
#include <utility>
#include <vector>

namespace nodewall {
namespace {

struct blockade {
    std::string namespace_;
    std::vector<model::cidr> sources;
    bool operator==(const blockade&) const = default;
};

model::object decode(const codec::dom::value& object, model::object_meta meta) {
    blockade says;
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
    const auto& says = object.as<blockade>();
    model::policy to;
    to.in = model::admin_tier;
    to.subject = {.namespace_ = says.namespace_, .namespaces = std::nullopt, .pods = {}};
    to.ingress_applies = true;
    model::tier_rule refuse;
    refuse.then = model::action::deny;
    refuse.any_port = true;
    for (const auto& block : says.sources)
        refuse.who.blocks.push_back({.block = block, .except = {}});
    to.ingress.push_back(std::move(refuse));
    return to;
}

agent::known_kinds with_blockades() {
    auto known = agent::standard_kinds();
    known.registry.add({.group = "example.org",
                        .versions = {"v1"},
                        .resource = "blockades",
                        .object_kind = "Blockade",
                        .namespaced = false,
                        .decode = decode});
    known.translators.add({"blockades.example.org", "Blockade", translate});
    return known;
}

} // namespace
} // namespace nodewall

int main(int argc, char** argv) {
    return nodewall::cli::run_program(argc, argv, nodewall::with_blockades());
}
