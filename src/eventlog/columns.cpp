#include "eventlog/columns.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <array>

namespace nodewall::eventlog {

namespace {

// SQLite's own codes of the storage classes.
constexpr char type_integer = 1, type_text = 3, type_null = 5;
constexpr std::size_t length_bytes = 8, column_count = 12;

std::array<char, length_bytes> bytes_of(std::uint64_t value) {
    std::array<char, length_bytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
}

void put_head(std::string& to, char type, std::uint64_t length) {
    std::array<char, 1 + length_bytes> head{type};
    std::ranges::copy(bytes_of(length), head.begin() + 1);
    to.append(head.data(), head.size());
}

void put(std::string& to, std::uint64_t value) {
    put_head(to, type_integer, length_bytes);
    to.append(bytes_of(value).data(), length_bytes);
}

void put(std::string& to, timestamp value) {
    put(to, static_cast<std::uint64_t>(value.time_since_epoch().count()));
}

void put(std::string& to, std::string_view value) {
    put_head(to, type_text, value.size());
    to += value;
}

template <class T> void put(std::string& to, const std::optional<T>& value) {
    if (value)
        return put(to, *value);
    put_head(to, type_null, 0);
}

std::uint64_t read_u64(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < length_bytes; ++i)
        value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return value;
}

[[noreturn]] void fail_as_no_row() {
    fail(errc::damaged, "these bytes are no row of a log");
}

struct column {
    char type = type_null;
    std::string_view bytes;

    std::uint64_t integer() const {
        if (type != type_integer || bytes.size() != length_bytes)
            fail_as_no_row();
        return read_u64(bytes);
    }
    timestamp time() const {
        return timestamp(std::chrono::nanoseconds(static_cast<std::int64_t>(integer())));
    }
    std::uint64_t seq() const {
        const auto value = integer();
        if (value == 0 || value > INT64_MAX)
            fail_as_no_row();
        return value;
    }
    std::string_view text() const {
        if (type != type_text)
            fail_as_no_row();
        return bytes;
    }
    bool is_null() const { return type == type_null && bytes.empty(); }
};

std::optional<column> take(std::string_view& from) {
    if (from.size() < 1 + length_bytes)
        return std::nullopt;
    const auto length = read_u64(from.substr(1));
    if (length > limits::frame_bytes_max)
        fail_as_no_row();
    if (from.size() < 1 + length_bytes + length)
        return std::nullopt;
    const column taken{from[0], from.substr(1 + length_bytes, length)};
    from.remove_prefix(1 + length_bytes + length);
    return taken;
}

} // namespace

void put_columns(std::string& to, const row& r) {
    put(to, r.seq);
    put(to, r.at);
    put(to, r.claimed_at);
    for (const auto text :
         {r.stream, r.type, r.origin, r.namespace_, r.name, r.uid, r.resource_version})
        put(to, text);
    put(to, r.previous);
    put(to, r.body);
}

std::optional<row> take_columns(std::string_view& from) {
    auto rest = from;
    std::array<column, column_count> columns;
    for (auto& c : columns) {
        const auto taken = take(rest);
        if (!taken)
            return std::nullopt;
        c = *taken;
    }
    const auto* next = columns.data();
    row r;
    r.seq = next++->seq();
    r.at = next++->time();
    if (const auto& claimed_at = *next++; !claimed_at.is_null())
        r.claimed_at = claimed_at.time();
    for (auto* text :
         {&r.stream, &r.type, &r.origin, &r.namespace_, &r.name, &r.uid, &r.resource_version})
        *text = next++->text();
    if (const auto& previous = *next++; !previous.is_null())
        r.previous = previous.seq();
    r.body = next->text();
    from = rest;
    return r;
}

} // namespace nodewall::eventlog
