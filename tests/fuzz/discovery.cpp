// Any bytes as an API server's discovery documents: what is no list of groups or resources is an
// error, and nothing is both.
#include "kube/discovery.hpp"

#include <cstdlib>

using namespace nodewall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view document(reinterpret_cast<const char*>(data), size);
    const auto groups = kube::read_group_list(document);
    const auto resources = kube::read_resource_list(document);
    if (groups && resources)
        std::abort();
    return 0;
}
