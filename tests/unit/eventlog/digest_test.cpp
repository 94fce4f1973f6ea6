// The digest, redone by another hand; and the worked example of schema/EVENT_LOG.md.
#include "eventlog/digest.hpp"
#include "fixture.hpp"

#include <boost/json/parse.hpp>

#include <fstream>

namespace nodewall::eventlog {

namespace {

using boost::json::value;

std::string little_endian(std::uint64_t n) {
    std::string bytes;
    for (int i = 0; i < 8; ++i, n /= 256)
        bytes += static_cast<char>(n % 256);
    return bytes;
}

// As schema/EVENT_LOG.md says it, column by column, from JSON.
std::string chained_by_hand(const std::string& previous_hex, const boost::json::object& columns) {
    const auto previous = digest_from_hex(previous_hex).value();
    std::string bytes(previous.begin(), previous.end());
    for (const auto* name : {"seq", "at", "claimed_at", "stream", "type", "origin", "namespace",
                             "name", "uid", "resource_version", "previous", "body"}) {
        const value& column = columns.at(name);
        if (column.is_null())
            bytes += "\x05" + little_endian(0);
        else if (column.is_int64())
            bytes += "\x01" + little_endian(8) +
                     little_endian(static_cast<std::uint64_t>(column.as_int64()));
        else
            bytes += "\x03" + little_endian(column.as_string().size()) + column.as_string().c_str();
    }
    return to_hex(sha256(bytes));
}

boost::json::object columns_of(const model::event& e) {
    const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
    return {
        {"seq", number(e.seq)},
        {"at", e.at.time_since_epoch().count()},
        {"claimed_at", e.claimed_at ? value(e.claimed_at->time_since_epoch().count()) : value()},
        {"stream", e.stream},
        {"type", e.type},
        {"origin", e.origin},
        {"namespace", e.namespace_},
        {"name", e.name},
        {"uid", e.uid},
        {"resource_version", e.resource_version},
        {"previous", e.previous ? value(number(*e.previous)) : value()},
        {"body", e.body}};
}

// The rows of the fenced block after "worked example", one JSON object a line.
std::vector<boost::json::object> example_rows() {
    std::ifstream file(NODEWALL_SOURCE_ROOT "/schema/EVENT_LOG.md");
    std::vector<boost::json::object> rows;
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("{\"seq\":"))
            rows.push_back(boost::json::parse(line).as_object());
    return rows;
}

const std::string nothing_before(64, '0');

} // namespace

TEST(Digest, ChainsEachRowToTheOneBefore) {
    told_clock clock;
    const auto log = make_memory_log(clock.function());
    append(*log, watch({added("a", "u1", "5"), modified("a", "u1", "6")}));
    append(*log, model::imported_objects{{{"pods", added("b", "", ""), seconds(-5)}}});
    append(*log, act("APPLIED", R"({"text":"ü\u0000"})"));
    auto before = nothing_before;
    for (const auto& e : all_events(*log)) {
        EXPECT_EQ(to_hex(e.digest), chained_by_hand(before, columns_of(e))) << line(e);
        before = to_hex(e.digest);
    }
}

TEST(Digest, TellsApartRowsWhoseTextsOnlyMoved) {
    row_digester digest;
    const row a{.seq = 1, .namespace_ = "ab", .name = "c"};
    const row b{.seq = 1, .namespace_ = "a", .name = "bc"};
    EXPECT_NE(digest(no_digest, a), digest(no_digest, b));
}

TEST(Digest, TheWorkedExampleOfTheFormatIsRight) {
    const auto rows = example_rows();
    ASSERT_GE(rows.size(), 4);
    auto before = nothing_before;
    for (const auto& columns : rows) {
        before = chained_by_hand(before, columns);
        EXPECT_EQ(before, columns.at("digest").as_string().c_str()) << columns.at("seq");
    }
}

} // namespace nodewall::eventlog
