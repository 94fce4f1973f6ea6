// What the rows alone say that heads, cursors and links must be: written for verify, naively and
// apart from the ledger, so that each checks the other.
#pragma once

#include "eventlog/row.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::eventlog {

class fold {
public:
    /// Where the row's object stood before it.
    std::optional<std::uint64_t> head_before(const row& r) const;
    void apply(const row& r);

    /// Seqs of the heads, ascending.
    std::vector<std::uint64_t> heads() const;
    struct cursor {
        std::string resource_version;
        std::uint64_t seq = 0; // the row that set it
    };
    const std::map<std::string, cursor>& cursors() const noexcept { return cursors_; }

private:
    static std::string identity(const row& r);
    bool cursor_forgotten(std::string_view stream) const;

    std::map<std::string, std::uint64_t> heads_;
    std::map<std::string, cursor> cursors_;
};

} // namespace nodewall::eventlog
