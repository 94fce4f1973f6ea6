// What an append writes: the same for the log on disk and its twin in memory.
#include "fixture.hpp"

#include <gmock/gmock.h>

namespace nodewall::eventlog {

using testing::ElementsAre;

using EachLog = log_on_disk_and_in_memory;

INSTANTIATE_TEST_SUITE_P(Logs, EachLog, testing::Bool(), name_of_log);

TEST_P(EachLog, BeginsWithItsGenesis) {
    const auto events = all_events(*log_);
    ASSERT_EQ(events.size(), 1);
    EXPECT_EQ(line(events[0]), "1 nodewall GENESIS agent");
    EXPECT_THAT(events[0].body,
                testing::MatchesRegex(R"(\{"format":"nodewall event log","version":"1.1",)"
                                      R"("uuid":"[0-9a-f-]{36}"\})"));
    EXPECT_EQ(log_->tail()->digest, events[0].digest);
}

TEST_P(EachLog, KeepsWatchEventsAsTheyCameAndLinksThem) {
    const auto outcome = append(
        *log_, watch({added("a", "u1", "5"), modified("a", "u1", "6"), deleted("a", "u1", "7")}));
    EXPECT_THAT(rows_after(1),
                ElementsAre("2 pods ADDED watch ns/a u1 5", "3 pods MODIFIED watch ns/a u1 6 <2",
                            "4 pods DELETED watch ns/a u1 7 <3"));
    EXPECT_EQ(all_events(*log_)[3].body, object("a", "u1", "7").body);
    EXPECT_EQ(log_->cursor("pods").value(), "7");
    EXPECT_EQ(outcome.last_seq, 4);
    EXPECT_EQ(outcome.added, 3);
    EXPECT_EQ(outcome.objects_added, 1);
    EXPECT_EQ(outcome.objects_modified, 1);
    EXPECT_EQ(outcome.objects_deleted, 1);
}

TEST_P(EachLog, HasNoCursorForAStreamThatItNeverSaw) {
    append(*log_, import(action::added, object("a", "u1", "5")));
    EXPECT_EQ(log_->cursor("pods").value(), std::nullopt);
}

TEST_P(EachLog, AddsNothingForEventsThatArriveAgain) {
    const auto events = watch({added("a", "u1", "5"), modified("a", "u1", "6"),
                               added("b", "u2", "7"), deleted("a", "u1", "8")});
    append(*log_, events);
    EXPECT_EQ(append(*log_, events).added, 0);
    EXPECT_EQ(append(*log_, watch({modified("a", "u1", "6")})).added, 0);
    EXPECT_EQ(append(*log_, watch({added("b", "u2", "7"), added("b", "u2", "7")})).added, 0);
    EXPECT_EQ(log_->cursor("pods").value(), "8");
}

TEST_P(EachLog, KnowsAHeadHoweverLongAgoItWasSet) {
    append(*log_, watch({added("a", "u1", "5")}));
    for (int i = 0; i < 1100; ++i)
        append(*log_, act("APPLIED"));
    EXPECT_EQ(append(*log_, watch({added("a", "u1", "5")})).added, 0);
}

TEST_P(EachLog, TakesTheSameVersionAnewAfterAList) {
    append(*log_, watch({added("a", "u1", "5"), modified("a", "u1", "6")}));
    append(*log_, relist("5", {object("a", "u1", "5")})); // a server restored from a backup
    append(*log_, watch({modified("a", "u1", "6")}));
    EXPECT_THAT(rows_after(3),
                ElementsAre("4 pods MODIFIED relist ns/a u1 5 <3", "5 pods GAP agent",
                            "6 pods LISTED agent 5", "7 pods MODIFIED watch ns/a u1 6 <4"));
}

model::observed_object unread(const char* name, const char* uid, const char* version) {
    auto out = object(name, uid, version);
    out.body.clear();
    out.unread = "why";
    return out;
}

TEST_P(EachLog, WhatWasReadLastOfAnUnreadObjectStays) {
    append(*log_, watch({added("a", "u1", "5")}));
    append(*log_, watch({{action::modified, unread("a", "u1", "6")}}));
    append(*log_, watch({{action::added, unread("b", "u2", "7")}}));
    EXPECT_EQ(append(*log_, watch({{action::added, unread("b", "u2", "7")}})).added, 0);
    EXPECT_THAT(rows_after(2),
                ElementsAre("3 pods MODIFIED watch ns/a u1 6 <2", "4 pods ADDED watch ns/b u2 7"));
    const auto last = object("a", "u1", "5").body;
    EXPECT_EQ(all_events(*log_)[2].body,
              R"({"!unread":{"reason":"why","resourceVersion":"6"},)" + last.substr(1));
    EXPECT_EQ(log_->cursor("pods").value(), "7");
    append(*log_, watch({{action::deleted, unread("a", "u1", "8")}}));
    EXPECT_THAT(rows_after(4), ElementsAre("5 pods DELETED watch ns/a u1 8 <3"));
    append(*log_, watch({modified("b", "u2", "9")}));
    EXPECT_EQ(all_events(*log_).back().body, object("b", "u2", "9").body);
}

TEST_P(EachLog, AnUnreadObjectOfAListIsNotDeleted) {
    append(*log_, watch({added("a", "u1", "5"), added("b", "u2", "6"), added("c", "u3", "6")}));
    const auto list = relist("9", {unread("a", "u1", "5"), unread("b", "other", "8")});
    append(*log_, list);
    EXPECT_THAT(rows_after(4), ElementsAre("5 pods DELETED relist ns/c u3 6 <4",
                                           "6 pods MODIFIED relist ns/a u1 5 <2",
                                           "7 pods DELETED relist ns/b u2 6 <3",
                                           "8 pods ADDED relist ns/b other 8", "9 pods GAP agent",
                                           "10 pods LISTED agent 9"));
    append(*log_, list);
    EXPECT_THAT(rows_after(10), ElementsAre("11 pods GAP agent", "12 pods LISTED agent 9 <10"));
}

TEST_P(EachLog, NothingIsAbsentFromAListWithAnItemThatHasNoName) {
    append(*log_, watch({added("a", "u1", "5"), added("b", "u2", "6")}));
    model::append_request list = relist("9", {object("a", "u1", "5")});
    std::get<model::listed_objects>(list).unnamed = "why";
    append(*log_, list);
    EXPECT_THAT(rows_after(3), ElementsAre("4 pods GAP agent", "5 pods LISTED agent 9"));
    EXPECT_EQ(all_events(*log_).back().body, R"({"objects":1,"unnamed":"why"})");
}

TEST_P(EachLog, LogsABookmarkOnlyWhenItMovesTheCursor) {
    append(*log_, watch({bookmark("5"), bookmark("5"), bookmark("6")}));
    append(*log_, watch({bookmark("6")}));
    EXPECT_THAT(rows_after(1), ElementsAre("2 pods BOOKMARK watch 5", "3 pods BOOKMARK watch 6"));
    EXPECT_EQ(all_events(*log_)[1].body, "{}");
    EXPECT_EQ(log_->cursor("pods").value(), "6");
}

TEST_P(EachLog, KeepsAnErrorWithItsStatusAndTheCursorWhereItWas) {
    append(*log_, watch({bookmark("5"), {action::error, {.body = R"({"code":410})"}}}));
    EXPECT_THAT(rows_after(2), ElementsAre("3 pods ERROR watch"));
    EXPECT_EQ(all_events(*log_)[2].body, R"({"code":410})");
    EXPECT_EQ(log_->cursor("pods").value(), "5");
}

TEST_P(EachLog, StoresChangesOfUnknownObjectsAsTheyCame) {
    append(*log_, watch({modified("a", "u1", "5"), deleted("b", "u2", "6")}));
    EXPECT_THAT(rows_after(1),
                ElementsAre("2 pods MODIFIED watch ns/a u1 5", "3 pods DELETED watch ns/b u2 6"));
    EXPECT_THAT(live(*log_), ElementsAre("2 pods MODIFIED watch ns/a u1 5"));
}

TEST_P(EachLog, EndsAnObjectWhoseNameComesBackWithAnotherUid) {
    append(*log_, watch({added("a", "u1", "5")}));
    append(*log_, watch({added("a", "u2", "9")}));
    EXPECT_THAT(rows_after(2),
                ElementsAre("3 pods DELETED watch ns/a u1 5 <2", "4 pods ADDED watch ns/a u2 9"));
    EXPECT_EQ(all_events(*log_)[2].body, object("a", "u1", "5").body);
    // The old one's own end arrives late, and must not end the new one.
    EXPECT_EQ(append(*log_, watch({deleted("a", "u1", "8")})).added, 0);
    EXPECT_THAT(live(*log_), ElementsAre("4 pods ADDED watch ns/a u2 9"));
}

TEST_P(EachLog, TellsEqualNamesInOtherStreamsAndNamespacesApart) {
    append(*log_, watch({added("a", "u1", "5")}));
    append(*log_, model::watch_events{"services", {added("a", "u2", "6")}});
    auto elsewhere = added("a", "u3", "7");
    elsewhere.object.namespace_ = "n";
    elsewhere.object.name = "sa";
    append(*log_, watch({elsewhere}));
    EXPECT_EQ(live(*log_).size(), 3);
}

TEST_P(EachLog, WritesAFirstListWithItsCursor) {
    const auto outcome = append(*log_, list("9", {object("a", "u1", "5"), object("b", "u2", "6")}));
    EXPECT_THAT(rows_after(1), ElementsAre("2 pods ADDED list ns/a u1 5",
                                           "3 pods ADDED list ns/b u2 6", "4 pods LISTED agent 9"));
    EXPECT_EQ(all_events(*log_)[3].body, R"({"objects":2})");
    EXPECT_EQ(log_->cursor("pods").value(), "9");
    EXPECT_EQ(outcome.objects_added, 2);
    EXPECT_EQ(outcome.added, 3);
}

TEST_P(EachLog, DerivesWhatHappenedFromARelist) {
    append(*log_, list("9", {object("same", "u1", "1"), object("changed", "u2", "2"),
                             object("gone", "u3", "3"), object("replaced", "u4", "4")}));
    const auto outcome =
        append(*log_, relist("20", {object("same", "u1", "1"), object("changed", "u2", "12"),
                                    object("replaced", "u5", "14"), object("new", "u6", "16")}));
    EXPECT_THAT(rows_after(6), ElementsAre("7 pods DELETED relist ns/gone u3 3 <4",
                                           "8 pods MODIFIED relist ns/changed u2 12 <3",
                                           "9 pods DELETED relist ns/replaced u4 4 <5",
                                           "10 pods ADDED relist ns/replaced u5 14",
                                           "11 pods ADDED relist ns/new u6 16", "12 pods GAP agent",
                                           "13 pods LISTED agent 20 <6"));
    const auto events = all_events(*log_);
    EXPECT_EQ(events[6].body, object("gone", "u3", "3").body);
    EXPECT_EQ(events[11].body, R"({"reason":"410 \"Gone\"","cursor":"9","resourceVersion":"20"})");
    EXPECT_EQ(outcome.objects_added, 2);
    EXPECT_EQ(outcome.objects_modified, 1);
    EXPECT_EQ(outcome.objects_deleted, 2);
}

model::append_request another_cluster() {
    return model::cluster_changed{"k1", "k2", "kube-system has another \"uid\""};
}

TEST_P(EachLog, ForgetsEveryCursorWithTheClusterThatTheyCameFrom) {
    append(*log_, list("9", {object("a", "u1", "5")}));
    append(*log_, model::listed_objects{.stream = "services", .resource_version = "10"});
    const auto outcome = append(*log_, another_cluster());
    EXPECT_EQ(outcome.added, 1);
    EXPECT_THAT(rows_after(4), ElementsAre("5 nodewall CLUSTER agent"));
    EXPECT_EQ(all_events(*log_)[4].body,
              R"({"before":"k1","after":"k2","reason":"kube-system has another \"uid\""})");
    EXPECT_EQ(log_->cursor("pods").value(), std::nullopt);
    EXPECT_EQ(log_->cursor("services").value(), std::nullopt);
    EXPECT_THAT(live(*log_), ElementsAre("2 pods ADDED list ns/a u1 5", "3 pods LISTED agent 9",
                                         "4 services LISTED agent 10"))
        << "what was enforced stays until the new cluster is known";
}

TEST_P(EachLog, TakesTheFirstListOfAnotherClusterForARelist) {
    append(*log_, list("9", {object("gone", "u1", "5"), object("a", "u2", "6")}));
    append(*log_, another_cluster());
    append(*log_, list("3", {object("a", "v2", "1")}));
    EXPECT_THAT(rows_after(5),
                ElementsAre("6 pods DELETED relist ns/gone u1 5 <2",
                            "7 pods DELETED relist ns/a u2 6 <3", "8 pods ADDED relist ns/a v2 1",
                            "9 pods GAP agent", "10 pods LISTED agent 3 <4"));
    EXPECT_EQ(all_events(*log_)[8].body, R"({"reason":"the cursor was forgotten","cursor":null,)"
                                         R"("resourceVersion":"3"})");
    EXPECT_EQ(log_->cursor("pods").value(), "3");
    append(*log_, watch({added("b", "v3", "4")}));
    EXPECT_EQ(log_->cursor("pods").value(), "4");
}

TEST_P(EachLog, TakesNoCursorFromALateEventOfTheClusterBefore) {
    append(*log_, list("9", {object("a", "u1", "5")}));
    append(*log_, another_cluster());
    append(*log_, watch({modified("a", "u1", "10"), bookmark("11")}));
    EXPECT_EQ(log_->cursor("pods").value(), std::nullopt);
    append(*log_, relist("3", {}));
    EXPECT_EQ(log_->cursor("pods").value(), "3");
}

model::append_request unserved(std::string stream = "pods") {
    return model::kind_unserved{std::move(stream), "two discoveries lack it"};
}

TEST_P(EachLog, EndsTheObjectsOfAKindThatIsServedNoLongerAndForgetsItsCursorAlone) {
    append(*log_, list("9", {object("a", "u1", "5"), object("b", "u2", "6")}));
    append(*log_, model::listed_objects{.stream = "services", .resource_version = "10"});
    const auto outcome = append(*log_, unserved());
    EXPECT_EQ(outcome.objects_deleted, 2);
    EXPECT_THAT(rows_after(5),
                ElementsAre("6 pods DELETED relist ns/a u1 5 <2",
                            "7 pods DELETED relist ns/b u2 6 <3", "8 pods UNSERVED agent"));
    EXPECT_EQ(all_events(*log_)[7].body, R"({"reason":"two discoveries lack it","objects":2})");
    EXPECT_EQ(all_events(*log_)[5].body, object("a", "u1", "5").body);
    EXPECT_EQ(log_->cursor("pods").value(), std::nullopt);
    EXPECT_EQ(log_->cursor("services").value(), "10");
}

TEST_P(EachLog, SaysNothingOfAKindThatItNeverSawOrThatEndedBefore) {
    EXPECT_EQ(append(*log_, unserved()).added, 0);
    append(*log_, list("9", {}));
    EXPECT_EQ(append(*log_, unserved()).added, 1) << "it has a cursor, though no objects";
    EXPECT_EQ(append(*log_, unserved()).added, 0);
    append(*log_, import(action::added, object("a", "u1", "5")));
    EXPECT_EQ(append(*log_, unserved()).added, 2) << "it has an object, though no cursor";
}

TEST_P(EachLog, ListsAKindThatCameBackAnewWhateverItsOldWatchSays) {
    append(*log_, list("9", {object("a", "u1", "5")}));
    append(*log_, unserved());
    append(*log_, watch({bookmark("11")}));
    EXPECT_EQ(log_->cursor("pods").value(), std::nullopt);
    append(*log_, list("30", {object("a", "u2", "29")}));
    EXPECT_THAT(rows_after(6), ElementsAre("7 pods ADDED relist ns/a u2 29", "8 pods GAP agent",
                                           "9 pods LISTED agent 30 <3"));
    EXPECT_EQ(log_->cursor("pods").value(), "30");
}

TEST_P(EachLog, TakesTheFirstListAfterAnImportForAFirstList) {
    append(*log_, import(action::added, object("a", "u1", "5")));
    append(*log_, list("9", {object("a", "u1", "5")}));
    EXPECT_THAT(rows_after(2), ElementsAre("3 pods LISTED agent 9"));
}

TEST_P(EachLog, ComparesAListByContentToo) {
    append(*log_, list("9", {object("a", "u1", "5", "before")}));
    append(*log_, list("9", {object("a", "u1", "5", "after")}));
    EXPECT_THAT(rows_after(3),
                ElementsAre("4 pods MODIFIED list ns/a u1 5 <2", "5 pods LISTED agent 9 <3"));
}

TEST_P(EachLog, TakesAnObjectThatAListNamesTwiceOnce) {
    append(*log_, list("9", {object("a", "u1", "5"), object("a", "u1", "5")}));
    EXPECT_THAT(rows_after(1), ElementsAre("2 pods ADDED list ns/a u1 5", "3 pods LISTED agent 9"));
}

TEST_P(EachLog, AListSpeaksOfItsOwnStreamOnly) {
    append(*log_, model::watch_events{"services", {added("a", "u2", "6")}});
    append(*log_, relist("9", {}));
    EXPECT_THAT(live(*log_),
                ElementsAre("2 services ADDED watch ns/a u2 6", "4 pods LISTED agent 9"));
}

TEST_P(EachLog, ComparesAFirstListWithWhatWasImported) {
    append(*log_, import(action::added, object("a", "", "")));
    append(*log_, import(action::added, object("b", "u2", "2")));
    append(*log_, list("9", {object("a", "u1", "5")}));
    EXPECT_THAT(rows_after(3),
                ElementsAre("4 pods DELETED list ns/b u2 2 <3", "5 pods MODIFIED list ns/a u1 5 <2",
                            "6 pods LISTED agent 9"));
}

TEST_P(EachLog, ImportsWhatIsNewChangedOrDeleted) {
    append(*log_, import(action::added, object("a", "u1", "5", "one")));
    EXPECT_EQ(append(*log_, import(action::added, object("a", "u1", "5", "one"))).added, 0);
    EXPECT_EQ(append(*log_, import(action::modified, object("a", "u1", "5", "one"))).added, 0);
    append(*log_, import(action::added, object("a", "u1", "5", "two")));
    append(*log_, import(action::deleted, object("a", "", "")));
    EXPECT_EQ(append(*log_, import(action::deleted, object("a", "", ""))).added, 0);
    EXPECT_THAT(rows_after(1),
                ElementsAre("2 pods ADDED import ns/a u1 5", "3 pods MODIFIED import ns/a u1 5 <2",
                            "4 pods DELETED import ns/a u1 5 <3"));
    EXPECT_EQ(all_events(*log_)[3].body, object("a", "u1", "5", "two").body);
}

TEST_P(EachLog, KeepsTheTimeThatImportedHistoryClaims) {
    append(*log_, model::imported_objects{{{"pods", added("a", "u1", "5"), seconds(1000)}}});
    const auto imported = all_events(*log_)[1];
    EXPECT_EQ(imported.claimed_at, seconds(1000));
    EXPECT_GT(imported.at, seconds(1'800'000'000));
}

TEST_P(EachLog, RecordsActsAndKeepsTheLastInputsInForce) {
    append(*log_, act("STARTED", R"({"pid":1})"));
    append(*log_, act("CONFIGURED", R"({"node":"a"})"));
    append(*log_, act("APPLIED"));
    append(*log_, model::agent_event{"TOO_LARGE", "{}", "pods"});
    append(*log_, act("CONFIGURED", R"({"node":"b"})"));
    EXPECT_THAT(rows_after(1),
                ElementsAre("2 nodewall STARTED agent", "3 nodewall CONFIGURED agent",
                            "4 nodewall APPLIED agent", "5 pods TOO_LARGE agent",
                            "6 nodewall CONFIGURED agent <3"));
    EXPECT_THAT(live(*log_),
                ElementsAre("2 nodewall STARTED agent", "6 nodewall CONFIGURED agent <3"));
}

TEST_P(EachLog, AnObjectNamedLikeAnActIsAnObject) {
    append(*log_, list("9", {}));
    auto trap = added("LISTED", "u1", "10");
    trap.object.namespace_ = "";
    append(*log_, watch({trap}));
    append(*log_, list("11", {trap.object}));
    EXPECT_THAT(live(*log_),
                ElementsAre("3 pods ADDED watch /LISTED u1 10", "4 pods LISTED agent 11 <2"));
}

TEST_P(EachLog, NotesAClockThatStepsBack) {
    append(*log_, act("APPLIED"));
    const auto before = to_rfc3339(seconds(clock_.now));
    clock_.now = 1'700'000'000;
    EXPECT_EQ(append(*log_, watch({added("a", "u1", "5")})).added, 2);
    append(*log_, act("APPLIED"));
    EXPECT_THAT(rows_after(2), ElementsAre("3 nodewall CLOCK agent", "4 pods ADDED watch ns/a u1 5",
                                           "5 nodewall APPLIED agent"));
    EXPECT_EQ(all_events(*log_)[2].body,
              R"({"before":")" + before + R"(","after":"2023-11-14T22:13:21Z"})");
}

TEST_P(EachLog, AnswersEachRequestOfAGroup) {
    const std::vector<model::append_request> group{
        watch({added("a", "u1", "5")}), watch({added("a", "u1", "5")}),
        watch({modified("a", "u1", "6")}), list("9", {}), act("APPLIED")};
    const auto outcomes = log_->append(group).value();
    std::vector<std::uint64_t> added_rows, last;
    for (const auto& outcome : outcomes) {
        added_rows.push_back(outcome.added);
        last.push_back(outcome.last_seq);
    }
    EXPECT_THAT(added_rows, ElementsAre(1, 0, 1, 2, 1));
    EXPECT_THAT(last, ElementsAre(2, 2, 3, 5, 6));
    const auto events = all_events(*log_);
    EXPECT_EQ(events[1].at, events[5].at) << "one time for one transaction";
}

TEST_P(EachLog, TakesAnyTextInNamesAndBodies) {
    auto e = added("it's \"a\"\n%s;--", "u\tü", "5");
    e.object.namespace_ = std::string(253, 'n');
    append(*log_, watch({e}));
    const auto read = all_events(*log_).at(1);
    EXPECT_EQ(read.name, e.object.name);
    EXPECT_EQ(read.namespace_, e.object.namespace_);
    EXPECT_EQ(read.uid, e.object.uid);
    EXPECT_EQ(read.body, e.object.body);
}

} // namespace nodewall::eventlog
