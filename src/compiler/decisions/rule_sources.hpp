// The sources of rules, each resolved once for one state of the cluster: many pods have one policy.
#pragma once

#include "compiler/decisions/peer_book.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <unordered_map>

namespace nodewall::compiler {

/// Points to peers of rules, and to nodes, of that state.
class rule_sources {
public:
    using node_map = std::map<model::object_key, model::node_object>;

    rule_sources(peer_book& book, const node_map& nodes) : book_(book), nodes_(nodes) {}

    const sources& of(const model::peers& who, model::family f) {
        auto& known = known_[static_cast<std::size_t>(f)];
        const auto at = known.find(&who);
        return at != known.end()
                   ? at->second
                   : known.emplace(&who, book_.sources_of(in_addresses(who), f)).first->second;
    }

    sources every_pod(model::family f) {
        sources pods(f);
        pods.add_set(book_.set_of(model::pod_query::everything(), f));
        return pods;
    }

private:
    /// The peers with the nodes among them as the addresses that these have.
    model::peers in_addresses(model::peers who) const {
        if (who.nodes.empty())
            return who;
        for (const auto& [key, node] : nodes_)
            if (std::ranges::any_of(who.nodes, [&labels = node.meta.labels](const auto& selector) {
                    return selector.matches(labels);
                }))
                for (const auto& address : node.addresses)
                    who.blocks.push_back({.block = model::cidr::host(address), .except = {}});
        who.nodes.clear();
        return who;
    }

    peer_book& book_;
    const node_map& nodes_;
    std::array<std::unordered_map<const model::peers*, sources>, model::families.size()> known_;
};

} // namespace nodewall::compiler
