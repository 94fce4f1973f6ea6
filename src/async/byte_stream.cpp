#include "async/byte_stream.hpp"

namespace nodewall::async {

awaitable<result<void>> write_all(byte_stream& to, std::string_view bytes) {
    while (!bytes.empty()) {
        auto written = co_await to.async_write_some(bytes);
        if (!written)
            co_return written.error();
        bytes.remove_prefix(*written);
    }
    co_return result<void>{};
}

} // namespace nodewall::async
