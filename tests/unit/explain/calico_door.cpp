#include "calico_door.hpp"

#include "compiler/compiler.hpp"
#include "ruleset/evaluator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::test {

namespace {

bool compiled_admits(const cluster& c, std::string_view source) {
    compiler::compiler compiler(c.settings);
    const auto rules = compiler.compile(c.state());
    return ruleset::evaluator(rules).admits(
        {.source = model::ip_address::parse(source).value(),
         .destination = model::ip_address::parse("192.0.2.250").value(),
         .proto = model::protocol::tcp,
         .port = 30051,
         .destination_local = true});
}

void expect_door(const cluster& c, std::string_view source, bool open, std::string_view what) {
    const auto answer = c.answer(source, "nodeport:TCP/30051");
    EXPECT_EQ(answer.gate_admits, std::optional(open)) << what << ": explain of " << source << "\n"
                                                       << steps(answer);
    EXPECT_EQ(compiled_admits(c, source), open) << what << ": the rules, of " << source;
}

} // namespace

std::string calico(std::string_view kind, std::string_view key, std::string_view labels,
                   std::string_view spec, std::string_view group) {
    const auto slash = key.find('/');
    const auto name = slash == std::string_view::npos ? key : key.substr(slash + 1);
    const auto space = slash == std::string_view::npos
                           ? std::string()
                           : fmt::format("namespace: {}, ", key.substr(0, slash));
    return fmt::format("{{apiVersion: {}, kind: {}, metadata: {{{}name: {}, uid: {}, labels: "
                       "{{{}}}}}, spec: {{{}}}}}",
                       group, kind, space, name, key, labels, spec);
}

std::string global_policy(std::string_view name, std::string_view spec) {
    return calico("GlobalNetworkPolicy", name, "", spec);
}
std::string policy(std::string_view key, std::string_view spec) {
    return calico("NetworkPolicy", key, "", spec);
}

std::string deny_all() {
    return a_policy("web/deny", "podSelector: {}");
}

std::string rules_of_site(std::string_view rules, std::string_view more) {
    return global_policy("gnp", fmt::format("selector: \"app == 'site'\", types: [Ingress], "
                                            "ingress: [{}]{}",
                                            rules, more));
}

cluster a_cluster() {
    return {a_namespace("web", "team: red"),
            a_namespace("lab", "team: blue"),
            a_pod("web/site", "10.0.0.1, fd00::1", "app: site",
                  "serviceAccountName: server, "
                  "containers: [{ports: [{name: http, containerPort: 8080}]}]"),
            a_pod("web/client", "10.0.0.2", "role: client", "serviceAccountName: reader"),
            a_pod("lab/client", "10.0.1.2", "role: client", "serviceAccountName: reader"),
            a_pod("lab/other", "10.0.1.3", "role: other", "serviceAccountName: writer"),
            a_service("web/site"),
            a_slice("web/site", "10.0.0.1@site@node-1")};
}

void expect_story(const story& told) {
    auto objects = told.objects;
    for (const auto* order : {"in order", "reversed"}) {
        auto c = a_cluster();
        for (const auto& object : objects)
            c.add(object);
        for (const auto source : everyone) {
            const bool open = std::find(told.admitted.begin(), told.admitted.end(), source) !=
                              told.admitted.end();
            expect_door(c, source, open, order);
        }
        std::reverse(objects.begin(), objects.end());
    }
}

} // namespace nodewall::test
