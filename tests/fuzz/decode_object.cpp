// Any bytes as an object of each kind. What is observed must narrow to the same body again, and its
// narrowed body must decode to what its whole body decodes to.
#include "codec/json_reader.hpp"

#include <cstdlib>

using namespace nodewall;

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static codec::json_reader reader;
    const std::string_view json(reinterpret_cast<const char*>(data), size);
    for (const auto& kind : reader.kinds().rows()) {
        const auto decoded = reader.decode(*kind, json);
        const auto narrowed = reader.observe(*kind, json, codec::body_mode::narrowed);
        const auto whole = reader.observe(*kind, json, codec::body_mode::whole);
        if (narrowed) {
            const auto again = reader.observe(*kind, narrowed->body, codec::body_mode::narrowed);
            require(again.has_value() && again->body == narrowed->body);
        }
        if (decoded && narrowed && whole) {
            const auto from_narrowed = reader.decode(*kind, narrowed->body);
            const auto from_whole = reader.decode(*kind, whole->body);
            require(from_narrowed.has_value() && from_whole.has_value());
            require(*from_narrowed == *from_whole);
        }
    }
    return 0;
}
