// Random requests: the log on disk and its twin hold the same rows, every invariant holds, and
// neither a restart in between nor the grouping makes a difference.
#include "fixture.hpp"

#include <random>

namespace nodewall::eventlog {

namespace {

class story {
public:
    explicit story(std::uint64_t seed) : random_(seed) {}

    model::append_request next() {
        switch (below(9)) {
        case 0:
            return model::listed_objects{.stream = stream(),
                                         .resource_version = version(),
                                         .objects = some_objects(),
                                         .why = below(2) == 0
                                                    ? model::listed_objects::cause::first
                                                    : model::listed_objects::cause::lost_history,
                                         .reason = "because"};
        case 1:
            return model::imported_objects{{{stream(), one_event(), seconds(below(1000))},
                                            {stream(), one_event(), std::nullopt}}};
        case 2: {
            static constexpr const char* types[] = {"STARTED", "CONFIGURED", "APPLIED"};
            return model::agent_event{types[below(3)], R"({"n":)" + version() + "}", {}};
        }
        case 3:
            if (below(3) == 0)
                return model::cluster_changed{version(), version(), "because"};
            if (below(3) == 0)
                return model::kind_unserved{stream(), "because"};
            [[fallthrough]];
        default: {
            model::watch_events events{stream(), {}};
            for (auto n = below(4); n < 4; ++n)
                events.events.push_back(below(10) == 0 ? bookmark(version()) : one_event());
            return events;
        }
        }
    }

private:
    // Few names, uids and versions, so that everything meets everything.
    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    std::string stream() { return below(2) == 0 ? "pods" : "services"; }
    std::string version() { return std::to_string(below(12)); }
    model::observed_object one_object() {
        const auto uid = below(9) == 0 ? "" : "u" + std::to_string(below(3));
        return object(std::to_string(below(5)), uid, version(), std::to_string(below(2)));
    }
    model::observed_event one_event() { return {static_cast<action>(below(3)), one_object()}; }
    std::vector<model::observed_object> some_objects() {
        std::vector<model::observed_object> all;
        for (auto n = below(6); n < 6; ++n)
            all.push_back(one_object());
        return all;
    }

    std::mt19937_64 random_;
};

// Without the digests: the genesis rows hold different UUIDs.
std::vector<std::string> content(const log_reader& log) {
    std::vector<std::string> all;
    for (const auto& e : all_events(log, {.after = 1}))
        all.push_back(line(e) + " " + std::to_string(e.at.time_since_epoch().count()) + " " +
                      e.body);
    return all;
}

} // namespace

TEST(RandomRequests, GiveTheSameRowsOnDiskInMemoryAndAfterRestarts) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        scratch_folder folder;
        told_clock disk_clock{.step = 0}, memory_clock{.step = 0};
        const auto path = folder / "log.db";
        auto disk = open_new(path, disk_clock);
        const auto memory = make_memory_log(memory_clock.function());
        story s(seed);
        for (int i = 0; i < 60; ++i) {
            disk_clock.now = memory_clock.now += static_cast<int>(seed + i) % 9 - 1;
            std::vector<model::append_request> group;
            for (int n = 0; n <= i % 4; ++n)
                group.push_back(s.next());
            const auto a = disk->append(group).value(), b = memory->append(group).value();
            for (std::size_t n = 0; n < group.size(); ++n) {
                EXPECT_EQ(a[n].last_seq, b[n].last_seq);
                EXPECT_EQ(a[n].added, b[n].added);
            }
            if (i % 13 == 0) {
                disk.reset();
                disk = open_new(path, disk_clock);
            }
        }
        EXPECT_EQ(content(*disk), content(*memory));
        EXPECT_EQ(live(*disk), live(*memory));
        for (const auto* stream : {"pods", "services"})
            EXPECT_EQ(disk->cursor(stream).value(), memory->cursor(stream).value());
        EXPECT_EQ(problems(path), std::vector<std::string>{});
    }
}

} // namespace nodewall::eventlog
