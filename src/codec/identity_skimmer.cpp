#include "codec/identity_skimmer.hpp"

namespace nodewall::codec {

void identity_skimmer::feed(std::string_view piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
        const char c = piece[i];
        if (!in_text_) {
            if (c == '"') {
                in_text_ = true;
                text_.clear();
                plain_ = true;
            } else if (c == '{' || c == '[') {
                open(c == '{');
            } else if (c == '}' || c == ']') {
                close();
            } else if (c == ':') {
                is_value_ = true;
            } else if (c == ',') {
                is_value_ = false;
            }
        } else if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
            plain_ = false;
        } else if (c == '"') {
            in_text_ = false;
            end_text();
        } else if (depth_ <= depth_read && plain_) {
            plain_ = c > ' ' && c < '\x7f' && text_.size() < text_max;
            text_ += c;
        } else { // the rest of a text that says nothing
            while (i + 1 < piece.size() && piece[i + 1] != '"' && piece[i + 1] != '\\')
                ++i;
        }
    }
}

void identity_skimmer::open(bool object) {
    ++depth_;
    is_value_ = false;
    if (depth_ <= depth_read) {
        is_object_[depth_] = object;
        key_[depth_].clear();
    }
}

void identity_skimmer::close() {
    if (depth_ > 0)
        --depth_;
    is_value_ = true; // what follows is a comma, or another end
}

bool identity_skimmer::within(std::size_t depth, std::string_view key) const {
    return is_object_[depth] && key_[depth] == key;
}

/// A key, or the text that is a field's value.
void identity_skimmer::end_text() {
    if (depth_ == 0 || depth_ > depth_read || !is_object_[depth_])
        return;
    auto& key = key_[depth_];
    if (!is_value_) {
        key = plain_ ? text_ : std::string();
        return;
    }
    const bool framed = where_ == place::watch_frame;
    if (framed && depth_ == 1 && key == "type")
        return keep(found_.event_type);
    const std::size_t metadata = framed ? 2 : 1;
    if (depth_ != metadata + 1 || !within(metadata, "metadata") || (framed && !within(1, "object")))
        return;
    if (key == "name")
        keep(found_.name);
    else if (key == "namespace")
        keep(found_.namespace_);
    else if (key == "uid")
        keep(found_.uid);
    else if (key == "resourceVersion")
        keep(found_.resource_version);
}

/// The first one counts.
void identity_skimmer::keep(std::string& to) {
    if (to.empty() && plain_)
        to = text_;
}

} // namespace nodewall::codec
