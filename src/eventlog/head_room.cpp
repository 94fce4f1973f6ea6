#include "eventlog/head_room.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::eventlog {

std::string head_room::lacking(std::string_view namespace_, std::uint64_t before,
                               std::uint64_t after) const {
    if (namespace_.empty() || after <= before || total_ + (after - before) <= budget_)
        return {};
    const auto found = bytes_.find(namespace_);
    const auto namespaces = bytes_.size() + (found == bytes_.end() ? 1 : 0);
    const auto share = budget_ / namespaces;
    const auto taken = found == bytes_.end() ? 0 : found->second;
    if (taken + (after - before) <= share)
        return {};
    return fmt::format("no room in the log: live objects may take {} bytes, and those of namespace "
                       "{} take more than an equal share; raise log.maxBytes, or remove objects of "
                       "that namespace",
                       budget_, namespace_);
}

void head_room::take(std::string_view namespace_, std::uint64_t bytes) {
    total_ += bytes;
    if (namespace_.empty())
        return;
    const auto found = bytes_.find(namespace_);
    if (found == bytes_.end())
        bytes_.emplace(namespace_, bytes);
    else
        found->second += bytes;
}

void head_room::release(std::string_view namespace_, std::uint64_t bytes) {
    total_ -= std::min(bytes, total_);
    const auto found = bytes_.find(namespace_);
    if (found == bytes_.end())
        return;
    found->second -= std::min(bytes, found->second);
    if (found->second == 0)
        bytes_.erase(found);
}

void head_room::clear() {
    total_ = 0;
    bytes_.clear();
}

} // namespace nodewall::eventlog
