// What table mangle and the sets of a kernel in memory make of a packet: rule by rule, with marks,
// jumps and returns as the kernel has them. Written without a look at how nodewall lays rules out.
#pragma once

#include "netfilter/iptables/kernel/memory_kernel.hpp"
#include "ruleset/evaluator.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace nodewall::test {

struct xt_verdict {
    bool admitted = true;
    std::uint32_t mark = 0; // of the packet when it leaves the table
    std::size_t rules = 0;  // that it was compared with
};

class xt_evaluator {
public:
    explicit xt_evaluator(const netfilter::iptables::memory_kernel& kernel) : kernel_(kernel) {}

    /// `mark`: that the packet came with.
    xt_verdict evaluate(const ruleset::packet& p, std::uint32_t mark = 0) const;

private:
    const netfilter::iptables::memory_kernel& kernel_;
};

} // namespace nodewall::test
