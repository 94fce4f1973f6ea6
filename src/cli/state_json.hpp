// `state -o json`.
#pragma once

#include "cli/console.hpp"
#include "compiler/overview.hpp"

#include <boost/json/object.hpp>

namespace nodewall::cli {

/// {"seq","time","node","namespaces":[..],"policies":[..],"frontDoors":[..],"pods":[..],
/// "findings":[{"kind","subject","text"}]}; schema/ANSWERS.md tells the fields.
boost::json::object state_json(const view& v, const compiler::overview& all);

} // namespace nodewall::cli
