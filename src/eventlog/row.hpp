// One row of table `event` as views of its columns: what is hashed, inserted and read, without
// copies.
#pragma once

#include "eventlog/database.hpp"
#include "model/event.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace nodewall::eventlog {

/// The agent event that says what the size cap removed.
inline constexpr std::string_view cut_type = "CUT";

struct row {
    std::uint64_t seq = 0;
    timestamp at{};
    std::optional<timestamp> claimed_at;
    std::string_view stream, type, origin, namespace_, name, uid, resource_version;
    std::optional<std::uint64_t> previous;
    std::string_view body;

    bool concerns_object() const;
    /// An agent event of which the last one is in force: STARTED, CONFIGURED, CUT; LISTED, of each
    /// stream.
    bool in_force() const;
    /// Has a head: an object, or an agent event in force.
    bool has_identity() const { return concerns_object() || in_force(); }
    /// Becomes the head of its identity; of those that have one, only DELETED does not.
    bool sets_head() const;
    /// Moves its stream's cursor to its resource_version; a row of a watch does so only where the
    /// cursor was not forgotten.
    bool moves_cursor() const;
    /// Takes every stream's cursor away: the event CLUSTER.
    bool forgets_cursors() const;
    /// Takes its own stream's cursor away: the event UNSERVED.
    bool forgets_cursor() const;
    /// With stream and name this is the identity. An agent event has its type here, and no name; an
    /// object has a name, so that neither can pass for the other.
    std::string_view identity_namespace() const { return in_force() ? type : namespace_; }
};

row row_of(const model::event& e);
model::event to_event(const row& r, const sha256_digest& digest);

/// The columns in table order, `digest` last, for a SELECT that read_row() reads.
inline constexpr std::string_view row_columns =
    "seq, at, claimed_at, stream, type, origin, namespace, name, uid, resource_version, previous, "
    "body, digest";

/// The current row; its views are valid until next(). A value of a wrong type is errc::damaged: a
/// foreign file may hold anything.
row read_row(const statement::rows& columns);
sha256_digest read_row_digest(const statement::rows& columns);
sha256_digest read_digest(const statement::rows& columns, int column, std::string_view place);

} // namespace nodewall::eventlog
