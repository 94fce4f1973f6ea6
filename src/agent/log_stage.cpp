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
    void operator()(const model::cluster_changed& r) {
        bytes += r.reason.size();
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

/// Commits groups until nothing waits, or nothing but acts that the log refused just now.
void log_stage::drain() {
    for (;;) {
        auto group = next_group();
        if (group.empty() || (!commit(std::move(group)) && rests_until_next()))
            return;
    }
}

/// Acts that the log refused go with whatever is appended next: trying at once would spin.
bool log_stage::rests_until_next() {
    const std::lock_guard lock(mutex_);
    const bool only_acts =
        std::none_of(queue_.begin(), queue_.end(), [](const waiting& w) { return bool(w.done); });
    if (only_acts)
        draining_ = false;
    return only_acts;
}

/// Own acts are kept in their order, before what came since.
void log_stage::keep_acts(std::vector<waiting>& group,
                          std::vector<model::append_request>& requests) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = group.size(); i-- > 0;) {
        if (group[i].done || acts_waiting_ >= limits::own_acts_waiting_max)
            continue;
        group[i].request = std::move(requests[i]);
        figures_.waiting_bytes += group[i].bytes;
        ++acts_waiting_;
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
        figures_.waiting_bytes -= entry.bytes;
        acts_waiting_ -= entry.done ? 0 : 1;
        group.push_back(std::move(entry));
        queue_.pop_front();
    }
    draining_ = !group.empty();
    return group;
}

bool log_stage::commit(std::vector<waiting> group) {
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
    else
        keep_acts(group, requests);
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

log_figures log_stage::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

} // namespace nodewall::agent
