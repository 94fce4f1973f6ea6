// What the kernel shall hold, as a value in no backend's words. The digest of a ruleset is SHA-256
// over the lines "UNIT HEX\n", sorted, HEX the SHA-256 of the unit's text. Provenance, sequence
// numbers, and what a backend gives out itself (slots, set indexes, counters) are in neither.
#pragma once

#include "ruleset/unit.hpp"
#include "ruleset/unit_map.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nodewall::ruleset {

/// Every chain and set of ours begins with this.
inline constexpr std::string_view prefix = "NW-";
inline constexpr std::string_view chain_prerouting = "NW-PREROUTING"; // at hook::prerouting
inline constexpr std::string_view chain_doors = "NW-DOORS";

class ruleset {
public:
    const unit_map& units() const noexcept { return units_; }
    void put(std::shared_ptr<const unit> u);
    void erase(std::string_view name);

    /// "UNIT HEX\n" for each unit, sorted: `sha256sum` over it gives digest().
    std::string digest_lines() const;
    sha256_digest digest() const;

    std::size_t rule_count() const noexcept { return rules_; }
    std::size_t member_count() const noexcept { return members_; }

private:
    void forget(const unit& u);

    unit_map units_;
    std::size_t rules_ = 0, members_ = 0; // in all units together
};

} // namespace nodewall::ruleset
