// One page of a list, as it arrives. Items carry no kind of their own: the kind is what was asked
// for, and each body gets it, with the list's apiVersion, as a watch would give it.
//
// An item that cannot be read costs itself alone: it is in the page as an unread object
// (codec/unread.hpp). An answer that is no complete page of this kind is an error, never an empty
// list.
#pragma once

#include "codec/json_reader.hpp"

#include <memory>
#include <string_view>

namespace nodewall::codec {

class list_reader {
public:
    /// Both outlive it.
    list_reader(json_reader& reader, const kind_row& what, body_mode mode);
    ~list_reader();

    result<void> feed(std::string_view piece);
    /// Items so far.
    std::size_t items() const noexcept { return items_; }
    /// The bytes of those of them that were over the limit, and are kept nowhere.
    std::size_t bytes_over() const noexcept { return bytes_over_; }
    /// The page, once all of it has been fed.
    result<list_page> finish();

private:
    struct parts;
    void read_item(std::string_view text);

    json_reader& reader_;
    const kind_row& what_;
    body_mode mode_;
    std::unique_ptr<parts> parts_;
    list_page page_;
    std::size_t items_ = 0, bytes_over_ = 0;
};

} // namespace nodewall::codec
