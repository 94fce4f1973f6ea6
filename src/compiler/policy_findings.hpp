// What a person should know of policies, whichever doors they meet.
#pragma once

#include "compiler/finding.hpp"
#include "model/cluster_state.hpp"

#include <map>
#include <vector>

namespace nodewall::compiler {

/// What is not understood of policies, and where their kinds leave the order of two to us.
class policy_findings {
public:
    /// All policies anew; also whenever one of them changed.
    void read(const model::resolved& resolved);
    /// Pods may have changed, or which policies select them. Returns whether findings did. Costs
    /// something only where policies of the Admin or the Baseline tier have equal priorities: what
    /// their different subjects select, together.
    bool read_subjects(const model::resolved& resolved);

    void append_to(std::vector<finding>& all) const;

private:
    /// Of one priority of a tier, at least two, in the order in which they are asked.
    using equal_priorities = std::vector<const model::policy*>;
    static std::vector<equal_priorities>
    equal_priorities_of(const std::map<model::policy_id, model::policy>& policies);

    std::vector<finding> of_policies_;
    std::vector<equal_priorities> equal_;
    std::vector<finding> of_priorities_;
};

} // namespace nodewall::compiler
