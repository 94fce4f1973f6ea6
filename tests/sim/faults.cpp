#include "sim/faults.hpp"

#include <stdexcept>
#include <utility>

namespace nodewall::sim {

faulty_kernel::faulty_kernel(chance& c) : chance_(c) {
    boot();
}

void faulty_kernel::boot() {
    inside = netfilter::iptables::memory_kernel();
    inside.before_act = [this](const std::string& act) -> std::optional<error> {
        const bool adds = act.starts_with("create ") || act.starts_with("add to ");
        if (!never_takes.empty() && adds && act.find(never_takes) != std::string::npos)
            return error(ruleset::dataplane_errc::kernel_refused, "simulated");
        if (fraction(chance_) < failing / 16) // an apply is many acts
            return any_failure();
        return std::nullopt;
    };
    plane_ = netfilter::iptables::dataplane_on(inside);
}

ruleset::ruleset faulty_kernel::held() const {
    auto copy = inside;
    copy.before_act = nullptr;
    return netfilter::iptables::dataplane_on(copy)->read().value().rules;
}

/// Throws now and then: what nobody foresaw.
error faulty_kernel::any_failure() {
    using enum ruleset::dataplane_errc;
    if (one_in(chance_, 4))
        throw std::runtime_error("simulated");
    return {one_in(chance_, 2) ? busy : kernel_refused, "simulated"};
}

result<ruleset::kernel_view> faulty_kernel::read() {
    if (out_of_reach)
        return error(ruleset::dataplane_errc::no_permission);
    if (fraction(chance_) < failing)
        return any_failure();
    return plane_->read();
}

ruleset::apply_outcome faulty_kernel::apply(std::shared_ptr<const ruleset::ruleset> to) {
    if (out_of_reach)
        return {.failure = error(ruleset::dataplane_errc::no_permission)};
    if (fraction(chance_) < failing)
        return {.failure = any_failure()};
    return count(plane_->apply(std::move(to)));
}

ruleset::apply_outcome faulty_kernel::tidy() {
    if (out_of_reach)
        return {.failure = error(ruleset::dataplane_errc::no_permission)};
    return plane_->tidy(); // what no packet can reach is no change of the kernel's content
}

ruleset::apply_outcome faulty_kernel::count(ruleset::apply_outcome outcome) {
    steps += outcome.steps;
    commits += outcome.commits;
    return outcome;
}

result<std::vector<model::event>> faulty_log::read(const eventlog::event_filter& which,
                                                   std::size_t limit) const {
    if (fraction(chance_) < failing)
        return error(eventlog::errc::busy, "simulated");
    return reader_.read(which, limit);
}

result<std::vector<model::append_outcome>>
faulty_log::append(std::span<const model::append_request> requests) {
    if (fraction(chance_) < failing)
        return error(eventlog::errc::disk_full, "simulated");
    return writer_.append(requests);
}

} // namespace nodewall::sim
