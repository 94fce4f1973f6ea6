// What a json_reader holds. Private to codec/.
#pragma once

#include "base/limits.hpp"
#include "codec/dom.hpp"

namespace nodewall::codec {

struct json_reader::state {
    simdjson::dom::parser parser = dom::make_parser(limits::frame_bytes_max);

    /// The value lives until the next call.
    result<dom::element> parse(std::string_view json) {
        if (parser.capacity() > limits::parser_bytes_kept)
            parser = dom::make_parser(limits::frame_bytes_max);
        return dom::parse(parser, json);
    }
};

} // namespace nodewall::codec
