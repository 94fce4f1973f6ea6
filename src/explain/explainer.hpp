// Answers what becomes of one connection, and why, by the complete meaning of policies of every
// kind for pods in both directions and for front doors (SEMANTICS sections 1 to 4).
//
// Pure, and independent of compiler/ and of the projection's indexes on purpose: it reads `objects`
// alone, and tests selectors by looking at labels, so that it can contradict them.
#pragma once

#include "explain/answer.hpp"
#include "explain/question.hpp"
#include "model/cluster_state.hpp"
#include "model/gate_settings.hpp"
#include "policy/translators.hpp"

#include <map>
#include <memory>
#include <string>

namespace nodewall::explain {

/// The cluster and the node that are asked about; everything behind a reference must outlive the
/// explainer and must not change.
struct view {
    const model::objects& objects;
    /// cluster_state::endpoint_slices_known: else Services fall back to their selector.
    bool endpoint_slices_known = false;
    /// cluster_state::undecodable: objects that count as absent, and why.
    const std::map<std::string, std::string>& undecodable;
    /// The node at whose front doors and from which the connection is seen, and its settings.
    model::gate_settings settings;
    /// The kinds of policies that are understood.
    policy::translators translators = policy::builtin_translators();
};

/// Reads all objects once when it is made (some 20 ms for 10,000 pods); a question then looks at
/// the policies of two pods, and through a front door at those of every backend. It remembers which
/// policies select a pod and what stands behind a Service. One thread at a time may ask.
///
/// What counts as whom:
/// - An address of a pod that is subject to policy is that pod, however it is named. A pod that is
///   named must own an address: one that has completed, has no address yet or lost it is unknown.
/// - An address in status.addresses of the Node, or a loopback address, is the node itself, and so
///   is a hostNetwork pod. Other local addresses of the node are not in the log: a front door on
///   one can be asked about by nodeport:NODE-ADDRESS:...
/// - A pod with addresses of both families dials with the destination's; where that does not tell
///   (a NodePort on any address, another such pod) with its first that the other end has too.
class explainer {
public:
    explicit explainer(const view& v);
    ~explainer();
    explainer(explainer&&) noexcept;
    explainer& operator=(explainer&&) noexcept;

    /// allow or deny where the log tells; through a front door deny if the gate refuses or every
    /// backend does, mixed if backends differ; unknown with the reason in a step.
    answer explain(const question& q) const;

private:
    struct impl;
    std::unique_ptr<const impl> impl_;
};

} // namespace nodewall::explain
