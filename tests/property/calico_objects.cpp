#include "property/calico_objects.hpp"

#include "unit/explain/calico_door.hpp"

#include <fmt/core.h>

#include <functional>
#include <map>
#include <random>
#include <utility>

namespace nodewall::test {

namespace {

class chance {
public:
    explicit chance(std::uint64_t seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return random_() % n; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    std::string of(const std::vector<std::string>& choices) {
        return choices[below(choices.size())];
    }

private:
    std::mt19937_64 random_;
};

std::string labels(chance& c) {
    std::string text;
    for (const auto* key : {"role", "stage", "app"})
        if (!c.one_in(3))
            text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key,
                                c.of({"site", "client", "partner"}));
    return text;
}

std::string test_of(chance& c) {
    const auto key = c.of({"role", "stage", "app", "role", "projectcalico.org/namespace",
                           "projectcalico.org/serviceaccount", "projectcalico.org/orchestrator"});
    const auto value = c.of({"site", "client", "partner", "web", "reader", "k8s"});
    switch (c.below(9)) {
    case 0:
        return fmt::format("has({})", key);
    case 1:
        return fmt::format("!has({})", key);
    case 2:
        return fmt::format("{} != '{}'", key, value);
    case 3:
        return fmt::format("{} in {{'{}','web'}}", key, value);
    case 4:
        return fmt::format("{} not in {{'{}','lab'}}", key, value);
    case 5:
        return fmt::format("{} contains 'e'", key);
    case 6:
        return fmt::format("{} starts with 's'", key);
    case 7:
        return "all()";
    default:
        return fmt::format("{} == '{}'", key, value);
    }
}

std::string selector(chance& c, int depth = 2) {
    if (depth == 0 || c.one_in(2))
        return test_of(c);
    const auto left = selector(c, depth - 1);
    const auto right = selector(c, depth - 1);
    return fmt::format("{}({} {} {})", c.one_in(4) ? "!" : "", left, c.of({"&&", "||"}), right);
}

std::string of_namespaces(chance& c) {
    return c.of({"all()", "global()", "team == 'red'", "team != 'red'", "has(team)",
                 "projectcalico.org/name == 'lab'", "global() || team == 'blue'", "!all()"});
}

std::string nets(chance& c) {
    return c.of({"[203.0.113.0/24]", "[198.51.100.0/24, 10.0.1.0/24]", "[10.0.0.0/8]",
                 "[203.0.113.7, 'fd00::/8']", "[0.0.0.0/0]", "['::/0']"});
}

/// `own`: of the end that is the subject.
std::string entity(chance& c, bool own) {
    std::string text;
    const auto add = [&](std::string_view field) {
        text += (text.empty() ? "" : ", ") + std::string(field);
    };
    if (!own && c.one_in(12))
        return "services: {name: front, namespace: web}";
    if (c.one_in(own ? 5 : 3))
        add("nets: " + nets(c));
    if (c.one_in(5))
        add("notNets: " + nets(c));
    if (c.one_in(own ? 5 : 2))
        add(fmt::format("selector: \"{}\"", selector(c)));
    if (c.one_in(5))
        add(fmt::format("notSelector: \"{}\"", selector(c)));
    if (c.one_in(4))
        add(fmt::format("namespaceSelector: \"{}\"", of_namespaces(c)));
    if (c.one_in(6))
        add(c.of({"serviceAccounts: {names: [reader]}", "serviceAccounts: {selector: has(role)}",
                  "serviceAccounts: {names: [reader, server], selector: \"role != 'site'\"}"}));
    return text;
}

std::string rule(chance& c) {
    auto text = "action: " + c.of({"Allow", "Allow", "Deny", "Pass", "Log"});
    const bool tcp = c.one_in(3);
    if (tcp)
        text += ", protocol: TCP";
    else if (c.one_in(8))
        text += c.of({", protocol: ICMP", ", notProtocol: UDP", ", notProtocol: 6"});
    if (c.one_in(8))
        text += c.of({", ipVersion: 4", ", ipVersion: 6"});
    if (c.one_in(20))
        text += ", http: {}";
    if (const auto source = entity(c, false); !source.empty())
        text += fmt::format(", source: {{{}}}", source);
    auto destination = c.one_in(4) ? entity(c, true) : std::string();
    if (tcp)
        destination += (destination.empty() ? "" : ", ") +
                       c.of({"ports: [8080]", "ports: [http]", "ports: [80, '8000:9000']",
                             "notPorts: [http]", "ports: ['1:65535'], notPorts: [8080]"});
    if (!destination.empty())
        text += fmt::format(", destination: {{{}}}", destination);
    return "{" + text + "}";
}

std::string policy_spec(chance& c, bool global) {
    std::string rules;
    for (auto n = c.below(4); n > 0; --n)
        rules += (rules.empty() ? "" : ", ") + rule(c);
    auto text = fmt::format("types: [Ingress], ingress: [{}]", rules);
    if (c.one_in(2))
        text += ", order: " + c.of({"1", "1.5", "999", "1000", "2000", "-3"});
    if (c.one_in(3))
        text += ", tier: " + c.of({"security", "late", "nowhere", "default"});
    if (c.one_in(3))
        text += fmt::format(", selector: \"{}\"", selector(c));
    if (global && c.one_in(4))
        text += fmt::format(", namespaceSelector: \"{}\"", of_namespaces(c));
    if (c.one_in(8))
        text += ", serviceAccountSelector: \"role == 'site'\"";
    return text;
}

using maker = std::function<std::string(chance&)>;

std::vector<maker> makers() {
    std::vector<maker> all;
    const auto pod = [&](const char* key, const char* address) {
        all.emplace_back([=](chance& c) {
            return a_pod(key, address, labels(c),
                         fmt::format("serviceAccountName: {}, containers: [{{ports: [{{name: http, "
                                     "containerPort: {}}}]}}]",
                                     c.of({"reader", "server"}), c.of({"8080", "8081"})));
        });
    };
    const auto kind = [&](const char* what, const char* key,
                          std::function<std::string(chance&)> spec,
                          const char* group = "projectcalico.org/v3") {
        all.emplace_back([=](chance& c) {
            const auto own = labels(c);
            return calico(what, key, own, spec(c), group);
        });
    };
    const auto nothing = [](chance&) { return std::string(); };
    const auto tier = [](chance& c) {
        return c.of({"order: 100", "order: 2000000", "", "order: 50.5, defaultAction: Pass"});
    };
    const auto set = [](chance& c) { return "nets: " + nets(c); };
    pod("web/site", "10.0.0.1, fd00::1");
    pod("web/client", "10.0.0.2");
    pod("lab/client", "10.0.1.2");
    pod("lab/other", "10.0.1.3");
    for (const auto* name : {"web", "lab"})
        all.emplace_back([=](chance& c) {
            return a_namespace(name, c.of({"team: red", "team: blue", ""}));
        });
    kind("ServiceAccount", "web/reader", nothing, "v1");
    kind("ServiceAccount", "web/server", nothing, "v1");
    kind("ServiceAccount", "lab/reader", nothing, "v1");
    kind("Tier", "security", tier);
    kind("Tier", "late", tier);
    kind("GlobalNetworkSet", "first", set);
    kind("GlobalNetworkSet", "second", set);
    kind("NetworkSet", "web/set", set);
    kind("NetworkSet", "lab/set", set);
    all.emplace_back([](chance& c) {
        return a_slice("web/front", c.of({"10.0.0.2@client", "203.0.113.7", "10.0.1.3 10.0.0.2"}));
    });
    for (const auto* name : {"a", "b", "c"})
        kind("GlobalNetworkPolicy", name, [](chance& c) { return policy_spec(c, true); });
    for (const auto* key : {"web/a", "web/b", "lab/a"})
        kind("NetworkPolicy", key, [](chance& c) { return policy_spec(c, false); });
    all.emplace_back([](chance& c) {
        return a_policy("web/a", c.of({"podSelector: {}", "podSelector: {}, ingress: [{}]",
                                       "podSelector: {}, ingress: [{from: [{podSelector: {}}]}]"}));
    });
    return all;
}

} // namespace

std::vector<calico_step> random_calico_history(std::uint64_t seed, std::size_t steps) {
    chance c(seed);
    const auto all = makers();
    std::vector<std::string> there(all.size());
    std::vector<calico_step> history{{a_service("web/site")},
                                     {a_slice("web/site", "10.0.0.1@site@node-1")}};
    const auto put = [&](std::size_t n) {
        there[n] = all[n](c);
        history.push_back({there[n]});
    };
    for (std::size_t n = 0; n < 6; ++n) // pods and namespaces
        put(n);
    while (history.size() < steps) {
        const auto n = c.below(all.size());
        if (n == 0 || there[n].empty() || !c.one_in(3))
            put(n);
        else
            history.push_back({std::exchange(there[n], {}), true});
    }
    return history;
}

const std::vector<std::string>& calico_sources() {
    static const std::vector<std::string> all{"10.0.0.2",     "10.0.1.2", "10.0.1.3", "203.0.113.7",
                                              "198.51.100.7", "10.0.9.9", "192.0.2.9"};
    return all;
}

} // namespace nodewall::test
