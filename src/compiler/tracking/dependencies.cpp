#include "compiler/tracking/dependencies.hpp"

#include "base/find.hpp"

#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace nodewall::compiler {

namespace {

enum class subject : std::uint8_t { pod, namespace_pods, owner, nodes };

/// Mixes values into one hash; the order counts, and each text counts as a whole.
class mixer {
public:
    explicit mixer(subject s) { add(static_cast<std::uint64_t>(s)); }

    void add(std::uint64_t value) { boost::hash_combine(hash_, value); }
    void add(std::string_view text) { boost::hash_combine(hash_, text); }
    token get() const { return hash_; }

private:
    std::size_t hash_ = 0;
};

token token_of_key(subject s, const model::object_key& key) {
    mixer m(s);
    m.add(key.namespace_);
    m.add(key.name);
    return m.get();
}

std::vector<token> tokens_of_subjects(const model::policy_id& id, const model::cluster_state& now) {
    std::vector<token> tokens;
    if (const auto* policy = find(now.resolved.policies, id))
        if (const auto* pods = find(now.resolved.queries, policy->subject))
            for (const auto* pod : *pods)
                tokens.push_back(token_of_pod(pod->meta.key));
    return tokens;
}

} // namespace

token token_of_pod(const model::object_key& key) {
    return token_of_key(subject::pod, key);
}

token token_of_namespace_pods(std::string_view namespace_) {
    mixer m(subject::namespace_pods);
    m.add(namespace_);
    return m.get();
}

token token_of_owner(const model::ip_address& address) {
    mixer m(subject::owner);
    m.add(std::string_view(reinterpret_cast<const char*>(address.data()), address.size()));
    return m.get();
}

token token_of_nodes() {
    return mixer(subject::nodes).get();
}

std::vector<token> tokens_of(const model::change& change, const model::cluster_state& now) {
    using what = model::change::what;
    switch (change.kind) {
    case what::pod:
        return {token_of_pod(change.key), token_of_namespace_pods(change.key.namespace_)};
    case what::policy:
        return tokens_of_subjects(change.policy, now);
    case what::address_owner:
        return {token_of_owner(change.address)};
    case what::node:
        return {token_of_nodes()};
    case what::query:
    case what::service:
    case what::everything:
        break;
    }
    return {};
}

void dependency_index::replace(const door_holder& holder, const std::vector<token>& before,
                               const std::vector<token>& after) {
    std::vector<token> differing;
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(differing));
    for (const auto t : differing)
        erase(t, &holder);
    differing.clear();
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(differing));
    for (const auto t : differing)
        dependents_.emplace(t, &holder);
}

void dependency_index::collect(token t, std::set<door_holder>& holders) const {
    const auto [from, to] = dependents_.equal_range(t);
    for (auto at = from; at != to; ++at)
        holders.insert(*at->second);
}

void dependency_index::erase(token t, const door_holder* holder) {
    const auto [from, to] = dependents_.equal_range(t);
    const auto at =
        std::find_if(from, to, [&](const auto& entry) { return entry.second == holder; });
    if (at != to)
        dependents_.erase(at);
}

} // namespace nodewall::compiler
