// Small clusters for explain's tests: objects as YAML in few words, decoded and projected as any
// log is, and questions in a line.
#pragma once

#include "explain/explainer.hpp"
#include "projection/projector.hpp"
#include "unit/policy/tier_words.hpp"

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::test {

// One object each. Keys are "namespace/name", UIDs are the keys; `labels`, `spec` and `status` are
// the inside of a YAML flow mapping: "app: web, tier: front".
std::string a_namespace(std::string_view name, std::string_view labels = {});
std::string a_node(std::string_view name, std::string_view address, std::string_view labels = {});
/// Runs on node-1 unless `spec` says another nodeName. `addresses`: "10.0.0.1, fd00::1".
std::string a_pod(std::string_view key, std::string_view addresses, std::string_view labels = {},
                  std::string_view spec = {}, std::string_view status = {});
std::string a_policy(std::string_view key, std::string_view spec);
/// What it serves by default: TCP 80 on NodePort 30051 and on clusterIP 10.96.0.1, to port 8080.
std::string a_service(std::string_view key, std::string_view spec = {},
                      std::string_view status = {});
/// Of the Service of the same name. `endpoints`: "10.0.0.1@pod", "10.0.0.1@pod@node" or "10.0.0.1",
/// separated by spaces; all for TCP 8080 unless `ports` says others.
std::string a_slice(std::string_view service, std::string_view endpoints,
                    std::string_view ports = "{port: 8080}");

/// Seen from node-1. Event numbers count the objects in the order given.
class cluster {
public:
    cluster(std::initializer_list<std::string> objects);
    void add(std::string_view object);
    void remove(std::string_view object);
    /// A body as it stands, whether it can be read or not; JSON.
    void put(model::kind what, std::string_view namespace_, std::string_view name,
             std::string_view body);

    /// The same cluster with one Service more, whose NodePort leads to the pod alone, by the first
    /// of its addresses of that family; nothing where it has none.
    std::optional<cluster> with_door_to(const model::pod_object& pod, model::family f,
                                        model::protocol proto, std::uint16_t port,
                                        std::uint16_t node_port) const;
    /// Whether there are policies of which the state knows nothing.
    bool has_tiered() const { return !tiered_.empty(); }

    /// A TierPolicy (unit/policy/tier_words.hpp), in the place of one of the same name.
    void add_tiered(std::string_view name, std::string_view words);

    /// `to`: "web/site TCP/8080", "10.0.0.1 UDP/53" or "nodeport:TCP/30051".
    explain::answer answer(std::string_view from, std::string_view to,
                           std::string_view backend = {}) const;
    const model::cluster_state& state() const { return projector_.state(); }

    policy::translators translators = with_tier_policies();
    model::gate_settings settings{.node_name = "node-1"};

private:
    void apply(std::string_view object, std::string_view type);
    void apply(model::event event);

    std::vector<model::event> events_;
    projection::projector projector_;
    std::map<model::policy_id, model::policy_object> tiered_;
    std::uint64_t seq_ = 0;
};

struct expectation {
    std::string_view from, to, verdict;
};
/// Each question's verdict. Where it is about a port of a pod, the compiled ruleset is asked the
/// same at a NodePort of that pod alone: it and explain say the same there, and of a source that is
/// no pod what the table says.
void expect(const cluster& c, std::initializer_list<expectation> table);
/// What the gate says of each question: "open", "shut", "none".
void expect_gate(const cluster& c, std::initializer_list<expectation> table);

/// "allow 10.0.0.1=deny 10.0.0.2=allow": the verdict and the backends'.
std::string backends(const explain::answer& a);
/// "ingress deny web/deny #12": each step's point, action, object, seq, and "[N]" for its rule.
std::string steps(const explain::answer& a);

} // namespace nodewall::test
