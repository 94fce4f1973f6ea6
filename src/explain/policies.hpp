// What the NetworkPolicies say of one pod in one direction (SEMANTICS sections 1 and 2).
#pragma once

#include "explain/answer.hpp"
#include "explain/parties.hpp"
#include "model/cluster_state.hpp"
#include "model/tier.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nodewall::explain {

struct judgement {
    bool admitted = true;
    std::vector<step> steps;
};

/// The way of the connection at one end of it: `subject` is the pod that is judged.
struct passage {
    point direction = point::ingress; // ingress or egress
    const model::pod_object& subject;
    const party& other;
    model::protocol proto = model::protocol::tcp;
    std::uint16_t port = 0; // of the destination; 0: some port, whichever
};

class policy_judge {
public:
    /// Translates every policy. All must outlive the judge. One thread at a time may ask.
    policy_judge(const model::objects& objects, const directory& parties,
                 const std::map<std::string, std::string>& undecodable);

    /// By policies alone: who is whose node, or talks to itself, is for the caller to know.
    judgement judge(const passage& p) const;

private:
    struct entry {
        model::policy content;
        citation object;
    };

    using entry_list = std::vector<const entry*>;

    static bool concerns(const entry& e, point direction);
    const entry_list& isolating(const passage& p) const;
    void add_unreadable(const passage& p, std::vector<step>& steps) const;
    static void remark(const entry& e, const passage& p, std::vector<step>& steps);
    bool matches(const model::tier_rule& rule, const passage& p) const;
    bool means(const model::pod_query& query, const party& other) const;

    const directory& parties_;
    std::map<std::string_view, std::vector<entry>> by_namespace_; // in the order of names
    std::map<std::string, std::vector<std::string>> unreadable_;  // by namespace, a sentence each
    std::map<std::string_view, entry_list> invalid_; // by namespace: they select no pod
    /// What isolates a pod, once it was asked.
    mutable std::unordered_map<const model::pod_object*, entry_list> ingress_, egress_;
};

} // namespace nodewall::explain
