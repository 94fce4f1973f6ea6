// The size cap: the oldest events go, what the heads need stays, and verify still knows the chain.
#include "eventlog/database.hpp"
#include "fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

namespace nodewall::eventlog {

using testing::IsEmpty;

namespace {

class SizeCap : public testing::Test {
protected:
    void open(std::uint64_t bytes_max) {
        log_ =
            open_writer(
                {.path = path_, .now = clock_.function(), .create = true, .bytes_max = bytes_max})
                .value();
    }

    /// `n` changes of 20 pods, in groups of 50, 4 kB each; every seventh is an end.
    result<void> change(int n) {
        const std::string content(4000, 'c');
        for (int i = 0; i < n;) {
            model::watch_events group{"pods", {}};
            for (int j = 0; j < 50; ++j, ++i, ++version_) {
                const auto name = std::to_string(version_ % 20);
                auto changed = object(name, "u" + name, std::to_string(version_), content);
                changed.namespace_ = namespace_;
                group.events.push_back(
                    {version_ % 7 == 0 ? action::deleted : action::modified, changed});
            }
            const model::append_request request = group;
            if (const auto done = log_->append({&request, 1}); !done)
                return done.error();
        }
        return {};
    }

    std::uintmax_t bytes() const {
        const auto wal = path_ + "-wal";
        return std::filesystem::file_size(path_) +
               (std::filesystem::exists(wal) ? std::filesystem::file_size(wal) : 0);
    }

    scratch_folder folder_;
    told_clock clock_;
    std::string path_ = folder_ / "log.db";
    std::unique_ptr<log_writer> log_;
    int version_ = 1;
    std::string namespace_; // of what changes; empty: none, and so history that is only cut
};

constexpr std::uint64_t megabytes = 1U << 20U;

std::map<std::string, std::string> folded(const std::vector<model::event>& events) {
    std::map<std::string, std::string> state;
    for (const auto& e : events) {
        if (e.type == "DELETED")
            state.erase(e.name);
        else if (e.concerns_object())
            state[e.name] = e.resource_version;
    }
    return state;
}

} // namespace

TEST_F(SizeCap, KeepsTheFileSmallAndTheLogWhole) {
    open(24 * megabytes);
    append(*log_, act("CONFIGURED", R"({"node":"n"})"));
    append(*log_, watch({added("still", "u0", "0")}));
    append(*log_, model::listed_objects{.stream = "services", .resource_version = "8"});
    append(*log_, model::cluster_changed{"k1", "k2", "because"});
    append(*log_, model::listed_objects{.stream = "widgets", .resource_version = "9"});
    append(*log_, model::kind_unserved{"widgets", "because"});
    append(*log_, model::watch_events{"nodes", {bookmark("77")}});
    ASSERT_TRUE(change(12000)); // 48 MB
    EXPECT_LT(bytes(), 24 * megabytes + megabytes);
    EXPECT_GT(log_->beginning().value(), 1000);
    EXPECT_THAT(problems(path_), IsEmpty());

    const auto heads = live(*log_);
    EXPECT_THAT(heads, testing::Contains("2 nodewall CONFIGURED agent"));
    EXPECT_THAT(heads, testing::Contains("3 pods ADDED watch ns/still u0 0"));
    EXPECT_EQ(log_->cursor("nodes").value(), "77");
    EXPECT_EQ(log_->cursor("widgets").value(), std::nullopt);

    log_.reset();
    open(24 * megabytes);
    ASSERT_TRUE(change(2000));
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(SizeCap, LeavesEveryStateFromTheBeginningOnAsItWas) {
    open(1024 * megabytes);
    append(*log_, watch({added("still", "u0", "0")}));
    ASSERT_TRUE(change(6000));
    const auto before = all_events(*log_);
    log_.reset();
    open(20 * megabytes);
    append(*log_, act("APPLIED"));

    const auto beginning = log_->beginning().value();
    ASSERT_GT(beginning, 1);
    const auto after = all_events(*log_);
    ASSERT_LT(after.size(), before.size());
    for (const auto point : {beginning, beginning + 1, beginning + 700}) {
        const auto until = [&](std::vector<model::event> events) {
            std::erase_if(events, [&](const auto& e) { return e.seq > point; });
            return folded(events);
        };
        EXPECT_EQ(until(after), until(before)) << point;
    }
    const auto first_second = before.at(0).at;
    EXPECT_TRUE(log_->seq_at(first_second).error().is(errc::no_such_point));
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(SizeCap, ShrinksTheFileWhenItIsLowered) {
    open(1024 * megabytes);
    ASSERT_TRUE(change(8000));
    log_.reset();
    open(16 * megabytes);
    ASSERT_TRUE(change(8000));
    EXPECT_LT(std::filesystem::file_size(path_), 16 * megabytes);
    EXPECT_THAT(problems(path_), IsEmpty());
}

TEST_F(SizeCap, LiveObjectsBeyondTheirRoomAreRecordedAsUnreadAndNothingElseStops) {
    open(12 * megabytes);
    const std::string content(4000, 'c');
    model::listed_objects all{.stream = "pods", .resource_version = "9"};
    for (int i = 0; i < 1000; ++i)
        all.objects.push_back(object(std::to_string(i), "u", "1", content));
    append(*log_, all);
    std::size_t unread = 0;
    for (const auto& e : all_events(*log_))
        if (e.body.find(R"("!unread":{"reason":"no room in the log)") != std::string::npos) {
            EXPECT_NE(e.body.find("of namespace ns take more than an equal share"),
                      std::string::npos);
            ++unread;
        }
    EXPECT_GT(unread, 600U);
    EXPECT_LT(unread, 1000U);
    EXPECT_EQ(append(*log_, all).added, 1U) << "the same list again is LISTED alone";
    append(*log_, act("APPLIED"));

    // Another namespace takes less than its share, so it has room.
    auto other = object("a", "u2", "10", content);
    other.namespace_ = "quiet";
    append(*log_, watch({{action::added, other}}));
    EXPECT_EQ(all_events(*log_).back().body, other.body);
    append(*log_, watch({modified("7", "u", "11")})); // what shrinks always has room
    EXPECT_EQ(all_events(*log_).back().body, object("7", "u", "11").body);
    EXPECT_THAT(problems(path_), IsEmpty());
    log_.reset();
    open(12 * megabytes);
    other.name = "b";
    append(*log_,
           watch({{action::added, other}, {action::added, object("new", "u9", "12", content)}}));
    const auto last = all_events(*log_);
    EXPECT_EQ(last[last.size() - 2].body, other.body);
    EXPECT_TRUE(last.back().body.starts_with("{\"!unread\""));
}

} // namespace nodewall::eventlog
