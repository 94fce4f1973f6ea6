// What the compilation of a Service's or pod's doors looked at, and who must be compiled again when
// it changes.
#pragma once

#include "compiler/doors/door_holder.hpp"
#include "model/cluster_state.hpp"

#include <cstdint>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nodewall::compiler {

/// One thing that can change, as a 64-bit hash: 8 bytes for each look. Two things of equal hash
/// cause a compilation too many, never one too few; no token reaches any output.
using token = std::uint64_t;

token token_of_pod(const model::object_key& key);
token token_of_namespace_pods(std::string_view namespace_); // any pod of the namespace
token token_of_owner(const model::ip_address& address);
token token_of_nodes(); // any Node

/// The tokens that a change, which led to `now`, touches; none for a change that no compilation
/// looks at by token. A policy is looked at as part of each pod that it selects: a token for each
/// policy beside each Service would be a product. (Pods that it selects no longer have changed
/// themselves.)
std::vector<token> tokens_of(const model::change& change, const model::cluster_state& now);

/// The reverse index. Holds pointers to holders: the caller keeps them alive until it
/// has replaced their tokens by none.
class dependency_index {
public:
    /// Both lists sorted and unique; costs what differs between them.
    void replace(const door_holder& holder, const std::vector<token>& before,
                 const std::vector<token>& after);

    /// Adds the holders that looked at `t`.
    void collect(token t, std::set<door_holder>& holders) const;

private:
    void erase(token t, const door_holder* holder);

    std::unordered_multimap<token, const door_holder*> dependents_;
};

} // namespace nodewall::compiler
