// What must hold, a sentence each. A function adds a failure to the running test where it does not.
#pragma once

#include "sim/world.hpp"

namespace nodewall::sim {

// ---- whenever the world has been quiet for a while ----------------------------------------------

/// The service runs, and says that it is ready.
void the_service_is_ready(const world& w);
/// The kernel holds what the log, folded from its first event and compiled at once, gives.
void the_kernel_holds_what_the_log_says(const world& w);
/// The log's live objects are the API server's.
void the_log_holds_what_the_server_holds(world& w);
/// The kernel holds what the API server's objects compile to, without any log between.
void the_kernel_holds_what_the_server_says(world& w);

// ---- always
// ---------------------------------------------------------------------------------------

/// Every row has its seq, its link and its digest; heads, cursors and tail are those of the rows.
void the_log_is_whole(const world& w);
/// What each APPLIED says it applied is what the log compiles to at its seq.
void every_apply_can_be_repeated(const world& w);

} // namespace nodewall::sim
