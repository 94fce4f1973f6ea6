// A list's page, as it arrives, into its items and the envelope around them: neither the page nor
// an item over the limit is ever in memory as a whole. Private to codec/.
#pragma once

#include "codec/identity_skimmer.hpp"
#include "codec/json_reader.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::codec {

class list_splitter {
public:
    struct item {
        std::string_view text;                 // empty: over limits::frame_bytes_max
        std::size_t bytes = 0;                 // of it, seen
        const skimmed_identity* who = nullptr; // only where it is over the limit
    };
    using visitor = std::function<void(const item&)>;

    /// Hands over each item that `piece` completes. An error where the text is no list.
    result<void> feed(std::string_view piece, const visitor& visit);

    /// The page without its items, "items":[] in their place, so far.
    const std::string& envelope() const noexcept { return envelope_; }

private:
    result<void> structural(char c, std::size_t at, std::string_view piece, const visitor& visit);
    result<void> between_items(char c);
    void put_away(std::string_view part);
    void end_item(const visitor& visit);

    std::string envelope_;
    std::string item_;
    std::size_t item_bytes_ = 0;
    std::optional<identity_skimmer> skimmer_; // of an item over the limit
    std::size_t from_ = 0;                    // what of the piece is not put away yet
    std::size_t depth_ = 0;
    std::string key_; // of the envelope, the last text read there
    bool in_text_ = false, escaped_ = false;
    bool in_items_ = false, in_item_ = false;
    bool item_due_ = false, comma_due_ = false;
};

} // namespace nodewall::codec
