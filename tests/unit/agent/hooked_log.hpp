// A log in memory that tests can look into, and make fail.
#pragma once

#include "eventlog/log.hpp"

#include <functional>
#include <utility>

namespace nodewall::agent {

class hooked_log final : public eventlog::log_writer {
public:
    using requests = std::span<const model::append_request>;

    result<eventlog::tail> tail() const override { return log_->tail(); }
    result<std::uint64_t> beginning() const override { return log_->beginning(); }
    result<std::vector<model::event>> read(const eventlog::event_filter& which,
                                           std::size_t limit) const override {
        if (std::exchange(read_fails, false))
            return error(eventlog::errc::busy);
        return log_->read(which, limit);
    }
    result<heads_info> heads(const std::function<void(const model::event&)>& visit) const override {
        return log_->heads(visit);
    }
    result<std::uint64_t> seq_at(timestamp when) const override { return log_->seq_at(when); }
    result<std::optional<std::string>> cursor(std::string_view stream) const override {
        return log_->cursor(stream);
    }
    result<std::vector<model::append_outcome>> append(requests group) override {
        groups.push_back(group.size());
        if (during_append)
            std::exchange(during_append, nullptr)();
        if (std::exchange(append_fails, false))
            return error(eventlog::errc::disk_full);
        return log_->append(group);
    }

    result<bool> work_on_checkpoint() override {
        if (checkpoint_steps.empty())
            return false;
        const auto step = checkpoint_steps.back();
        checkpoint_steps.pop_back();
        return step();
    }

    std::vector<std::size_t> groups; // how many requests each append had
    std::vector<std::function<result<bool>()>> checkpoint_steps; // the last one first
    std::function<void()> during_append;
    bool append_fails = false;       // the next one
    mutable bool read_fails = false; // the next one

private:
    std::unique_ptr<eventlog::log_writer> log_ =
        eventlog::make_memory_log([] { return timestamp(std::chrono::seconds(1)); });
};

inline model::observed_object object_named(const std::string& name) {
    return {"web", name, "uid-" + name, "rv-" + name, R"({"metadata":{"name":")" + name + "\"}}"};
}

} // namespace nodewall::agent
