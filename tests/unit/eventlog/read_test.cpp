// What a reader gets: the same from the log on disk and its twin in memory.
#include "fixture.hpp"

#include <gmock/gmock.h>

namespace nodewall::eventlog {

using testing::ElementsAre;
using testing::IsEmpty;

class EachReader : public log_on_disk_and_in_memory {
protected:
    EachReader() {
        // Times: genesis and then one second for each append.
        start_ = all_events(*log_)[0].at;
        append(*log_, watch({added("a", "u1", "5"), added("b", "u2", "6")}));
        append(*log_, model::watch_events{"services", {added("a", "u3", "7")}});
        append(*log_, model::imported_objects{{{"pods", added("c", "u4", "8"), seconds(1000)}}});
        append(*log_, watch({deleted("a", "u1", "9")}));
        append(*log_, act("APPLIED"));
    }

    timestamp start_;
};

INSTANTIATE_TEST_SUITE_P(Logs, EachReader, testing::Bool(), name_of_log);

std::vector<std::uint64_t> seqs(const log_reader& log, const event_filter& which,
                                std::size_t limit = SIZE_MAX) {
    std::vector<std::uint64_t> all;
    for (const auto& e : log.read(which, limit).value())
        all.push_back(e.seq);
    return all;
}

TEST_P(EachReader, FiltersByEachColumnAndByAllTogether) {
    EXPECT_THAT(seqs(*log_, {.after = 5}), ElementsAre(6, 7));
    EXPECT_THAT(seqs(*log_, {.after = 1, .until = 3}), ElementsAre(2, 3));
    EXPECT_THAT(seqs(*log_, {.stream = "services"}), ElementsAre(4));
    EXPECT_THAT(seqs(*log_, {.type = "DELETED"}), ElementsAre(6));
    EXPECT_THAT(seqs(*log_, {.origin = "import"}), ElementsAre(5));
    EXPECT_THAT(seqs(*log_, {.namespace_ = "ns"}), ElementsAre(2, 3, 4, 5, 6));
    EXPECT_THAT(seqs(*log_, {.name = "a"}), ElementsAre(2, 4, 6));
    EXPECT_THAT(seqs(*log_, {.uid = "u1"}), ElementsAre(2, 6));
    EXPECT_THAT(seqs(*log_, {.stream = "pods", .type = "ADDED", .name = "a"}), ElementsAre(2));
    EXPECT_THAT(seqs(*log_, {.after = UINT64_MAX}), IsEmpty());
    EXPECT_THAT(seqs(*log_, {.after = 7, .until = 3}), IsEmpty());
}

TEST_P(EachReader, FiltersByTheTimeWhenItHappened) {
    using std::chrono::seconds;
    EXPECT_THAT(seqs(*log_, {.since = start_ + seconds(1), .before = start_ + seconds(3)}),
                ElementsAre(2, 3, 4));
    EXPECT_THAT(seqs(*log_, {.before = start_}), ElementsAre(5)); // imported
}

TEST_P(EachReader, StopsAtTheLimit) {
    EXPECT_THAT(seqs(*log_, {}, 3), ElementsAre(1, 2, 3));
    EXPECT_THAT(seqs(*log_, {}, 0), IsEmpty());
}

TEST_P(EachReader, ReadsAcrossChunks) {
    std::vector<model::append_request> many(2 * limits::read_chunk_rows, act("APPLIED"));
    ASSERT_TRUE(log_->append(many));
    append(*log_, act("STOPPED"));
    EXPECT_EQ(seqs(*log_, {}).size(), 7 + many.size() + 1);
    EXPECT_THAT(seqs(*log_, {.type = "STOPPED"}), ElementsAre(7 + many.size() + 1));
}

TEST_P(EachReader, StopsWhereTheBodiesAreLarge) {
    const auto body = R"({"x":")" + std::string(limits::read_chunk_bytes / 2, 'y') + "\"}";
    for (int i = 0; i < 3; ++i)
        append(*log_, act("APPLIED", body));
    EXPECT_THAT(seqs(*log_, {.after = 7}), ElementsAre(8, 9));
    EXPECT_THAT(seqs(*log_, {.after = 9}), ElementsAre(10));
    EXPECT_THAT(seqs(*log_, {.after = 10}), IsEmpty());
}

TEST_P(EachReader, GivesTheHeadsInOrderWithCursorsAndTail) {
    std::vector<std::string> heads;
    const auto info = log_->heads([&](const model::event& e) { heads.push_back(line(e)); }).value();
    EXPECT_THAT(heads,
                ElementsAre("3 pods ADDED watch ns/b u2 6", "4 services ADDED watch ns/a u3 7",
                            "5 pods ADDED import ns/c u4 8"));
    EXPECT_THAT(info.cursors, ElementsAre(std::pair("pods", "9"), std::pair("services", "7")));
    EXPECT_EQ(info.at.seq, 7);
    EXPECT_EQ(info.at.digest, log_->tail()->digest);
}

TEST_P(EachReader, FindsTheLastEventAtATime) {
    using std::chrono::milliseconds;
    EXPECT_EQ(log_->seq_at(start_ + milliseconds(1999)).value(), 3);
    EXPECT_EQ(log_->seq_at(start_ + milliseconds(2000)).value(), 4);
    EXPECT_EQ(log_->seq_at(start_ + milliseconds(999999)).value(), 7);
    EXPECT_EQ(log_->beginning().value(), 1);
}

TEST_P(EachReader, FindsImportedHistoryByWhatItClaimsBeforeTheLogBegan) {
    EXPECT_EQ(log_->seq_at(seconds(2000)).value(), 5);
    EXPECT_TRUE(log_->seq_at(seconds(999)).error().is(errc::no_such_point));
}

} // namespace nodewall::eventlog
