#include "agent/stages/followed_kinds.hpp"

#include "async/supervise.hpp"
#include "async/task_group.hpp"
#include "kube/discovery.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace nodewall::agent {

using async::awaitable;
using namespace std::chrono_literals;

namespace {

constexpr std::array action_names{"ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"};

/// The server answers, and will not be of another mind soon.
bool refused(const kube::reflector_status& s) {
    return s.last_error &&
           (s.last_error->is(kube::errc::forbidden) || s.last_error->is(kube::errc::not_found));
}

} // namespace

std::vector<std::string> required_streams(const codec::kind_registry& kinds) {
    std::vector<std::string> streams;
    for (const auto& row : kinds.rows())
        if (row->required())
            streams.push_back(row->stream);
    return streams;
}

followed_kinds::followed_kinds(const codec::kind_registry& kinds, kube::reflector_tools tools,
                               std::function<void()> on_change)
    : tools_(std::move(tools)), on_change_(std::move(on_change)), served_(kinds, tools_.random) {
    tools_.on_change = on_change_;
    tools_.on_not_found = [this](const codec::kind_row& row) {
        served_.on_not_found(row);
        not_found_.notify();
    };
    tools_.queue_bytes_max =
        limits::append_queue_bytes_max / std::max<std::size_t>(kinds.rows().size(), 1);
    for (const auto& kind : served_.kinds())
        followed_.push_back(std::make_unique<followed>(*kind.row, tools_));
}

result<void> followed_kinds::begin(const cursor_reader& log) {
    for (const auto& kind : followed_) {
        const auto cursor = log(kind->reflector.what().stream);
        if (!cursor)
            return cursor.error();
        kind->listed_before = cursor->has_value();
    }
    return {};
}

bool followed_kinds::any_listed_before() const {
    return std::any_of(followed_.begin(), followed_.end(),
                       [](const auto& kind) { return kind->listed_before; });
}

awaitable<void> followed_kinds::run() {
    std::vector<awaitable<void>> tasks;
    tasks.push_back(keep_discovering());
    for (std::size_t place = 0; place < followed_.size(); ++place)
        tasks.push_back(follow(place));
    co_await async::run_all(std::move(tasks));
}

void followed_kinds::begin_anew() {
    served_.forget();
    for (const auto& kind : followed_) {
        kind->reflector.begin_anew();
        kind->listed_before = kind->late = kind->end_recorded = false;
    }
}

// ---- discovery ----------------------------------------------------------------------------------

awaitable<void> followed_kinds::keep_discovering() {
    for (;;) {
        auto plan = served_.next(tools_.time.steady());
        if (plan.wait > 0s) {
            co_await wait(plan.wait); // a 404 makes it shorter
            continue;
        }
        const auto answers = co_await kube::discover(tools_.api, std::move(plan.rows));
        take(answers);
    }
}

awaitable<void> followed_kinds::wait(async::nanoseconds most) {
    std::vector<awaitable<void>> tasks;
    tasks.push_back(tools_.time.sleep(most));
    tasks.push_back(not_found_.wait());
    co_await async::run_all(std::move(tasks));
}

void followed_kinds::take(const std::vector<kube::kind_answer>& answers) {
    const auto before = served_.kinds();
    served_.on_answers(answers, tools_.time.steady());
    for (std::size_t place = 0; place < before.size(); ++place) {
        const auto& after = served_.kinds()[place];
        tell(before[place], after);
        if (before[place].version == after.version && before[place].gone == after.gone)
            continue;
        followed_[place]->late =
            followed_[place]->late || (before[place].absent() && !after.version.empty());
        followed_[place]->end_recorded = false;
        followed_[place]->changed.notify();
    }
    on_change_();
}

void followed_kinds::tell(const kube::served_kind& before, const kube::served_kind& after) {
    const auto& stream = after.row->stream;
    if (after.problem && !before.problem)
        tools_.logger.warning("{}: cannot tell whether the API server serves it: {}", stream,
                              after.problem->message());
    if (before.version != after.version && !after.version.empty())
        tools_.logger.info("{}: the API server serves it in {}", stream, after.version);
    if (!before.version.empty() && after.gone)
        tools_.logger.warning("{}: the API server does not serve it any more", stream);
}

// ---- one kind -----------------------------------------------------------------------------------

awaitable<void> followed_kinds::follow(std::size_t place) {
    auto& kind = *followed_[place];
    for (;;) {
        const auto& served = served_.kinds()[place];
        // Alone: a list of the kind, should it appear meanwhile, must come behind it.
        if (served.gone && !kind.end_recorded)
            co_await record_end(place);
        std::vector<awaitable<void>> tasks;
        tasks.push_back(kind.changed.wait());
        if (!served.version.empty()) {
            kind.reflector.ask_for(served.version);
            tasks.push_back(async::supervise(
                served.row->stream, [&kind] { return kind.reflector.run(); }, tools_.random,
                tools_.time, tools_.logger));
        }
        co_await async::run_all(std::move(tasks));
    }
}

awaitable<void> followed_kinds::record_end(std::size_t place) {
    auto& kind = *followed_[place];
    async::backoff pause(tools_.random);
    while (served_.kinds()[place].gone) {
        // Named: g++ 12 destroys an aggregate temporary within a co_await expression twice.
        model::kind_unserved end{
            .stream = served_.kinds()[place].row->stream,
            .reason = fmt::format("two discoveries {} s apart do not have the kind",
                                  std::chrono::seconds(limits::kind_gone_after).count())};
        const auto recorded = co_await kube::append_durably(tools_.log, std::move(end));
        if (recorded)
            break;
        tools_.logger.warning("{}: {}", served_.kinds()[place].row->stream,
                              recorded.error().message());
        co_await tools_.time.sleep(pause.next());
    }
    kind.end_recorded = true;
    kind.listed_before = false;
    kind.reflector.begin_anew();
}

// ---- what it says of itself ---------------------------------------------------------------------

catch_up::streams followed_kinds::gate() const {
    catch_up::streams out{.all = followed_.size(), .settled = 0, .every_one_listed = true};
    for (std::size_t place = 0; place < followed_.size(); ++place) {
        const auto& kind = *followed_[place];
        const auto& served = served_.kinds()[place];
        const auto& status = kind.reflector.status();
        const bool optional = !served.row->required();
        const bool failing = served.problem || status.last_error;
        if (status.caught_up || served.absent() || (optional && (kind.late || refused(status))))
            ++out.settled;
        if (!kind.listed_before && status.lists == 0 && !served.absent() &&
            !(optional && (kind.late || failing)))
            out.every_one_listed = false;
    }
    return out;
}

std::vector<stream_report> followed_kinds::report() const {
    // A server that does not give what every server has says nothing of the other kinds either.
    bool answers = true;
    for (std::size_t place = 0; place < followed_.size(); ++place)
        if (served_.kinds()[place].row->required())
            answers = answers && followed_[place]->reflector.status().caught_up;
    std::vector<stream_report> out;
    for (std::size_t place = 0; place < followed_.size(); ++place) {
        const auto& kind = *followed_[place];
        const auto& served = served_.kinds()[place];
        const auto& s = kind.reflector.status();
        stream_report r;
        r.stream = served.row->stream;
        r.state = served.absent()          ? "not served by this API server"
                  : served.version.empty() ? "not discovered yet"
                                           : std::string(kube::to_string(s.state));
        r.resource_version = s.resource_version;
        const auto& problem = served.version.empty() ? served.problem : s.last_error;
        r.last_error = problem ? problem->message() : std::string();
        r.last_event = s.last_event;
        r.relists = s.relists;
        r.unread = s.unread;
        for (std::size_t i = 0; i < s.events.size(); ++i)
            r.events[action_names.at(i)] = s.events.at(i);
        r.listed = kind.listed_before || s.lists > 0;
        r.expected = served.row->required() || r.listed || (answers && !served.absent());
        r.caught_up = s.caught_up || served.absent() || s.state == kube::reflector_state::read;
        out.push_back(std::move(r));
    }
    return out;
}

} // namespace nodewall::agent
