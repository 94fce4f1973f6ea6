// What made a front door stand as it does, for a person: in no decision.
#pragma once

#include "compiler/doors/judgement.hpp"
#include "ruleset/unit.hpp"

#include <span>
#include <string>
#include <vector>

namespace nodewall::compiler {

/// The objects that speak at the door, and the policies that apply behind it: the first
/// limits::policies_cited_max of them, because doors times policies would be a product.
std::vector<ruleset::cause> causes_of(std::span<const claimed_door> speakers,
                                      const judgement& what);

/// "front door nodeport TCP/30051 of Service web/site and ...".
std::string names_of(std::span<const claimed_door> doors);

} // namespace nodewall::compiler
