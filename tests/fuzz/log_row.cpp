// A row of a foreign log file: thirteen columns that hold anything SQLite can store. It is read and
// hashed, or refused as damaged; never anything else.
//
// Input: for each column a type byte (SQLite's code modulo 5), a length byte, and that many bytes.
#include "eventlog/digest.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace nodewall;

class input {
public:
    explicit input(std::string_view bytes) : rest_(bytes) {}
    std::string_view take(std::size_t n) {
        const auto taken = rest_.substr(0, n);
        rest_.remove_prefix(taken.size());
        return taken;
    }
    unsigned byte() {
        const auto taken = take(1);
        return taken.empty() ? 0U : static_cast<unsigned char>(taken[0]);
    }

private:
    std::string_view rest_;
};

// An expression of SQL: the fuzzer's value with the type that it asks for.
std::string expression(input& in) {
    const auto type = in.byte() % 5;
    const auto bytes = in.take(in.byte());
    auto hex = "x'" + to_hex(bytes) + "'";
    switch (type) {
    case 0:
        return "NULL";
    case 1: {
        std::int64_t value = 0;
        std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
        // The smallest integer has no literal.
        return value == INT64_MIN ? "-1" : std::to_string(value);
    }
    case 2:
        return "1.5e3";
    case 3:
        return "CAST(" + hex + " AS TEXT)";
    default:
        return hex;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static eventlog::database db;
    static eventlog::row_digester digester;
    input in({reinterpret_cast<const char*>(data), size});
    std::string sql = "SELECT ";
    for (int column = 0; column < 13; ++column)
        sql += (column == 0 ? "" : ", ") + expression(in);

    eventlog::statement select(db, sql);
    auto rows = select.query();
    rows.next();
    const auto read = eventlog::guarded([&] {
        const auto row = eventlog::read_row(rows);
        return eventlog::to_event(row, eventlog::read_row_digest(rows));
    });
    if (!read) {
        if (!read.error().is(eventlog::errc::damaged))
            std::abort();
        return 0;
    }
    const auto direct = digester(eventlog::no_digest, eventlog::read_row(rows));
    if (digester(eventlog::no_digest, eventlog::row_of(*read)) != direct)
        std::abort();
    return 0;
}
