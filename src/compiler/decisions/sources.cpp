#include "compiler/decisions/sources.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nodewall::compiler {

sources sources::everyone(model::family f) {
    sources all(f);
    all.anyone = true;
    return all;
}

void sources::add(const sources& other) {
    if (anyone)
        return;
    if (other.anyone || other.blocks.everything()) {
        *this = everyone(blocks.fam());
        return;
    }
    std::vector<std::string> united;
    std::ranges::set_union(sets, other.sets, std::back_inserter(united));
    sets = std::move(united);
    blocks.add(other.blocks);
    if (blocks.everything())
        *this = everyone(blocks.fam());
}

void sources::add_set(const std::string& name) {
    const auto at = std::ranges::lower_bound(sets, name);
    if (!anyone && (at == sets.end() || *at != name))
        sets.insert(at, name);
}

void sources::add_address(const model::ip_address& address) {
    if (!anyone)
        blocks.add(model::cidr::host(address));
}

std::optional<ruleset::source_in> sources::as_match() const {
    if (anyone)
        return std::nullopt;
    return ruleset::source_in{.sets = sets, .blocks = blocks.blocks()};
}

} // namespace nodewall::compiler
