#include "eventlog/row.hpp"

#include "model/kind.hpp"

#include <algorithm>
#include <array>

namespace nodewall::eventlog {

namespace event_type = model::event_type;

namespace {

constexpr int seq_column = 0, at_column = 1, claimed_at_column = 2, stream_column = 3,
              previous_column = 10, body_column = 11, digest_column = 12;

std::string place_of(const statement::rows& columns) {
    return "event " + std::to_string(columns.integer(seq_column));
}

timestamp read_time(const statement::rows& columns, int column) {
    if (!columns.is_integer(column))
        fail(errc::damaged, place_of(columns) + ": a time is no integer");
    return timestamp(std::chrono::nanoseconds(columns.integer(column)));
}

std::uint64_t read_seq(const statement::rows& columns, int column) {
    if (!columns.is_integer(column) || columns.integer(column) < 1)
        fail(errc::damaged, place_of(columns) + ": a seq is no positive integer");
    return static_cast<std::uint64_t>(columns.integer(column));
}

std::string_view read_text(const statement::rows& columns, int column) {
    if (!columns.is_text(column))
        fail(errc::damaged, place_of(columns) + ": a text column holds no text");
    return columns.bytes(column);
}

} // namespace

bool row::concerns_object() const {
    return type == event_type::added || type == event_type::modified || type == event_type::deleted;
}

bool row::in_force() const {
    return type == event_type::listed ||
           (stream == model::agent_stream &&
            (type == event_type::started || type == event_type::configured || type == cut_type));
}

bool row::sets_head() const {
    return has_identity() && type != event_type::deleted;
}

bool row::moves_cursor() const {
    return !resource_version.empty() &&
           (type == event_type::listed || origin == model::event_origin::watch);
}

bool row::forgets_cursors() const {
    return type == event_type::cluster && stream == model::agent_stream;
}

bool row::forgets_cursor() const {
    return type == event_type::unserved && stream != model::agent_stream;
}

row row_of(const model::event& e) {
    return {e.seq,        e.at,   e.claimed_at, e.stream,           e.type,     e.origin,
            e.namespace_, e.name, e.uid,        e.resource_version, e.previous, e.body};
}

model::event to_event(const row& r, const sha256_digest& digest) {
    return {r.seq,
            r.at,
            r.claimed_at,
            std::string(r.stream),
            std::string(r.type),
            std::string(r.origin),
            std::string(r.namespace_),
            std::string(r.name),
            std::string(r.uid),
            std::string(r.resource_version),
            r.previous,
            std::string(r.body),
            digest};
}

row read_row(const statement::rows& columns) {
    row r;
    r.seq = read_seq(columns, seq_column);
    r.at = read_time(columns, at_column);
    if (!columns.is_null(claimed_at_column))
        r.claimed_at = read_time(columns, claimed_at_column);
    int column = stream_column;
    for (auto* text :
         {&r.stream, &r.type, &r.origin, &r.namespace_, &r.name, &r.uid, &r.resource_version})
        *text = read_text(columns, column++);
    if (!columns.is_null(previous_column))
        r.previous = read_seq(columns, previous_column);
    r.body = read_text(columns, body_column);
    return r;
}

sha256_digest read_row_digest(const statement::rows& columns) {
    return read_digest(columns, digest_column, place_of(columns));
}

sha256_digest read_digest(const statement::rows& columns, int column, std::string_view place) {
    const auto bytes = columns.bytes(column);
    sha256_digest digest{};
    if (bytes.size() != digest.size())
        fail(errc::damaged, std::string(place) + ": a digest has not 32 bytes");
    std::ranges::copy(bytes, digest.begin());
    return digest;
}

} // namespace nodewall::eventlog
