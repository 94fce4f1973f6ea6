#include "eventlog/fold.hpp"

#include <algorithm>

namespace nodewall::eventlog {

std::string fold::identity(const row& r) {
    std::string key;
    for (const auto part : {r.stream, r.identity_namespace(), r.name}) {
        key += part;
        key += '\0';
    }
    return key;
}

std::optional<std::uint64_t> fold::head_before(const row& r) const {
    const auto at = r.has_identity() ? heads_.find(identity(r)) : heads_.end();
    return at == heads_.end() ? std::nullopt : std::optional(at->second);
}

void fold::apply(const row& r) {
    if (r.sets_head())
        heads_[identity(r)] = r.seq;
    else if (r.has_identity())
        heads_.erase(identity(r));
    if (r.forgets_cursors())
        cursors_.clear();
    if (r.forgets_cursor())
        cursors_.erase(std::string(r.stream));
    if (r.moves_cursor() && (r.in_force() || !cursor_forgotten(r.stream)))
        cursors_[std::string(r.stream)] = {std::string(r.resource_version), r.seq};
}

bool fold::cursor_forgotten(std::string_view stream) const {
    const row list{.stream = stream, .type = model::event_type::listed};
    return !cursors_.contains(std::string(stream)) && heads_.contains(identity(list));
}

std::vector<std::uint64_t> fold::heads() const {
    std::vector<std::uint64_t> seqs;
    for (const auto& [identity, seq] : heads_)
        seqs.push_back(seq);
    std::ranges::sort(seqs);
    return seqs;
}

} // namespace nodewall::eventlog
