// What the policies say of one pod in one direction (SEMANTICS sections 1, 2 and 4): tier after
// tier, policy after policy, rule after rule, with selectors tested by looking at labels.
#pragma once

#include "explain/answer.hpp"
#include "explain/parties.hpp"
#include "model/cluster_state.hpp"
#include "model/tier.hpp"
#include "policy/translators.hpp"

#include <map>
#include <span>
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
    const model::ip_address& subject_address;
    const party& other;
    model::protocol proto = model::protocol::tcp;
    std::uint16_t port = 0; // of the destination; 0: some port, whichever
    /// The other end is the pod itself or its own node: a sentence, and the flag of the policies
    /// that admit that.
    std::string_view own;
    bool model::policy::*admits_own = nullptr;
};

class policy_judge {
public:
    /// Translates every policy. The objects and the directory must outlive the judge. One thread at
    /// a time may ask.
    policy_judge(const model::objects& objects, const directory& parties,
                 const std::map<std::string, std::string>& undecodable,
                 const policy::translators& translators);

    /// By policies alone: what holds whatever they say is for the caller to know. Steps of action
    /// `staged` tell what the policies that enforce nothing would do.
    judgement judge(const passage& p) const;

private:
    struct entry {
        model::policy content;
        citation object;
    };
    using entry_list = std::vector<const entry*>; // in the order in which they are asked
    using tier_entries = std::span<const entry* const>;

    /// What comes of a rule, a policy or the end of a tier.
    enum class outcome : std::uint8_t { undecided, passed, admitted, refused };

    void keep_budgets();
    void note_unreadable(const std::map<std::string, std::string>& undecodable,
                         const model::objects& objects, const policy::translators& translators);
    static bool concerns(const entry& e, point direction);
    /// Staged ones among them.
    const entry_list& applying(const passage& p) const;
    bool walk(const entry_list& policies, const passage& p, std::vector<step>& steps) const;
    void add_staged(const entry_list& policies, bool admitted, const passage& p,
                    std::vector<step>& steps) const;
    outcome ask_tier(tier_entries tier, std::string_view next, const passage& p,
                     std::vector<step>& steps) const;
    outcome ask_policy(const entry& e, std::string_view next, const passage& p,
                       std::vector<step>& steps) const;
    static void say(const entry& e, const model::tier_rule& rule, std::string_view next,
                    const passage& p, std::vector<step>& steps);
    static outcome end_of(tier_entries tier, const passage& p, std::vector<step>& steps);
    void add_unreadable(const passage& p, std::vector<step>& steps) const;
    static void remark(const entry& e, const passage& p, std::vector<step>& steps);
    bool matches(const model::tier_rule& rule, const passage& p) const;
    bool means(const model::peers& peers, const party& other) const;
    bool means(const model::pod_query& query, const model::pod_object* pod) const;

    const directory& parties_;
    std::vector<entry> entries_;                          // in the order in which they are asked
    std::map<std::string_view, entry_list> of_namespace_; // whose subjects are in one namespace
    entry_list of_several_;                               // whose subjects are in several
    // By the policy's namespace, empty for those that have none and concern every pod:
    std::map<std::string, std::vector<std::string>, std::less<>> unreadable_; // a sentence each
    std::map<std::string_view, entry_list> invalid_;                          // they select no pod
    /// What applies to a pod, once it was asked.
    mutable std::unordered_map<const model::pod_object*, entry_list> ingress_, egress_;
};

} // namespace nodewall::explain
