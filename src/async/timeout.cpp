#include "async/timeout.hpp"

namespace nodewall::async {

const char* error_domain(errc) {
    return "async";
}

const char* describe(errc e) {
    switch (e) {
    case errc::timed_out:
        return "the time limit has passed";
    }
    return "unknown";
}

} // namespace nodewall::async
