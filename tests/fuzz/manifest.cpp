// Any bytes as a file to import. What is taken from it must be readable, in all parts, as what it
// claims to be.
#include "codec/manifest.hpp"

#include <cstdlib>

using namespace nodewall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static codec::json_reader reader;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = codec::read_manifest(reader, text, codec::body_mode::narrowed);
    if (!read)
        return 0;
    for (const auto& item : read->items) {
        const auto decoded =
            reader.decode(*reader.kinds().find_stream(item.stream), item.event.object.body);
        if (!decoded || !meta_of(*decoded).not_understood.empty())
            std::abort();
    }
    return 0;
}
