// Which row set each live head, in memory: about 80 bytes a head, whatever the lengths of names.
#pragma once

#include "base/sha256.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

namespace nodewall::eventlog {

/// Names one identity. 128 bits of SHA-256, because the names are chosen by tenants: nobody can
/// make two that collide, and so let one object pass for another.
struct head_id {
    std::array<std::uint64_t, 2> bits{};
    bool operator==(const head_id&) const = default;
};

struct head_id_hash {
    using is_avalanching = void; // bits of SHA-256
    std::size_t operator()(const head_id& id) const noexcept { return id.bits[0]; }
};

/// Words that are compared for equality before a row is read: an unequal hash proves a difference,
/// an equal one is confirmed by the row where it matters. The empty text hashes to 0.
inline std::uint64_t quick_hash(std::string_view text) {
    return text.empty() ? 0 : std::hash<std::string_view>{}(text);
}

struct head {
    std::uint64_t seq = 0;
    std::uint64_t uid = 0;              // quick_hash
    std::uint64_t resource_version = 0; // quick_hash
    std::uint64_t stream = 0;           // quick_hash; 0 for an agent event
    std::uint64_t bytes = 0;            // of its body
};

class head_index {
public:
    head_id id_of(std::string_view stream, std::string_view namespace_, std::string_view name);

    /// Valid until the next put or erase.
    const head* find(const head_id& id) const;
    head* find(const head_id& id);
    void put(const head_id& id, const head& h) { heads_[id] = h; }
    void erase(const head_id& id) { heads_.erase(id); }
    void clear() { heads_.clear(); }

    /// The seqs of one stream's objects for which `wanted` holds, ascending.
    std::vector<std::uint64_t> seqs(std::string_view stream,
                                    const std::function<bool(const head_id&)>& wanted) const;
    /// All of them, ascending.
    std::vector<std::uint64_t> seqs() const;
    std::size_t size() const noexcept { return heads_.size(); }
    /// How many have a greater seq.
    std::size_t newer_than(std::uint64_t seq) const;

private:
    // Flat: each event looks its object up, and the nodes of 10,000 are in no cache.
    boost::unordered_flat_map<head_id, head, head_id_hash> heads_;
    sha256_hasher hasher_;
    std::string bytes_;
};

} // namespace nodewall::eventlog
