// What one object, and all objects of one namespace, may cost everybody (SEMANTICS section 6,
// "Costs"): asked of the translated policy, so that whoever reads it, compiler or explain, sees the
// same.
#pragma once

#include "model/tier.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nodewall::policy {

struct cost {
    std::size_t blocks = 0; // of addresses, where exceptions are taken out
    std::size_t rules = 0;
    std::size_t ports = 0; // entries, over all rules
    // Of pods, in peers, each once, by a hash; ascending. Wide are those that reach into other
    // namespaces; they are among all.
    std::vector<std::uint64_t> selectors{}, wide{};
};

/// Those of a namespace have one; what has none is written by those who run the cluster.
inline bool has_budget(const model::policy_id& id) {
    return !id.key.namespace_.empty();
}

/// n log n in the policy's size.
cost cost_of(const model::policy& policy);

/// Which budget of one object the cost exceeds, and what to do: a sentence; empty: none.
std::string over_object_budget(const cost& c);

/// Makes it say that it refuses everyone: it applies to whom it applied, and admits nobody. One
/// that could deny or pass denies everyone.
void refuse_everyone(model::policy& policy, std::string why);

/// What the policies of one namespace cost together. Where that exceeds the budget of a namespace,
/// those that do not fit are found in the order of their ids.
class namespace_budget {
public:
    void put(const model::policy_id& id, const cost& c);
    void erase(const model::policy_id& id);
    bool empty() const { return costs_.empty(); }
    /// Those that do not fit, each with a sentence that says why. Costs nothing while all fit.
    std::map<model::policy_id, std::string> over() const;

private:
    struct sums {
        std::size_t blocks = 0, rules = 0, ports = 0;
        std::unordered_map<std::uint64_t, std::size_t> selectors, wide; // and how many have each
        void add(const cost& c);
        void take_away(const cost& c);
    };
    /// Why they would not fit together; empty: they do.
    static std::string excess(const sums& taken, const cost& more, std::string_view namespace_);

    std::map<model::policy_id, cost> costs_;
    sums sum_;
};

} // namespace nodewall::policy
