// What a json_reader holds. Private to codec/.
#pragma once

#include "base/limits.hpp"
#include "codec/dom.hpp"

#include <cassert>
#include <utility>

namespace nodewall::codec {

struct json_reader::state {
    explicit state(kind_registry given) : kinds(std::move(given)) {}

    kind_registry kinds;
    simdjson::dom::parser parser = dom::make_parser(limits::frame_bytes_max);

    /// The value lives until the next call.
    result<dom::element> parse(std::string_view json) {
        if (parser.capacity() > limits::parser_bytes_kept)
            parser = dom::make_parser(limits::frame_bytes_max);
        return dom::parse(parser, json);
    }

    /// Of a kind that the registry must have.
    const kind_row& row(model::kind core) const {
        const auto* found = kinds.find(core);
        assert(found != nullptr);
        return *found;
    }
};

} // namespace nodewall::codec
