#include "base/memory.hpp"

#include <malloc.h>

namespace nodewall {

void configure_heap() {
    constexpr int large_bytes = 128 * 1024; // malloc's first threshold, which it raises by itself
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, large_bytes);
    mallopt(M_TRIM_THRESHOLD, large_bytes);
}

void return_free_memory() {
    malloc_trim(0);
}

} // namespace nodewall
