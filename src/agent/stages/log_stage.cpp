#include "agent/stages/log_stage.hpp"

#include "async/signal.hpp"
#include "base/limits.hpp"
#include "base/memory.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
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
};

} // namespace

log_stage::log_stage(eventlog::log_writer& log, async::executor pool, const async::clock& time,
                     meters& measured, std::function<void()> head_moved,
                     std::function<result<void>()> present)
    : log_(log), pool_(std::move(pool)), time_(time), measured_(measured),
      head_moved_(std::move(head_moved)), present_(std::move(present)) {}

result<std::optional<std::string>> log_stage::cursor(std::string_view stream) const {
    const std::lock_guard lock(log_mutex_);
    return log_.cursor(stream);
}

void log_stage::append(model::append_request request, completion done) {
    weight w;
    std::visit(w, request);
    enqueue({std::move(request), std::move(done), w.bytes, w.events});
}

void log_stage::record(model::agent_event event) {
    const auto bytes = event.body.size();
    enqueue({std::move(event), nullptr, bytes, 1});
}

async::awaitable<result<void>> log_stage::record_and_wait(model::agent_event event) {
    struct arrival {
        result<void> outcome;
        async::signal here;
    };
    const auto waiting = std::make_shared<arrival>();
    append(std::move(event), [waiting](const result<model::append_outcome>& outcome) {
        if (!outcome)
            waiting->outcome = outcome.error();
        waiting->here.notify();
    });
    co_await waiting->here.wait();
    co_return waiting->outcome;
}

void log_stage::enqueue(waiting entry) {
    const std::lock_guard lock(mutex_);
    const auto is_agent_event = [](const waiting& w) { return !w.done; };
    if (is_agent_event(entry) && ++agent_events_waiting_ > limits::agent_events_waiting_max) {
        const auto oldest = std::find_if(queue_.begin(), queue_.end(), is_agent_event);
        stats_.waiting_bytes -= oldest->bytes;
        queue_.erase(oldest);
        --agent_events_waiting_;
    }
    stats_.waiting_bytes += entry.bytes;
    queue_.push_back(std::move(entry));
    if (!draining_)
        begin_draining();
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
    boost::asio::post(pool_, [this, bytes] {
        const std::lock_guard lock(log_mutex_);
        log_.set_bytes_max(bytes);
    });
}

result<void> log_stage::file_present() {
    return present_ ? present_() : result<void>();
}

/// Commits groups until nothing waits, or nothing but agent events that the log refused just now.
void log_stage::drain() {
    for (;;) {
        auto group = next_group();
        if (group.empty())
            break;
        if (!commit(std::move(group)) && rests_until_next())
            return;
        measured_.log_work.begin();
    }
    if (!std::exchange(idle_work_posted_, true))
        boost::asio::post(pool_, [this] { use_idle_time(); });
}

/// A step towards the next checkpoint; what is appended meanwhile goes before the step after it. An
/// error is no news: the next append meets the same disk, and reports it.
void log_stage::use_idle_time() {
    const auto more = [&] {
        const std::lock_guard lock(log_mutex_);
        return log_.work_on_checkpoint();
    }();
    idle_work_posted_ = more && *more;
    if (idle_work_posted_)
        boost::asio::post(pool_, [this] { use_idle_time(); });
}

/// Agent events that the log refused go with whatever is appended next: trying at once would spin.
bool log_stage::rests_until_next() {
    const std::lock_guard lock(mutex_);
    const bool only_agent_events =
        std::none_of(queue_.begin(), queue_.end(), [](const waiting& w) { return bool(w.done); });
    if (only_agent_events)
        stop_draining();
    return only_agent_events;
}

/// Agent events are kept in their order, before what came since.
void log_stage::keep_agent_events(std::vector<waiting>& group,
                                  std::vector<model::append_request>& requests) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = group.size(); i-- > 0;) {
        if (group[i].done || agent_events_waiting_ >= limits::agent_events_waiting_max)
            continue;
        group[i].request = std::move(requests[i]);
        stats_.waiting_bytes += group[i].bytes;
        ++agent_events_waiting_;
        queue_.push_front(std::move(group[i]));
    }
}

std::vector<log_stage::waiting> log_stage::next_group() {
    const std::lock_guard lock(mutex_);
    std::vector<waiting> group;
    std::size_t events = 0;
    while (!queue_.empty() &&
           (group.empty() || events + queue_.front().events <= limits::append_batch_events_max)) {
        auto& entry = queue_.front();
        events += entry.events;
        stats_.waiting_bytes -= entry.bytes;
        agent_events_waiting_ -= entry.done ? 0 : 1;
        group.push_back(std::move(entry));
        queue_.pop_front();
    }
    if (group.empty())
        stop_draining();
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
        if (group[i].done)
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
        const std::lock_guard lock(log_mutex_);
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
