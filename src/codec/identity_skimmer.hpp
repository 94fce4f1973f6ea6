// Who an object is, out of a text that is too large or too broken to be read: the few names that
// say it are picked out as the text passes by, in bounded memory. Nothing is validated.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace nodewall::codec {

/// What was found; each is empty where it was not, or was no plain ASCII.
struct skimmed_identity {
    std::string event_type; // of a watch frame: its "type"
    std::string namespace_, name, uid, resource_version;
};

class identity_skimmer {
public:
    /// Where the object stands: it is the text itself, or its field "object".
    enum class place { root, watch_frame };

    explicit identity_skimmer(place where) : where_(where) {}

    /// The next piece of the text, cut anywhere.
    void feed(std::string_view piece);
    const skimmed_identity& found() const noexcept { return found_; }

private:
    static constexpr std::size_t depth_read = 3; // {"object":{"metadata":{"name":
    static constexpr std::size_t text_max = 320; // names have at most 253 characters

    void open(bool object);
    void close();
    void end_text();
    void keep(std::string& to);
    bool within(std::size_t depth, std::string_view key) const;

    place where_;
    skimmed_identity found_;
    std::size_t depth_ = 0;
    std::array<bool, depth_read + 1> is_object_{};
    std::array<std::string, depth_read + 1> key_; // the field that is being read, of each depth
    bool in_text_ = false, escaped_ = false, is_value_ = false;
    std::string text_;
    bool plain_ = true; // text_ is all of the string, and ASCII without escapes
};

} // namespace nodewall::codec
