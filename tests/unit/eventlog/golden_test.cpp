// A log of every released schema still opens, says the same, is whole, and goes on.
#include "fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sqlite3.h>
#include <sstream>

namespace nodewall::eventlog {

namespace {

const std::filesystem::path golden = NODEWALL_SOURCE_ROOT "/tests/golden/logs";

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void load(const std::filesystem::path& dump, const std::string& path) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, content(dump).c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
}

} // namespace

class GoldenLog : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Logs, GoldenLog, testing::Values("1.0", "1.1"), [](const auto& version) {
    return "OfFormat" + std::string(1, version.param.front()) + "_" + version.param.back();
});

TEST_P(GoldenLog, OpensSaysTheSameAndGoesOn) {
    scratch_folder folder;
    const auto path = folder / "log.db";
    load(golden / (GetParam() + ".sql"), path);
    EXPECT_EQ(problems(path), std::vector<std::string>{});

    std::string text;
    for (const auto& l : lines(*open_reader(path).value()))
        text += l + "\n";
    EXPECT_EQ(text, content(golden / (GetParam() + ".txt")));

    told_clock clock;
    const auto log = open_new(path, clock);
    const auto outcome = append(*log, relist("3000", {}));
    EXPECT_EQ(outcome.objects_deleted, 1) << "the pod that was live";
    EXPECT_EQ(log->cursor("pods").value(), "3000");
    EXPECT_EQ(problems(path), std::vector<std::string>{});
}

} // namespace nodewall::eventlog
