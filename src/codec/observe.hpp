// DOM elements to what the log takes in. Private to codec/.
#pragma once

#include "codec/dom.hpp"

#include <string>
#include <string_view>

namespace nodewall::codec {

/// Identity and body of one object. Items of a list carry neither apiVersion nor kind:
/// `api_version`, where not empty, is the list's, and the body gets both.
result<model::observed_object> observe_element(const kind_row& what, dom::element object,
                                               body_mode mode, std::string_view api_version = {});

/// {"type":...,"object":...}
result<model::observed_event> observe_frame(const kind_row& what, dom::element frame,
                                            body_mode mode);

/// An event's type; complains and reads as ERROR where it is none.
model::observed_event::action read_action(const dom::value& type);

/// The whole value as one spelling of JSON.
std::string canonical_text(dom::element value);

} // namespace nodewall::codec
