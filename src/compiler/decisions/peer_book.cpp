#include "compiler/decisions/peer_book.hpp"

#include "base/limits.hpp"
#include "ruleset/unit.hpp"

#include <algorithm>
#include <string>

namespace nodewall::compiler {

namespace {

std::string identity_of(const std::vector<model::cidr>& blocks) {
    std::string text;
    for (const auto& block : blocks) {
        block.append_to(text);
        text += '\n';
    }
    return text;
}

} // namespace

shared_peer_set peer_book::set_of(const model::pod_query& query, model::family f) {
    sweep();
    auto& known = of_queries_[{query, f}];
    auto set = known.lock();
    if (!set) {
        set = std::make_shared<const peer_set>(peer_set{
            ruleset::hashed_set_name(ruleset::purpose::peers, f, query.identity()), f, query});
        known = set;
    }
    return set;
}

sources peer_book::sources_of(const model::peers& peers, model::family f) {
    if (peers.any)
        return sources::everyone(f);
    sources who(f);
    for (const auto& query : peers.pods)
        who.sets.push_back(set_of(query, f));
    keep_each_once(who.sets);
    auto addresses = model::address_set::of(f, peers.blocks);
    if (addresses.everything())
        return sources::everyone(f);
    auto blocks = addresses.blocks();
    if (blocks.size() <= limits::inline_blocks_max) {
        who.blocks = std::move(addresses);
        return who;
    }
    sweep();
    const auto name = ruleset::hashed_set_name(ruleset::purpose::blocks, f, identity_of(blocks));
    auto& known = of_blocks_[name];
    auto set = known.lock();
    if (!set) {
        set = std::make_shared<const peer_set>(peer_set{name, f, std::move(blocks)});
        known = set;
    }
    who.add_set(set);
    return who;
}

std::vector<shared_peer_set> peer_book::sets_of(const model::pod_query& query) const {
    std::vector<shared_peer_set> sets;
    for (const auto f : model::families)
        if (const auto at = of_queries_.find({query, f}); at != of_queries_.end())
            if (auto set = at->second.lock())
                sets.push_back(std::move(set));
    return sets;
}

void peer_book::sweep() {
    if (of_queries_.size() + of_blocks_.size() < sweep_at_)
        return;
    const auto nobody_holds = [](const auto& entry) { return entry.second.expired(); };
    std::erase_if(of_queries_, nobody_holds);
    std::erase_if(of_blocks_, nobody_holds);
    sweep_at_ = 64 + 2 * (of_queries_.size() + of_blocks_.size());
}

} // namespace nodewall::compiler
