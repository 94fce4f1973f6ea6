// Any bytes as a watch frame, a page of a list and a Status of each kind.
#include "codec/json_reader.hpp"

#include <cstdlib>

using namespace nodewall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static codec::json_reader reader;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const auto& kind : reader.kinds().rows()) {
        const auto event = reader.read_watch_frame(*kind, bytes, codec::body_mode::narrowed);
        if (event && event->what != model::observed_event::action::bookmark &&
            event->object.body.empty() && event->object.unread.empty())
            std::abort();
        const auto page = reader.read_list_page(*kind, bytes, codec::body_mode::narrowed);
        if (page && page->resource_version.empty())
            std::abort();
    }
    (void)reader.read_status(bytes);
    return 0;
}
