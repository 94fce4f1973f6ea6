// Whom a backend admits by the ingress policies of its pod (SEMANTICS sections 1 and 2).
#pragma once

#include "compiler/backends.hpp"
#include "compiler/state_reader.hpp"

#include <map>
#include <set>
#include <span>
#include <vector>

namespace nodewall::compiler {

/// Sources of one family, exactly. One spelling for each meaning: pods inside the blocks are not
/// named, and `everyone` stands alone.
struct admission {
    explicit admission(model::family f) : fam(f), blocks(f) {}

    model::family fam;
    bool everyone = false;
    model::address_set blocks;
    std::vector<model::ip_address> pods; // sorted, unique

    bool nobody() const { return !everyone && blocks.empty() && pods.empty(); }
    /// The union; normalize() must follow.
    void add(const admission& other);
    /// The same; `addresses` sorted and unique.
    void add_pods(std::span<const model::ip_address> addresses);
    void normalize();

    friend bool operator==(const admission&, const admission&) = default;
};

/// Judges backends for one family; backends with the same matching rules share one admission.
class ingress_judge {
public:
    ingress_judge(state_reader& reader, model::family f);

    /// Without the backend's own addresses, which it always admits. Lives as long as the judge.
    const admission& admits(const backend& b);

    /// The policies that isolated a backend so far.
    const std::set<const model::policy*>& policies() const { return policies_; }

private:
    using rule_list = std::vector<const model::tier_rule*>;

    admission evaluate(const rule_list& rules);

    state_reader& reader_;
    model::family family_;
    admission open_, shut_;
    std::map<rule_list, admission> by_rules_;
    std::set<const model::policy*> policies_;
};

} // namespace nodewall::compiler
