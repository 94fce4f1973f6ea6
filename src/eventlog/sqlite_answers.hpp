// The reading half of log_reader and log_writer over a log file.
#pragma once

#include "eventlog/queries.hpp"

namespace nodewall::eventlog {

template <class Interface> class sqlite_answers : public Interface {
public:
    result<eventlog::tail> tail() const override {
        return guarded([&] { return queries_.tail(); });
    }
    result<std::uint64_t> beginning() const override {
        return guarded([&] { return queries_.beginning(); });
    }
    result<std::vector<model::event>> read(const event_filter& which,
                                           std::size_t limit) const override {
        return guarded([&] { return queries_.read(which, limit); });
    }
    result<log_reader::heads_info>
    heads(const std::function<void(const model::event&)>& visit) const override {
        return guarded([&] { return queries_.heads(visit); });
    }
    result<std::uint64_t> seq_at(timestamp when) const override {
        return guarded([&] { return queries_.seq_at(when); });
    }

protected:
    /// A member of the derived class, which may not be constructed yet.
    explicit sqlite_answers(queries& q) : queries_(q) {}

private:
    queries& queries_;
};

} // namespace nodewall::eventlog
