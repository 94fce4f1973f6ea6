// The sources of rules, each resolved once for one state of the cluster: many pods have one policy.
#pragma once

#include "compiler/decisions/peer_book.hpp"

#include <array>
#include <cstddef>
#include <unordered_map>

namespace nodewall::compiler {

/// Points to peers of rules of that state.
class rule_sources {
public:
    explicit rule_sources(peer_book& book) : book_(book) {}

    const sources& of(const model::peers& who, model::family f) {
        auto& known = known_[static_cast<std::size_t>(f)];
        const auto at = known.find(&who);
        return at != known.end() ? at->second
                                 : known.emplace(&who, book_.sources_of(who, f)).first->second;
    }

    sources every_pod(model::family f) {
        sources pods(f);
        pods.add_set(book_.set_of(model::pod_query::everything(), f));
        return pods;
    }

private:
    peer_book& book_;
    std::array<std::unordered_map<const model::peers*, sources>, model::families.size()> known_;
};

} // namespace nodewall::compiler
