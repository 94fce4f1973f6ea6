#include "eventlog/head_index.hpp"

#include <algorithm>

namespace nodewall::eventlog {

head_id head_index::id_of(std::string_view stream, std::string_view namespace_,
                          std::string_view name) {
    bytes_.clear();
    for (const auto part : {stream, namespace_, name}) {
        // With its length before it, so that no two identities give the same bytes.
        bytes_ += std::to_string(part.size());
        bytes_ += ':';
        bytes_ += part;
    }
    hasher_.update(bytes_);
    const auto digest = hasher_.finish();
    head_id id;
    std::memcpy(id.bits.data(), digest.data(), sizeof id.bits);
    return id;
}

const head* head_index::find(const head_id& id) const {
    const auto at = heads_.find(id);
    return at == heads_.end() ? nullptr : &at->second;
}

head* head_index::find(const head_id& id) {
    const auto at = heads_.find(id);
    return at == heads_.end() ? nullptr : &at->second;
}

std::vector<std::uint64_t>
head_index::seqs(std::string_view stream, const std::function<bool(const head_id&)>& wanted) const {
    const auto hash = quick_hash(stream);
    std::vector<std::uint64_t> found;
    for (const auto& [id, h] : heads_)
        if (h.stream == hash && wanted(id))
            found.push_back(h.seq);
    std::ranges::sort(found);
    return found;
}

std::size_t head_index::newer_than(std::uint64_t seq) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(heads_, [&](const auto& entry) { return entry.second.seq > seq; }));
}

std::vector<std::uint64_t> head_index::seqs() const {
    std::vector<std::uint64_t> found;
    found.reserve(heads_.size());
    for (const auto& [id, h] : heads_)
        found.push_back(h.seq);
    std::ranges::sort(found);
    return found;
}

} // namespace nodewall::eventlog
