// nodewall with one kind more, of which nothing else knows: its decoder and its translator, each
// with its row. A Blockade (example.org/v1, cluster-scoped) refuses sources at the pods of one
// namespace, whatever the namespace's own policies say:
//
//     spec: {namespace: shop, sources: [192.0.2.0/24]}
//
// test_made_up_kind.py installs its definition in a real API server and sends packets.
#include "cli/program.hpp"
#include "harness/namespace_sources.hpp"

namespace nodewall {
namespace {

model::policy translate(const model::policy_object& object) {
    const auto& says = object.as<test::namespace_sources>();
    model::policy to;
    to.in = model::admin_tier;
    to.subject = says.subject();
    to.ingress_applies = true;
    to.ingress.push_back(says.rule(model::action::deny));
    return to;
}

agent::known_kinds with_blockades() {
    auto known = agent::standard_kinds();
    known.registry.add({.group = "example.org",
                        .versions = {"v1"},
                        .resource = "blockades",
                        .object_kind = "Blockade",
                        .namespaced = false,
                        .decode = test::decode_namespace_sources});
    known.translators.add({"blockades.example.org", "Blockade", translate});
    return known;
}

} // namespace
} // namespace nodewall

int main(int argc, char** argv) {
    return nodewall::cli::run_program(argc, argv, nodewall::with_blockades());
}
