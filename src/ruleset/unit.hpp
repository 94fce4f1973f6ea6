// The parts that a ruleset is made of. A unit is what is compiled at once and shared between
// rulesets:
//
//   "chain/ipv4/NW-DOORS"                        one fixed chain
//   "set/ipv4/NW-PEERS-4-0123456789abcdef"       a set or a dispatch map, without its members
//   "members/ipv4/NW-PEERS-4-0123.../10.42.0.0/24"  members of a peer set within one block (a set
//   of
//                                                another purpose has one such unit, for everything)
//   "decision/ipv4/NW-D-0123456789abcdef"        one decision: the chain that an entry leads to,
//   and
//                                                the chains of its further stages
//   "door/ipv4/nodeport/TCP/30051"               one entry of a dispatch map, and its decision
#pragma once

#include "base/sha256.hpp"
#include "model/kind.hpp"
#include "ruleset/rule.hpp"
#include "ruleset/set.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nodewall::ruleset {

/// Why something is in the ruleset: an object and the event that made it so.
struct cause {
    std::string kind; // "Service", "NetworkPolicy"
    model::object_key key;
    std::uint64_t seq = 0;
    auto operator<=>(const cause&) const = default;
};

struct members {
    std::string set;
    key_type type = key_type::address;
    std::vector<key> keys; // ascending, each once
    bool operator==(const members&) const = default;
};
/// A decision is named by its content: the first chain bears the name of decision_name(), the
/// further ones that name with "-1", "-2".
struct decision {
    std::vector<chain> chains; // at least one
    bool operator==(const decision&) const = default;
    const std::string& name() const { return chains.front().name; }
};
struct entry {
    std::string map;
    key_type type = key_type::port;
    key at;
    std::string decision;
    bool operator==(const entry&) const = default;
};
using unit_content = std::variant<chain, set, members, decision, entry>;

/// A digest that is computed when it is first asked for, by whichever thread. A copy, which may go
/// its own way, begins anew.
class late_digest {
public:
    late_digest() = default;
    late_digest(const late_digest&) noexcept {}
    late_digest& operator=(const late_digest&) noexcept {
        known_.reset();
        return *this;
    }
    ~late_digest() = default;

    template <class Compute> sha256_digest get(Compute compute) const {
        const std::lock_guard lock(mutex_);
        if (!known_)
            known_ = compute();
        return *known_;
    }

private:
    mutable std::mutex mutex_;
    mutable std::optional<sha256_digest> known_;
};

struct unit {
    std::string name;
    model::family fam = model::family::ipv4;
    unit_content content;
    /// Provenance: in no digest. Of many policies the first limits::policies_cited_max.
    std::vector<cause> causes;
    late_digest digest_of_text;

    /// Whether both put the same into the kernel: equal texts, and so equal digests.
    bool same_content(const unit& other) const { return content == other.content; }
    /// SHA-256 of text(). Takes time for the first who asks; of a unit that does not change.
    sha256_digest digest() const;
    /// Canonical text: lines, sorted where order means nothing.
    std::string text() const;
    std::size_t rule_count() const;
    std::size_t member_count() const; // entries of dispatch maps count too
};

// Units under the names that are told above; each sorts what has no order and makes the unit
// immutable.
std::shared_ptr<const unit> make_unit(model::family f, chain content);
std::shared_ptr<const unit> make_unit(set content);
/// `block`: the part of the set that these are the members of, as model::members_block() cuts it;
/// nothing: all of them.
std::shared_ptr<const unit> make_unit(model::family f, members content,
                                      const std::optional<model::cidr>& block);
std::shared_ptr<const unit> make_unit(model::family f, decision content, std::vector<cause> causes);
/// `name` as model::front_door::unit_name() gives it.
std::shared_ptr<const unit> make_unit(std::string name, model::family f, entry content,
                                      std::vector<cause> causes);

std::string set_unit_name(model::family f, std::string_view set);
std::string members_unit_name(model::family f, std::string_view set,
                              const std::optional<model::cidr>& block);

/// "NW-D-" and 16 hexadecimal digits of the SHA-256 of the chains' text, in which the chains are
/// called by their numbers. Names the chains, and the go_to of their rules, accordingly. At the
/// call a rule leads to stage N of its own decision by go_to{"N"} (decimal).
decision named_by_content(std::vector<std::vector<rule>> stages);

/// "NW-PEERS-4-" or "NW-BLOCKS-4-" and 16 hexadecimal digits of the SHA-256 of `identity`.
std::string hashed_set_name(purpose p, model::family f, std::string_view identity);

} // namespace nodewall::ruleset
