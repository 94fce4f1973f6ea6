#include "agent/stages/log_stage.hpp"

#include "async/called_back.hpp"
#include "base/memory.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace nodewall::agent {

namespace {

struct weight {
    std::size_t bytes = 0;
    std::size_t events = 0;

    void add(const model::observed_object& o) {
        bytes += o.body.size();
        ++events;
    }
    void operator()(const model::watch_events& r) {
        for (const auto& e : r.events)
            add(e.object);
    }
    void operator()(const model::listed_objects& r) {
        for (const auto& o : r.objects)
            add(o);
    }
    void operator()(const model::imported_objects& r) {
        for (const auto& i : r.items)
            add(i.event.object);
    }
    void operator()(const model::agent_event& r) {
        bytes += r.body.size();
        ++events;
    }
    void operator()(const model::cluster_changed& r) {
        bytes += r.reason.size();
        ++events;
    }
    void operator()(const model::kind_unserved& r) {
        bytes += r.reason.size();
        ++events;
    }
};

} // namespace

log_stage::log_stage(eventlog::log_writer& log, async::executor pool, const async::clock& time,
                     meters& measured, std::function<void()> head_moved,
                     std::function<result<void>()> present)
    : log_(log), pool_(std::move(pool)), time_(time), measured_(measured),
      head_moved_(std::move(head_moved)), present_(std::move(present)) {}

std::string_view to_string(event_class c) {
    static constexpr std::array<std::string_view, event_classes.size()> names{"applied", "drift",
                                                                              "refused"};
    return names.at(static_cast<std::size_t>(c));
}

limits::event_budget budget_of(event_class c) {
    static constexpr std::array budgets{limits::applied_events_budget, limits::drift_events_budget,
                                        limits::refused_events_budget};
    return budgets.at(static_cast<std::size_t>(c));
}

void log_stage::cursor(std::string stream, cursor_completion done) {
    const std::lock_guard lock(mutex_);
    questions_.push_back({std::move(stream), std::move(done)});
    if (!draining_)
        begin_draining();
}

void log_stage::append(model::append_request request, completion done) {
    weight w;
    std::visit(w, request);
    enqueue({std::move(request), std::move(done), w.bytes, w.events});
}

void log_stage::record(event_class c, model::agent_event event) {
    const auto bytes = event.body.size();
    enqueue({std::move(event), nullptr, bytes, 1, c});
}

async::awaitable<result<void>> log_stage::record_and_wait(model::agent_event event) {
    auto start = [this, &event](completion done) { append(std::move(event), std::move(done)); };
    const auto outcome = co_await async::called_back<result<model::append_outcome>>(start);
    co_return outcome ? result<void>() : outcome.error();
}

void log_stage::enqueue(waiting entry) {
    const std::lock_guard lock(mutex_);
    const bool recorded = entry.recorded();
    const auto of = entry.of;
    count(entry);
    queue_.push_back(std::move(entry));
    if (recorded)
        make_room(of);
    if (!draining_)
        begin_draining();
}

/// Under mutex_.
void log_stage::count(const waiting& entry) {
    stats_.waiting_bytes += entry.bytes;
    if (!entry.recorded())
        return;
    auto& used = usage_.at(static_cast<std::size_t>(entry.of));
    ++used.events;
    used.bytes += entry.bytes;
}

/// Under mutex_.
void log_stage::uncount(const waiting& entry) {
    stats_.waiting_bytes -= entry.bytes;
    if (!entry.recorded())
        return;
    auto& used = usage_.at(static_cast<std::size_t>(entry.of));
    --used.events;
    used.bytes -= entry.bytes;
}

/// Under mutex_. The oldest go, down to the last one: an event larger than the budget is alone.
void log_stage::make_room(event_class c) {
    const auto budget = budget_of(c);
    const auto& used = usage_.at(static_cast<std::size_t>(c));
    while (used.events > 1 && (used.events > budget.events || used.bytes > budget.bytes)) {
        const auto oldest = std::find_if(queue_.begin(), queue_.end(), [c](const waiting& w) {
            return w.recorded() && w.of == c;
        });
        uncount(*oldest);
        queue_.erase(oldest);
        ++stats_.dropped.at(static_cast<std::size_t>(c));
    }
}

/// Under mutex_.
void log_stage::begin_draining() {
    draining_ = true;
    measured_.log_work.begin();
    boost::asio::post(pool_, [this] { drain(); });
}

void log_stage::retry() {
    boost::asio::post(pool_, [this] {
        const auto there = file_present();
        const std::lock_guard lock(mutex_);
        if (!there || absent_)
            stats_.last_error = there ? std::string() : there.error().message();
        absent_ = !there;
        if (!draining_ && !queue_.empty())
            begin_draining();
    });
}

void log_stage::set_bytes_max(std::uint64_t bytes) {
    boost::asio::post(pool_, [this, bytes] { log_.set_bytes_max(bytes); });
}

result<void> log_stage::file_present() {
    return present_ ? present_() : result<void>();
}

/// Commits groups until nothing waits, or nothing but agent events that the log refused just now.
void log_stage::drain() {
    for (;;) {
        answer_questions();
        auto group = next_group();
        if (!group)
            break;
        if (!group->empty() && !commit(std::move(*group)) && rests_until_next())
            return;
        measured_.log_work.begin();
    }
    if (!std::exchange(idle_work_posted_, true))
        boost::asio::post(pool_, [this] { use_idle_time(); });
}

/// Between two commits, so that nobody waits for one.
void log_stage::answer_questions() {
    std::vector<question> asked;
    {
        const std::lock_guard lock(mutex_);
        asked.swap(questions_);
    }
    for (auto& q : asked)
        q.done(log_.cursor(q.stream));
}

/// A step towards the next checkpoint; what is appended meanwhile goes before the step after it. An
/// error is no news: the next append meets the same disk, and reports it.
void log_stage::use_idle_time() {
    const auto more = log_.work_on_checkpoint();
    idle_work_posted_ = more && *more;
    if (idle_work_posted_)
        boost::asio::post(pool_, [this] { use_idle_time(); });
}

/// Agent events that the log refused go with whatever is appended next: trying at once would spin.
bool log_stage::rests_until_next() {
    const std::lock_guard lock(mutex_);
    const bool rests =
        questions_.empty() &&
        std::all_of(queue_.begin(), queue_.end(), [](const auto& w) { return w.recorded(); });
    if (rests)
        stop_draining();
    return rests;
}

/// Agent events are kept in their order, before what came since, as far as their budgets go.
void log_stage::keep_agent_events(std::vector<waiting>& group,
                                  std::vector<model::append_request>& requests) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = group.size(); i-- > 0;) {
        if (!group[i].recorded())
            continue;
        group[i].request = std::move(requests[i]);
        count(group[i]);
        queue_.push_front(std::move(group[i]));
    }
    for (const auto c : event_classes)
        make_room(c);
}

/// Nothing: there is none, and no question either. An empty group where only questions wait.
std::optional<std::vector<log_stage::waiting>> log_stage::next_group() {
    const std::lock_guard lock(mutex_);
    std::vector<waiting> group;
    std::size_t events = 0;
    while (!queue_.empty() &&
           (group.empty() || events + queue_.front().events <= limits::append_batch_events_max)) {
        auto& entry = queue_.front();
        events += entry.events;
        uncount(entry);
        group.push_back(std::move(entry));
        queue_.pop_front();
    }
    if (group.empty() && questions_.empty()) {
        stop_draining();
        return std::nullopt;
    }
    return group;
}

/// Under mutex_.
void log_stage::stop_draining() {
    draining_ = false;
    measured_.log_work.end();
}

bool log_stage::commit(std::vector<waiting> group) {
    std::vector<model::append_request> requests;
    requests.reserve(group.size());
    std::size_t events = 0;
    for (auto& entry : group) {
        events += entry.events;
        requests.push_back(std::move(entry.request));
    }
    const auto outcomes = append_all(requests);
    if (outcomes)
        head_moved_();
    else
        keep_agent_events(group, requests);
    for (std::size_t i = 0; i < group.size(); ++i)
        if (!group[i].recorded())
            group[i].done(outcomes ? result<model::append_outcome>((*outcomes)[i])
                                   : outcomes.error());
    if (events > limits::append_batch_events_max) { // a list
        requests.clear();
        return_free_memory();
    }
    return outcomes.has_value();
}

result<std::vector<model::append_outcome>>
log_stage::append_all(const std::vector<model::append_request>& requests) {
    const auto there = file_present();
    const auto begun = time_.steady();
    auto outcomes = [&]() -> result<std::vector<model::append_outcome>> {
        if (!there)
            return there.error();
        return log_.append(requests);
    }();
    measured_.log_commits.record(time_.steady() - begun);
    const std::lock_guard lock(mutex_);
    absent_ = !there;
    stats_.last_error = outcomes ? std::string() : outcomes.error().message();
    ++(outcomes ? stats_.commits : stats_.failures);
    if (outcomes) {
        for (const auto& o : *outcomes)
            stats_.events += o.added;
        stats_.last_seq = outcomes->back().last_seq;
        measured_.timing.durable(requests, stats_.last_seq);
    }
    return outcomes;
}

log_stats log_stage::stats() const {
    const std::lock_guard lock(mutex_);
    auto f = stats_;
    f.commit_seconds = measured_.log_commits.stats();
    return f;
}

} // namespace nodewall::agent
