// The names of shared peer sets, and what each of them means: one for each query for pods, and one
// for each union of blocks that is too large to be written out.
#pragma once

#include "compiler/decisions/sources.hpp"
#include "model/pod_query.hpp"
#include "model/tier.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace nodewall::compiler {

struct peer_set {
    model::family fam = model::family::ipv4;
    std::variant<model::pod_query, std::vector<model::cidr>> means;

    const model::pod_query* query() const { return std::get_if<model::pod_query>(&means); }
};

class peer_book {
public:
    /// Its set's name. The set of every pod always has one.
    const std::string& name_of(const model::pod_query& query, model::family f);
    /// Those whom the peers of a rule mean. Costs n log n in the number of blocks.
    sources sources_of(const model::peers& peers, model::family f);

    /// nullptr for a name that the book does not have (any more).
    const peer_set* find(std::string_view name) const;
    /// The sets of a query: none or one for each family.
    std::vector<std::string> names_of(const model::pod_query& query) const;
    /// Forgets a set; its name may come again.
    void forget(const std::string& name);
    std::size_t size() const { return sets_.size(); }
    const auto& sets() const { return sets_; }

private:
    std::map<std::string, peer_set, std::less<>> sets_;
    std::map<std::pair<model::pod_query, model::family>, std::string> names_;
};

} // namespace nodewall::compiler
