// The two ends of a connection: egress of the pod that dials, ingress of the pod that answers, with
// what holds whatever the policies say (SEMANTICS section 1).
#pragma once

#include "explain/parties.hpp"
#include "explain/policies.hpp"

#include <string_view>

namespace nodewall::explain {

/// A connection as it stands after any DNAT.
struct leg {
    const party& from;
    const party& to;
    model::protocol proto = model::protocol::tcp;
    std::uint16_t port = 0; // of `to`; 0: some port, whichever
    /// A Service was dialled, and so a pod's traffic to itself leaves it and comes back, past its
    /// policies.
    bool through_door = false;
};

class end_judge {
public:
    /// Both must outlive the judge.
    end_judge(const directory& parties, const policy_judge& policies)
        : parties_(parties), policies_(policies) {}

    /// Without a step where no pod dials.
    judgement egress(const leg& l) const;
    /// `from_own_node`: whether a process of the pod's own node arrives as one. Through the front
    /// door of another node it does not.
    judgement ingress(const leg& l, bool from_own_node = true) const;

private:
    const directory& parties_;
    const policy_judge& policies_;
};

} // namespace nodewall::explain
