#include "sim/faults.hpp"

#include <stdexcept>

namespace nodewall::sim {

/// Throws now and then: what nobody foresaw.
error faulty_kernel::any_failure() {
    using enum model::dataplane_errc;
    if (one_in(chance_, 4))
        throw std::runtime_error("simulated");
    return {one_in(chance_, 2) ? busy : kernel_refused, "simulated"};
}

result<model::kernel_snapshot> faulty_kernel::read() {
    if (out_of_reach)
        return error(model::dataplane_errc::no_permission);
    if (fraction(chance_) < failing)
        return any_failure();
    return inside.read();
}

model::apply_outcome faulty_kernel::apply(const model::plan& p, std::size_t first) {
    if (out_of_reach)
        return {.steps_done = first, .failures = {error(model::dataplane_errc::no_permission)}};
    if (fraction(chance_) < failing)
        inside.apply_fails = {first + below(chance_, p.steps.size() - first), any_failure()};
    auto outcome = inside.apply(p, first);
    steps += outcome.steps_done - first;
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
