#include "property/compiler_history.hpp"

#include "unit/projection/objects.hpp"

#include <fmt/core.h>

#include <array>
#include <map>
#include <string>
#include <utility>

namespace nodewall::test {

namespace {

using words = std::vector<std::string>;

class generator {
public:
    generator(std::uint64_t seed, tiers of)
        : chance_(seed), tiers_(of), slices_at_first_(seed % 2 == 0), seq_(seed % 100) {}

    std::vector<model::event> run(std::size_t events) {
        std::vector<model::event> history;
        while (history.size() < events) {
            auto made = make(pick<model::kind>(weighted_));
            if (made.what == model::kind::endpoint_slice && !slices_at_first_ &&
                history.size() < events / 2)
                continue;
            const std::pair name(made.what, made.key);
            const bool goes = live_.contains(name) && one_in(8);
            auto event = goes ? deleted(live_.at(name)) : added(made);
            event.seq = ++seq_;
            history.push_back(std::move(event));
            if (goes)
                live_.erase(name);
            else
                live_[name] = made;
        }
        return history;
    }

private:
    std::size_t below(std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(chance_);
    }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <class T> T pick(const std::vector<T>& choices) {
        return choices[below(choices.size())];
    }
    std::string pick(const words& choices) { return pick<std::string>(choices); }
    /// From none to `most` of what `one` makes, separated by commas.
    template <class F> std::string some(std::size_t most, F one) {
        std::string list;
        for (auto n = below(most + 1); n > 0; --n)
            list += (list.empty() ? "" : ",") + one();
        return list;
    }
    /// Once in a while what nobody can read.
    std::string odd(std::string unreadable, std::string otherwise) {
        return one_in(12) ? std::move(unreadable) : std::move(otherwise);
    }
    std::string namespace_name() { return pick({"a", "b"}); }

    object make(model::kind what) {
        switch (what) {
        case model::kind::node:
            return make_node();
        case model::kind::namespace_:
            return nodewall::test::namespace_(namespace_name(), pick({"", "team=u", "team=v"}));
        case model::kind::pod:
            return make_pod();
        case model::kind::service:
            return make_service();
        case model::kind::endpoint_slice:
            return make_slice();
        case model::kind::network_policy:
            break;
        }
        return make_policy();
    }

    object as_object(model::kind what, const std::string& name, std::string uid,
                     const std::string& metadata, const std::string& rest) {
        const auto ns = namespace_name();
        return {what,
                {ns, name},
                uid,
                fmt::format(R"({{"metadata":{{"name":"{}","namespace":"{}","uid":"{}"{}}},{}}})",
                            name, ns, uid, metadata, rest)};
    }

    /// This one mostly with the addresses that connections call local; the other dials.
    object make_node() {
        const auto name = pick({"here", "there"});
        const auto addresses = one_in(4)        ? std::string()
                               : name == "here" ? std::string(R"({"address":"198.51.100.1"},)"
                                                              R"({"address":"2001:db8:f::1"})")
                                                : std::string(R"({"address":"198.51.100.200"})");
        return {model::kind::node,
                {"", name},
                "u",
                fmt::format(R"({{"metadata":{{"name":"{}","uid":"u","labels":{{"role":"{}"}}}},)"
                            R"("status":{{"addresses":[{}]}}}})",
                            name, pick({"worker", "control-plane"}), addresses)};
    }

    object make_pod() {
        const auto addresses = some(2, [&] {
            return fmt::format(R"({{"ip":"{}"}})",
                               pick({"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.1.1",
                                     "fd00::1", odd("nowhere", "10.0.0.1")}));
        });
        const auto ports = some(2, [&] {
            const auto name = pick({"http", "dns"});
            const auto number = pick({"8080", odd("0", "9090")});
            const auto protocol = pick({"TCP", "TCP", "UDP"});
            return fmt::format(R"({{"name":"{}","containerPort":{},"protocol":"{}"{}}})", name,
                               number, protocol, one_in(3) ? host_port() : "");
        });
        return as_object(
            model::kind::pod, "p" + std::to_string(below(4)), pick({"1", "1", "2"}),
            fmt::format(R"(,"labels":{{{}}}{})", labels(),
                        one_in(5) ? R"(,"deletionTimestamp":"2026-11-23T09:00:00Z")" : ""),
            fmt::format(R"("spec":{{"nodeName":"{}","hostNetwork":{},)"
                        R"("containers":[{{"name":"c","ports":[{}]}}]}},)"
                        R"("status":{{"phase":"{}","podIPs":[{}]}})",
                        pick({"here", "there"}), one_in(8), ports,
                        pick({"Running", "Running", "Running", "Pending", "Failed"}), addresses));
    }

    /// Of numbers that Services have, too.
    std::string host_port() {
        const auto number = pick({"30001", "30002", "80"});
        const auto address = pick(
            {"", "", "198.51.100.1", "2001:db8:f::1", "192.0.2.1", "0.0.0.0", "::", "nowhere"});
        return fmt::format(R"(,"hostPort":{},"hostIP":"{}")", number, address);
    }

    std::string labels() {
        return pick({"", R"("app":"x")", R"("app":"y")", R"("app":"x","role":"r")"});
    }

    object make_service() {
        const auto port = [&](const char* name, const char* protocol) {
            return fmt::format(
                R"({{"name":"{}","protocol":"{}","port":{},"targetPort":{},"nodePort":{}}})", name,
                protocol, pick({"80", "30001", odd("-80", "81")}),
                pick({"8080", odd("-1", "9090"), R"("http")"}),
                pick({"30001", "30001", "30002", "30002", odd("99999", "0")}));
        };
        auto ports = port("", "TCP");
        if (one_in(2))
            ports += "," + port("dns", "UDP");
        const auto addresses = [&] {
            return some(2, [&] {
                return pick({R"("192.0.2.1")", R"("2001:db8::1")", R"("198.51.100.1")",
                             R"("2001:db8:f::1")", R"("10.96.0.1")"});
            });
        };
        return as_object(
            model::kind::service, "s" + std::to_string(below(2)), "u",
            fmt::format(R"(,"creationTimestamp":"2026-11-23T09:00:0{}Z")", below(3)),
            fmt::format(R"("spec":{{"type":"{}","clusterIPs":[{}],"externalIPs":[{}],)"
                        R"("externalTrafficPolicy":"{}","internalTrafficPolicy":"{}",)"
                        R"("selector":{{{}}},"ports":[{}]}})",
                        pick({"NodePort", "NodePort", "NodePort", odd("Tunnel", "NodePort"),
                              "LoadBalancer", "ClusterIP", "ExternalName"}),
                        pick({R"("10.96.0.1")", R"("10.96.0.2","fd00:96::2")",
                              one_in(3) ? R"("None")" : R"("10.96.0.1")"}),
                        addresses(), pick({"Cluster", "Local"}), pick({"Cluster", "Local"}),
                        odd(R"("app":7)", labels()), ports));
    }

    object make_slice() {
        const bool six = one_in(5);
        const auto endpoints = some(3, [&] {
            const auto address = one_in(20)   ? std::string("nowhere")
                                 : six        ? std::string("fd00::1")
                                 : one_in(12) ? std::string("172.16.0.9")
                                              : pick({"10.0.0.1", "10.0.0.2", "10.0.0.3"});
            const auto target =
                fmt::format(R"(,"targetRef":{{"kind":"Pod","name":"p{}","uid":"{}"}})", below(4),
                            pick({"1", "2", ""}));
            return fmt::format(R"({{"addresses":["{}"]{}{}}})", address,
                               one_in(2) ? R"(,"nodeName":"here")" : "", one_in(3) ? "" : target);
        });
        const auto ports =
            fmt::format(R"({{"name":"","port":{}}},{{"name":"dns","protocol":"UDP","port":{}}})",
                        pick({"8080", "9090", odd("0", "null")}), pick({"8080", "9090"}));
        return as_object(
            model::kind::endpoint_slice, "e" + std::to_string(below(3)), "u",
            fmt::format(R"(,"labels":{{"kubernetes.io/service-name":"s{}"}})", below(2)),
            fmt::format(R"("addressType":"{}","ports":[{}],"endpoints":[{}])",
                        six ? "IPv6" : odd("IPX", "IPv4"), ports, endpoints));
    }

    std::string selector() {
        return pick({"{}", R"({"matchLabels":{"app":"x"}})",
                     R"({"matchExpressions":[{"key":"app","operator":"NotIn","values":["x"]}]})",
                     R"({"matchExpressions":[{"key":"role","operator":"Exists"}]})"});
    }

    std::string peer() {
        switch (below(5)) {
        case 0:
            return fmt::format(R"({{"podSelector":{}}})", selector());
        case 1:
            return fmt::format(R"({{"namespaceSelector":{}}})",
                               pick({"{}", R"({"matchLabels":{"team":"u"}})"}));
        case 2:
            return fmt::format(R"({{"namespaceSelector":{{"matchLabels":{{"team":"v"}}}},)"
                               R"("podSelector":{}}})",
                               selector());
        case 3:
            return R"({"ipBlock":{"cidr":"10.0.0.0/8","except":["10.0.0.0/30"]}})";
        default:
            return fmt::format(R"({{"ipBlock":{{"cidr":"{}"}}}})",
                               pick({"203.0.113.0/24", "10.0.0.2/32", "fd00::/8", "128.0.0.0/1",
                                     one_in(4) ? "0.0.0.0/0" : "10.0.1.0/24", "not-a-block"}));
        }
    }

    std::string rule() {
        const auto ports = some(2, [&] {
            return pick({R"({"port":8080})", R"({"port":"http"})", R"({"protocol":"UDP"})",
                         R"({"port":8000,"endPort":8999})", R"({})"});
        });
        return fmt::format(R"({{"from":[{}],"ports":[{}]}})",
                           one_in(6) ? "" : peer() + "," + peer(), ports);
    }

    /// Labels that say where a policy stands, and what its rules do.
    std::string place() {
        return fmt::format(
            R"(,"labels":{{"action":"{}"{}{}{}{}{}}})",
            pick({"allow", "allow", "deny", "pass", "deny.allow", "log.pass.allow", "pass.deny"}),
            pick({"", "", R"(,"tier":"admin")", R"(,"tier":"baseline")"}),
            pick({"", R"(,"order":"5")", R"(,"order":"2000")"}),
            pick({"", R"(,"subject":"everywhere")"}), one_in(6) ? R"(,"nodes":"worker")" : "",
            one_in(8) ? R"(,"staged":"yes")" : "");
    }

    object make_policy() {
        return as_object(model::kind::network_policy, "q" + std::to_string(below(3)), "u",
                         tiers_ == tiers::all ? place() : "",
                         fmt::format(R"("spec":{{"podSelector":{},"policyTypes":["{}"],)"
                                     R"("ingress":[{}]}})",
                                     one_in(2) ? "{}" : selector(),
                                     pick({"Ingress", "Ingress", "Ingress", "Egress"}),
                                     some(2, [&] { return rule(); })));
    }

    std::mt19937_64 chance_;
    tiers tiers_;
    bool slices_at_first_;
    std::uint64_t seq_;
    std::map<std::pair<model::kind, model::object_key>, object> live_;
    const std::vector<model::kind> weighted_{model::kind::pod,
                                             model::kind::pod,
                                             model::kind::pod,
                                             model::kind::service,
                                             model::kind::service,
                                             model::kind::endpoint_slice,
                                             model::kind::endpoint_slice,
                                             model::kind::network_policy,
                                             model::kind::network_policy,
                                             model::kind::namespace_,
                                             model::kind::node};
};

} // namespace

std::vector<model::event> random_cluster_history(std::uint64_t seed, std::size_t events, tiers of) {
    return generator(seed, of).run(events);
}

ruleset::packet random_connection(std::mt19937_64& chance) {
    const auto pick = [&](const words& choices) {
        return model::ip_address::parse(choices[chance() % choices.size()]).value();
    };
    ruleset::packet c;
    const bool four = chance() % 8 != 0;
    c.source = four ? pick({"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.1.1",
                            "203.0.113.7", "198.51.100.200"})
                    : pick({"fd00::1", "2001:db8:9::1"});
    c.destination_local = chance() % 2 == 0;
    if (c.destination_local) {
        c.destination = pick({four ? "198.51.100.1" : "2001:db8:f::1"});
        c.port = static_cast<std::uint16_t>(30001 + chance() % 2);
    } else {
        c.destination = four ? pick({"192.0.2.1", "10.96.0.1", "10.96.0.2"})
                             : pick({"2001:db8::1", "fd00:96::2"});
        static constexpr std::array<std::uint16_t, 3> ports{80, 81, 30001};
        c.port = ports.at(chance() % ports.size());
    }
    c.proto = chance() % 3 == 0 ? model::protocol::udp : model::protocol::tcp;
    return c;
}

} // namespace nodewall::test
