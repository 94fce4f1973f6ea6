// The backend of the legacy tables: rules of iptables, sets of ipset.
//
//     ruleset ──▶ plan (plan/) ──▶ steps ──▶ kernel_port (kernel/) ──▶ image (layout/)
//                   ▲ image, what it stands for ─────────────────────────────┘
//
// docs/ARCHITECTURE.md and the headers of layout/ say how a ruleset lies in the kernel.
#pragma once

#include "netfilter/iptables/kernel/port.hpp"
#include "netfilter/iptables/layout/marks.hpp"
#include "ruleset/dataplane.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace nodewall::netfilter::iptables {

struct options {
    std::string xtables_lock = "/run/xtables.lock"; // iptables' own: XTABLES_LOCKFILE overrides it
    std::uint32_t mark_mask = default_mark_mask;    // at least two bits
};

/// The kernel of the current network namespace.
std::unique_ptr<ruleset::dataplane> open_dataplane(options o);
/// A kernel in memory that holds nothing at first: for dry runs.
std::unique_ptr<ruleset::dataplane>
open_memory_dataplane(std::uint32_t mark_mask = default_mark_mask);
/// Any kernel; it outlives the dataplane.
std::unique_ptr<ruleset::dataplane> dataplane_on(kernel_port& kernel,
                                                 std::uint32_t mark_mask = default_mark_mask);

// What stands in a kernel that held nothing after the ruleset was applied to it, without the room
// that is laid out for more decisions. A ruleset that no compiler makes gives a line that says so.

/// `iptables-save` text of one family's part of table mangle, our chains only.
std::string iptables_text(const ruleset::ruleset& rules, model::family f,
                          std::uint32_t mark_mask = default_mark_mask);
/// `ipset save` text of both families: create lines, then add lines.
std::string ipset_text(const ruleset::ruleset& rules, std::uint32_t mark_mask = default_mark_mask);

} // namespace nodewall::netfilter::iptables
