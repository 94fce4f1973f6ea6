// Keeping the resident size small: the service lives for months beside workloads.
#pragma once

namespace nodewall {

/// One heap for all threads, so that what one frees another can use, and large blocks go back to
/// the system at once. Before any thread is started.
void configure_heap();

/// Gives freed pages back to the system; a few milliseconds for a large heap. After bulk work.
void return_free_memory();

} // namespace nodewall
