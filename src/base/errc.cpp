#include "base/errc.hpp"

namespace nodewall {

const char* error_domain(errc) {
    return "base";
}

const char* describe(errc value) {
    switch (value) {
    case errc::bad_time:
        return "not an RFC 3339 time";
    }
    return "unknown error";
}

} // namespace nodewall
