// `rules --ask FROM TO PORT`: what the compiled rules do with one connection, rule by rule.
#pragma once

#include "cli/console.hpp"
#include "model/address.hpp"
#include "model/protocol.hpp"
#include "ruleset/evaluator.hpp"
#include "ruleset/ruleset.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::cli {

/// As given on the command line: an address; an address, or "node" for one of the node's own; a
/// port, or PORT/PROTOCOL. Returns what is wrong; nothing where all is well.
std::optional<std::string> parse_rules_question(const std::vector<std::string>& words,
                                                rules_question& asked);

/// The packet that is asked about: from the outside, or over lo where the node itself sends it.
ruleset::packet packet_of(const rules_question& asked, const view& v);

/// Prints the verdict and each rule that held. Exit code: done for a connection that passes,
/// negative for one that is dropped.
int answer_rules_question(const rules_question& asked, const view& v, const ruleset::ruleset& rules,
                          output how);

} // namespace nodewall::cli
