#include "eventlog/digest.hpp"

namespace nodewall::eventlog {

namespace {

// SQLite's own codes of the storage classes.
constexpr char type_integer = 1, type_text = 3, type_null = 5;

void put_u64(std::string& to, std::uint64_t value) {
    for (int i = 0; i < 8; ++i)
        to += static_cast<char>(value >> (8 * i) & 0xff);
}

void put(std::string& to, std::uint64_t value) {
    to += type_integer;
    put_u64(to, 8);
    put_u64(to, value);
}

void put(std::string& to, timestamp value) {
    put(to, static_cast<std::uint64_t>(value.time_since_epoch().count()));
}

void put(std::string& to, std::string_view value) {
    to += type_text;
    put_u64(to, value.size());
    to += value;
}

template <class T> void put(std::string& to, const std::optional<T>& value) {
    if (value)
        return put(to, *value);
    to += type_null;
    put_u64(to, 0);
}

} // namespace

sha256_digest row_digester::operator()(const sha256_digest& previous, const row& r) {
    bytes_.assign(previous.begin(), previous.end());
    put(bytes_, r.seq);
    put(bytes_, r.at);
    put(bytes_, r.claimed_at);
    for (const auto text :
         {r.stream, r.type, r.origin, r.namespace_, r.name, r.uid, r.resource_version})
        put(bytes_, text);
    put(bytes_, r.previous);
    put(bytes_, r.body);
    hasher_.update(bytes_);
    return hasher_.finish();
}

} // namespace nodewall::eventlog
