// What the log's tests share: a folder that goes, a clock that is told, short ways to say requests.
#pragma once

#include "eventlog/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <unistd.h>

namespace nodewall::eventlog {

inline timestamp seconds(std::int64_t n) {
    return timestamp(std::chrono::seconds(n));
}

/// A private folder under TMPDIR or /tmp, removed at the end.
class scratch_folder {
public:
    scratch_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "eventlog-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw std::runtime_error(name);
        path_ = name;
    }
    ~scratch_folder() { std::filesystem::remove_all(path_); }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// A second more at each look, unless told otherwise.
struct told_clock {
    std::int64_t now = 1'800'000'000;
    std::int64_t step = 1;
    now_function function() {
        return [this] { return seconds(now += step); };
    }
};

inline std::unique_ptr<log_writer> open_new(const std::string& path, told_clock& clock) {
    return open_writer({.path = path, .now = clock.function(), .create = true}).value();
}

using action = model::observed_event::action;

inline model::observed_object object(const std::string& name, const std::string& uid,
                                     const std::string& resource_version,
                                     const std::string& content = "x") {
    return {"ns", name, uid, resource_version,
            R"({"name":")" + name + R"(","v":")" + resource_version + R"(","is":")" + content +
                R"("})"};
}

inline model::observed_event event(action what, model::observed_object o) {
    return {what, o};
}
inline model::observed_event added(const std::string& name, const std::string& uid,
                                   const std::string& rv) {
    return {action::added, object(name, uid, rv)};
}
inline model::observed_event modified(const std::string& name, const std::string& uid,
                                      const std::string& rv) {
    return {action::modified, object(name, uid, rv)};
}
inline model::observed_event deleted(const std::string& name, const std::string& uid,
                                     const std::string& rv) {
    return {action::deleted, object(name, uid, rv)};
}
inline model::observed_event bookmark(const std::string& rv) {
    return {action::bookmark, {.resource_version = rv}};
}

inline model::append_request watch(std::vector<model::observed_event> events) {
    return model::watch_events{"pods", std::move(events)};
}
inline model::append_request list(const std::string& rv,
                                  std::vector<model::observed_object> objects) {
    return model::listed_objects{.stream = "pods", .resource_version = rv, .objects = objects};
}
inline model::append_request relist(const std::string& rv,
                                    std::vector<model::observed_object> objects) {
    return model::listed_objects{.stream = "pods",
                                 .resource_version = rv,
                                 .objects = objects,
                                 .why = model::listed_objects::cause::lost_history,
                                 .reason = "410 \"Gone\""};
}
inline model::append_request import(action what, const model::observed_object& o) {
    return model::imported_objects{{{"pods", {what, o}, std::nullopt}}};
}
inline model::append_request act(const std::string& type, const std::string& body = "{}") {
    return model::agent_event{type, body, {}};
}

inline model::append_outcome append(log_writer& log, const model::append_request& request) {
    const auto outcomes = log.append({&request, 1});
    if (!outcomes)
        throw std::runtime_error(outcomes.error().message());
    return outcomes->at(0);
}

inline std::vector<model::event> all_events(const log_reader& log, const event_filter& f = {}) {
    std::vector<model::event> all;
    for (auto which = f;;) {
        auto more = log.read(which, SIZE_MAX).value();
        if (more.empty())
            return all;
        which.after = more.back().seq;
        std::move(more.begin(), more.end(), std::back_inserter(all));
    }
}

/// "3 pods DELETED relist ns/a uid rv <2": a row in a line, for comparison.
inline std::string line(const model::event& e) {
    std::string text = std::to_string(e.seq) + " " + e.stream + " " + e.type + " " + e.origin;
    if (!e.name.empty())
        text += " " + e.namespace_ + "/" + e.name;
    for (const auto& word : {e.uid, e.resource_version})
        if (!word.empty())
            text += " " + word;
    if (e.previous)
        text += " <" + std::to_string(*e.previous);
    return text;
}

inline std::vector<std::string> lines(const log_reader& log, const event_filter& f = {}) {
    std::vector<std::string> all;
    for (const auto& e : all_events(log, f))
        all.push_back(line(e));
    return all;
}

inline std::vector<std::string> live(const log_reader& log) {
    std::vector<std::string> all;
    EXPECT_TRUE(log.heads([&](const model::event& e) { all.push_back(line(e)); }));
    return all;
}

inline std::vector<std::string> problems(const std::string& path) {
    return verify(path, {}).value().problems;
}

/// One suite for both: the log on disk (true) and its twin in memory.
class log_on_disk_and_in_memory : public testing::TestWithParam<bool> {
protected:
    log_on_disk_and_in_memory()
        : log_(GetParam() ? open_new(folder_ / "log.db", clock_)
                          : make_memory_log(clock_.function())) {}

    void TearDown() override {
        log_.reset();
        if (GetParam()) {
            EXPECT_EQ(problems(folder_ / "log.db"), std::vector<std::string>{});
        }
    }

    std::vector<std::string> rows_after(std::uint64_t seq) { return lines(*log_, {.after = seq}); }

    scratch_folder folder_;
    told_clock clock_;
    std::unique_ptr<log_writer> log_;
};

inline std::string name_of_log(const testing::TestParamInfo<bool>& on_disk) {
    return on_disk.param ? "OnDisk" : "InMemory";
}

} // namespace nodewall::eventlog
