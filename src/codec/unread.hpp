// Objects that the API server has and that cannot be read: too large, or no object that makes
// sense. What is known of one is who it is; what it said last that could be read stays in force
// (schema/EVENT_LOG.md, "Unread objects").
#pragma once

#include "codec/identity_skimmer.hpp"
#include "codec/json_reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nodewall::codec {

/// The first field of an unread object's body, which no object of the API has.
inline constexpr std::string_view unread_key = "!unread";

/// Who it is, as far as the kind needs it; nothing where that is not known.
std::optional<model::observed_object>
unread_object(const kind_row& what, const skimmed_identity& who, std::string_view reason);

/// The event of a watch frame that cannot be read; nothing where it is not known whose, which
/// version of it, or what happened to it.
std::optional<model::observed_event> unread_event(const kind_row& what, const skimmed_identity& who,
                                                  std::string_view reason);

/// "over the limit: 17000000 bytes, at most 16777216".
std::string over_limit(std::size_t bytes);

/// The body of an unread object: `last`, the body of its last version that could be read, behind a
/// mark with the reason; where there is none (`last` is empty), its identity behind that mark.
std::string unread_body(std::string_view last, const model::observed_object& object,
                        std::string_view reason);

} // namespace nodewall::codec
