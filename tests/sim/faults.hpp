// The kernel and the log, as they are when something is wrong with them.
#pragma once

#include "eventlog/log.hpp"
#include "netfilter/iptables/dataplane.hpp"
#include "netfilter/iptables/kernel/memory_kernel.hpp"
#include "sim/machine.hpp"

namespace nodewall::sim {

/// A kernel that is busy or refuses, at any step of a plan, or throws.
class faulty_kernel final : public ruleset::dataplane {
public:
    explicit faulty_kernel(chance& c);

    result<void> probe() override { return {}; }
    result<ruleset::kernel_view> read() override;
    ruleset::apply_outcome apply(std::shared_ptr<const ruleset::ruleset> to) override;
    ruleset::apply_outcome tidy() override;
    result<void> reset() override { return plane_->reset(); }

    /// What a packet meets there.
    ruleset::ruleset held() const;
    /// The machine was booted: nothing of ours is in its kernel.
    void boot();

    double failing = 0;        // the part of the calls that fail
    bool out_of_reach = false; // nothing is done to it
    std::string never_takes;   // no set of such a name is made or gets a member; empty: all do
    std::size_t commits = 0, steps = 0;
    netfilter::iptables::memory_kernel inside;

private:
    error any_failure();
    ruleset::apply_outcome count(ruleset::apply_outcome outcome);

    chance& chance_;
    std::unique_ptr<ruleset::dataplane> plane_;
};

/// A log whose disk fails now and then, for its writer and its readers.
class faulty_log final : public eventlog::log_writer {
public:
    faulty_log(eventlog::log_writer& writer, const eventlog::log_reader& reader, chance& c)
        : writer_(writer), reader_(reader), chance_(c) {}

    result<eventlog::tail> tail() const override { return reader_.tail(); }
    result<std::uint64_t> beginning() const override { return reader_.beginning(); }
    result<std::vector<model::event>> read(const eventlog::event_filter& which,
                                           std::size_t limit) const override;
    result<heads_info> heads(const std::function<void(const model::event&)>& visit) const override {
        return reader_.heads(visit);
    }
    result<std::uint64_t> seq_at(timestamp when) const override { return reader_.seq_at(when); }
    result<std::vector<model::append_outcome>>
    append(std::span<const model::append_request> requests) override;
    result<std::optional<std::string>> cursor(std::string_view stream) const override {
        return writer_.cursor(stream);
    }

    double failing = 0;

private:
    eventlog::log_writer& writer_;
    const eventlog::log_reader& reader_;
    chance& chance_;
};

} // namespace nodewall::sim
