// The C library's headers that have the same as the kernel's: they come first, and the kernel's
// then leave it out. To be included before any header of linux/.
#pragma once

#include <net/if.h>
#include <netinet/in.h>
