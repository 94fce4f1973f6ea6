// Bytes of the Kubernetes API to the values of model/. Everything is validated whole (simdjson's
// DOM) before anything of it is used; depth and size are bounded by base/limits.hpp.
#pragma once

#include "base/error.hpp"
#include "codec/kind_registry.hpp"
#include "model/event_sink.hpp"
#include "model/kind.hpp"
#include "model/objects.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::codec {

enum class errc : std::uint8_t {
    not_json = 1,  ///< the bytes are no JSON value
    too_large,     ///< over limits::frame_bytes_max
    not_an_object, ///< JSON, but not of the shape that the API promises
    no_metadata,   ///< an object without metadata.name (or namespace, where its kind has one)
    bad_field,     ///< a field with an impossible value: the detail names it
    not_yaml,      ///< YAML that cannot be read
    too_deep,      ///< JSON that nests deeper than limits::json_depth_max
};
const char* error_domain(errc);
const char* describe(errc);

/// What is kept of a body (schema/EVENT_LOG.md, "Bodies"). Either way it is compact JSON with the
/// fields of each object sorted by name: equal content gives equal bytes. An object in which a
/// field stands twice is refused, because it has no one meaning.
enum class body_mode : std::uint8_t { narrowed, whole };

/// A `Status` object, as an error answer or inside an ERROR event carries it.
struct api_status {
    int code = 0;
    std::string reason;
    std::string message;
    std::vector<std::string> causes; // details.causes[].reason
    int retry_after_seconds = 0;     // details.retryAfterSeconds
};

struct list_page {
    std::string resource_version;
    std::string continue_token; // empty: the last page
    std::vector<model::observed_object> objects;
    std::string unnamed; // why an item that is not among them could not be read, whichever it was
};

/// An object out of a file for `import`.
struct manifest_item {
    std::string stream;          // of its kind
    model::observed_event event; // ADDED for a plain object; lines of {"type","object"} say it
};

/// Holds the parser's buffers: reuse one per thread. Not safe to share between threads.
class json_reader {
public:
    explicit json_reader(kind_registry kinds = standard_kinds());
    ~json_reader();
    json_reader(json_reader&&) noexcept;
    json_reader& operator=(json_reader&&) noexcept;

    /// The kinds that it reads.
    const kind_registry& kinds() const noexcept;

    /// One object of the log or the API to its decoded form; the API's defaults are filled in.
    /// A part that makes no sense does not fail the object: it is left out, and the model says
    /// `invalid`, `not_understood` or `unknown` there. An error only where the text is no object or
    /// does not say which one.
    result<model::object> decode(const kind_row& what, std::string_view json);
    result<model::object> decode(model::kind what, std::string_view json);

    /// {"type":"ADDED","object":{...}}; the body narrowed. BOOKMARK has only a resource_version,
    /// ERROR the Status as its body. Of an object that cannot be read, but whose name and
    /// version can, the event says that it is unread (codec/unread.hpp).
    result<model::observed_event> read_watch_frame(const kind_row& what, std::string_view frame,
                                                   body_mode mode);

    /// One page of a list that is there as a whole (codec/list_reader.hpp).
    result<list_page> read_list_page(const kind_row& what, std::string_view json, body_mode mode);

    /// An object is a Status unless it says that it is something else.
    result<api_status> read_status(std::string_view json);

    /// The identity and the narrowed body of one object given whole.
    result<model::observed_object> observe(const kind_row& what, std::string_view json,
                                           body_mode mode);
    result<model::observed_object> observe(model::kind what, std::string_view json, body_mode mode);
    /// The same for an item of a list of this apiVersion, which it may leave out.
    result<model::observed_object> observe_item(const kind_row& what, std::string_view json,
                                                body_mode mode, std::string_view api_version);

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace nodewall::codec
