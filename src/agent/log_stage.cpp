#include "agent/log_stage.hpp"

#include "base/limits.hpp"
#include "base/memory.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

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
    void operator()(const model::agent_act& r) {
        bytes += r.body.size();
        ++events;
    }
};

} // namespace

log_stage::log_stage(eventlog::log_writer& log, async::executor pool, now_function now,
                     std::function<void()> head_moved)
    : log_(log), pool_(std::move(pool)), now_(std::move(now)), head_moved_(std::move(head_moved)) {}

result<std::optional<std::string>> log_stage::cursor(std::string_view stream) const {
    const std::lock_guard lock(log_mutex_);
    return log_.cursor(stream);
}

void log_stage::append(model::append_request request, completion done) {
    weight w;
    std::visit(w, request);
    enqueue({std::move(request), std::move(done), w.bytes, w.events});
}

void log_stage::record(model::agent_act act) {
    const auto bytes = act.body.size();
    enqueue({std::move(act), nullptr, bytes, 1});
}

void log_stage::enqueue(waiting entry) {
    const std::lock_guard lock(mutex_);
    const auto is_act = [](const waiting& w) { return !w.done; };
    if (is_act(entry) && ++acts_waiting_ > limits::own_acts_waiting_max) {
        const auto oldest = std::find_if(queue_.begin(), queue_.end(), is_act);
        figures_.waiting_bytes -= oldest->bytes;
        queue_.erase(oldest);
        --acts_waiting_;
    }
    figures_.waiting_bytes += entry.bytes;
    queue_.push_back(std::move(entry));
    if (!draining_) {
        draining_ = true;
        boost::asio::post(pool_, [this] { drain(); });
    }
}

/// Commits groups until nothing waits.
void log_stage::drain() {
    for (;;) {
        auto group = next_group();
        if (group.empty())
            return;
        commit(std::move(group));
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
        figures_.waiting_bytes -= entry.bytes;
        acts_waiting_ -= entry.done ? 0 : 1;
        group.push_back(std::move(entry));
        queue_.pop_front();
    }
    draining_ = !group.empty();
    return group;
}

void log_stage::commit(std::vector<waiting> group) {
    std::vector<model::append_request> requests;
    requests.reserve(group.size());
    std::size_t events = 0;
    for (auto& entry : group) {
        events += entry.events;
        requests.push_back(std::move(entry.request));
    }
    const auto begun = now_();
    const auto outcomes = [&] {
        const std::lock_guard lock(log_mutex_);
        return log_.append(requests);
    }();
    {
        const std::lock_guard lock(mutex_);
        ++(outcomes ? figures_.commits : figures_.failures);
        figures_.committing += now_() - begun;
        if (outcomes) {
            for (const auto& o : *outcomes)
                figures_.events += o.added;
            figures_.last_seq = outcomes->back().last_seq;
        }
    }
    if (outcomes)
        head_moved_();
    for (std::size_t i = 0; i < group.size(); ++i)
        if (group[i].done)
            group[i].done(outcomes ? result<model::append_outcome>((*outcomes)[i])
                                   : outcomes.error());
    if (events > limits::append_batch_events_max) { // a list
        requests.clear();
        return_free_memory();
    }
}

log_figures log_stage::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

} // namespace nodewall::agent
