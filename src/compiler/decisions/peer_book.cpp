#include "compiler/decisions/peer_book.hpp"

#include "base/limits.hpp"
#include "ruleset/unit.hpp"

namespace nodewall::compiler {

namespace {

model::address_set addresses_of(const std::vector<model::ip_block>& blocks, model::family f) {
    // Each block's exceptions are taken out of this block only.
    model::address_set all(f);
    std::vector<model::cidr> whole;
    for (const auto& block : blocks) {
        if (block.except.empty()) {
            whole.push_back(block.block);
            continue;
        }
        auto part = model::address_set::of(f, {block.block});
        part.remove(model::address_set::of(f, block.except));
        all.add(part);
    }
    all.add(model::address_set::of(f, std::move(whole)));
    return all;
}

std::string identity_of(const std::vector<model::cidr>& blocks) {
    std::string text;
    for (const auto& block : blocks) {
        block.append_to(text);
        text += '\n';
    }
    return text;
}

} // namespace

const std::string& peer_book::name_of(const model::pod_query& query, model::family f) {
    const auto [at, fresh] = names_.try_emplace({query, f});
    if (fresh) {
        at->second = ruleset::hashed_set_name(ruleset::purpose::peers, f, query.identity());
        sets_.insert_or_assign(at->second, peer_set{f, query});
    }
    return at->second;
}

sources peer_book::sources_of(const model::peers& peers, model::family f) {
    if (peers.any)
        return sources::everyone(f);
    sources who(f);
    for (const auto& query : peers.pods)
        if (query.pods.invalid.empty() && (!query.namespaces || query.namespaces->invalid.empty()))
            who.add_set(name_of(query, f));
    auto addresses = addresses_of(peers.blocks, f);
    if (addresses.everything())
        return sources::everyone(f);
    auto blocks = addresses.blocks();
    if (blocks.size() <= limits::inline_blocks_max) {
        who.blocks = std::move(addresses);
        return who;
    }
    const auto name =
        ruleset::hashed_set_name(ruleset::purpose::blocks, f, identity_of(blocks));
    sets_.try_emplace(name, peer_set{f, std::move(blocks)});
    who.add_set(name);
    return who;
}

const peer_set* peer_book::find(std::string_view name) const {
    const auto at = sets_.find(name);
    return at == sets_.end() ? nullptr : &at->second;
}

std::vector<std::string> peer_book::names_of(const model::pod_query& query) const {
    std::vector<std::string> names;
    for (const auto f : model::families)
        if (const auto at = names_.find({query, f}); at != names_.end())
            names.push_back(at->second);
    return names;
}

void peer_book::forget(const std::string& name) {
    const auto at = sets_.find(name);
    if (at == sets_.end())
        return;
    if (const auto* query = at->second.query())
        names_.erase({*query, at->second.fam});
    sets_.erase(at);
}

} // namespace nodewall::compiler
