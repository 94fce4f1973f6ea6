#include "codec/list_splitter.hpp"

#include "base/limits.hpp"

namespace nodewall::codec {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// The first character at or behind `at` that ends a text, or may.
std::size_t end_of_plain(std::string_view piece, std::size_t at) {
    while (at < piece.size() && piece[at] != '"' && piece[at] != '\\')
        ++at;
    return at;
}

} // namespace

result<void> list_splitter::feed(std::string_view piece, const visitor& visit) {
    from_ = 0;
    for (std::size_t i = 0; i < piece.size(); ++i) {
        const char c = piece[i];
        if (in_text_) {
            if (escaped_)
                escaped_ = false;
            else if (c == '\\')
                escaped_ = true;
            else if (c == '"')
                in_text_ = false;
            else if (depth_ == 1)
                key_ += c;
            else
                i = end_of_plain(piece, i + 1) - 1;
            continue;
        }
        if (in_items_ && !in_item_ && c != '{' && c != ']') {
            put_away(piece.substr(from_, i - from_));
            from_ = i + 1;
            if (auto fine = between_items(c); !fine)
                return fine;
        } else if (c == '"') {
            in_text_ = true;
            if (depth_ == 1)
                key_.clear();
        } else if (c == '{' || c == '[' || c == '}' || c == ']') {
            if (auto fine = structural(c, i, piece, visit); !fine)
                return fine;
        }
    }
    put_away(piece.substr(from_));
    if (envelope_.size() > limits::list_envelope_bytes_max)
        return error(errc::too_large, "a list whose envelope is over the limit");
    return {};
}

/// Commas, each between two items, and space.
result<void> list_splitter::between_items(char c) {
    if (is_space(c))
        return {};
    if (c != ',' || !comma_due_)
        return error(errc::not_an_object, "items holds something other than objects");
    comma_due_ = false;
    item_due_ = true;
    return {};
}

/// A bracket outside of all texts.
result<void> list_splitter::structural(char c, std::size_t at, std::string_view piece,
                                       const visitor& visit) {
    if (c == '{' || c == '[') {
        if (in_items_ && !in_item_) {
            if (comma_due_)
                return error(errc::not_json, "items without a comma between them");
            put_away(piece.substr(from_, at - from_));
            from_ = at;
            in_item_ = true;
        }
        if (++depth_ == 2 && c == '[' && key_ == "items") {
            in_items_ = true;
            item_due_ = comma_due_ = false;
        }
        return {};
    }
    if (depth_ == 0)
        return error(errc::not_json, "more ends than beginnings");
    --depth_;
    if (in_item_ && depth_ == 2) {
        put_away(piece.substr(from_, at + 1 - from_));
        from_ = at + 1;
        end_item(visit);
    } else if (in_items_ && depth_ == 1) {
        in_items_ = false;
        key_.clear();
        if (item_due_)
            return error(errc::not_json, "items end with a comma");
    }
    return {};
}

void list_splitter::put_away(std::string_view part) {
    if (!in_item_) {
        envelope_ += part;
        return;
    }
    item_bytes_ += part.size();
    if (!skimmer_ && item_bytes_ > limits::frame_bytes_max) {
        skimmer_.emplace(identity_skimmer::place::root);
        skimmer_->feed(item_);
        item_ = {};
    }
    if (skimmer_)
        skimmer_->feed(part);
    else
        item_ += part;
}

void list_splitter::end_item(const visitor& visit) {
    visit({.text = item_, .bytes = item_bytes_, .who = skimmer_ ? &skimmer_->found() : nullptr});
    if (item_.capacity() > limits::parser_bytes_kept)
        item_ = {};
    item_.clear();
    item_bytes_ = 0;
    skimmer_.reset();
    in_item_ = item_due_ = false;
    comma_due_ = true;
}

} // namespace nodewall::codec
