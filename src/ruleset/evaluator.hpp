// A ruleset asked what becomes of a packet, with real jumps and returns, as the kernel would.
// Indexed once for each ruleset, so that every live connection of a node can be asked about.
#pragma once

#include "ruleset/ruleset.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace nodewall::ruleset {

/// The first packet of a connection, as a hook sees it.
struct packet {
    hook at = hook::prerouting;
    model::ip_address source;
    model::ip_address destination; // before DNAT at prerouting
    model::protocol proto = model::protocol::tcp;
    std::uint16_t port = 0;         // destination
    bool destination_local = false; // the destination is an address of this node
    bool original_direction = true;
    std::string in_interface = "eth0"; // "lo": the node's own packets
};

class evaluator {
public:
    /// Shares the units of `rules`. Costs a walk over them.
    explicit evaluator(const ruleset& rules);
    ~evaluator();
    evaluator(evaluator&&) noexcept;
    evaluator& operator=(evaluator&&) noexcept;

    bool admits(const packet& p) const;

    /// A rule that held, on the way to the verdict.
    struct step {
        std::string chain;
        std::size_t number = 0; // of the rule in its chain, from 1
        std::string rule;       // its text
    };
    struct answer {
        bool admitted = true;
        std::vector<step> steps;
        const unit* decided_by = nullptr; // the decision that was reached; nullptr: none
        const unit* door = nullptr;       // the entry that led to it
    };
    answer ask(const packet& p) const;

private:
    struct index;
    std::unique_ptr<index> index_;
};

} // namespace nodewall::ruleset
