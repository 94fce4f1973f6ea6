#include "codec/json_reader.hpp"

namespace nodewall::codec {

const char* error_domain(errc) {
    return "codec";
}

const char* describe(errc value) {
    switch (value) {
    case errc::not_json:
        return "not JSON";
    case errc::too_large:
        return "too large";
    case errc::not_an_object:
        return "not of the shape that the API promises";
    case errc::no_metadata:
        return "an object without its metadata";
    case errc::bad_field:
        return "an impossible value";
    case errc::not_yaml:
        return "not YAML";
    case errc::too_deep:
        return "JSON that nests too deeply";
    }
    return "unknown error";
}

} // namespace nodewall::codec
