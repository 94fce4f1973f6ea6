#include "codec/yaml_builder.hpp"

#include "base/limits.hpp"
#include "codec/yaml_scalar.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <utility>

namespace nodewall::codec {

namespace {

constexpr std::size_t node_bytes = 32; // of one value in an array or object, its key apart

[[noreturn]] void refuse(const YAML::Mark& mark, const std::string& why) {
    throw YAML::ParserException(mark, why);
}

/// "" and "?" are yaml-cpp's tags of plain scalars and collections without one, "!" of quoted ones.
bool tagged_as(std::string_view tag, std::string_view core_name) {
    constexpr std::string_view core = "tag:yaml.org,2002:";
    return tag.starts_with(core) && tag.substr(core.size()) == core_name;
}

bool read_as_plain(const YAML::Mark& mark, const std::string& tag) {
    if (tag == "!" || tagged_as(tag, "str"))
        return false;
    for (const auto* name : {"bool", "float", "int", "null", "timestamp"})
        if (tagged_as(tag, name))
            return true;
    if (!tag.empty() && tag != "?")
        refuse(mark, fmt::format("tag '{}' is not supported", tag));
    return true;
}

/// Whether `---` stands at `at`, or `...` on the last line before it that is neither blank nor a
/// comment.
bool begins_document(std::string_view text, std::size_t at) {
    if (text.substr(at).starts_with("---"))
        return true;
    auto before = text.substr(0, at);
    while (!before.empty()) {
        before = before.substr(0, before.find_last_not_of(" \t\r\n") + 1);
        const auto line = before.substr(before.find_last_of("\r\n") + 1);
        const auto first = line.find_first_not_of(" \t");
        if (first != std::string_view::npos && line[first] != '#')
            return line.starts_with("...");
        before.remove_suffix(line.size());
    }
    return false;
}

} // namespace

boost::json::value yaml_builder::take_document() {
    return std::exchange(document_, nullptr);
}

void yaml_builder::OnDocumentStart(const YAML::Mark& mark) {
    const auto at = static_cast<std::size_t>(mark.pos);
    // Where a document breaks off, yaml-cpp begins another one, over and over at some brackets.
    if (document_at_ && (*document_at_ == at || !begins_document(text_, at)))
        refuse(mark, "what stands here has no place in the document");
    document_at_ = at;
    open_.clear();
    anchored_.clear();
    copied_bytes_ = 0;
    document_ = nullptr;
}

void yaml_builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
    add({.json = nullptr, .bytes = node_bytes}, mark, anchor);
}

void yaml_builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const auto at = anchored_.find(anchor);
    if (at == anchored_.end())
        refuse(mark, "an alias inside the value that it stands for");
    copy_bytes(at->second.bytes, mark);
    add(at->second, mark, 0);
}

void yaml_builder::copy_bytes(std::size_t bytes, const YAML::Mark& mark) {
    copied_bytes_ += bytes;
    if (copied_bytes_ > limits::frame_bytes_max)
        refuse(mark, fmt::format("anchors and aliases make the document larger than {} bytes",
                                 limits::frame_bytes_max));
}

void yaml_builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                            const std::string& text) {
    node scalar{.json = nullptr, .bytes = node_bytes + text.size()};
    if (read_as_plain(mark, tag)) {
        auto plain = read_plain_scalar(text);
        if (!plain)
            refuse(mark, fmt::format("JSON has no number {}", text));
        scalar.json = std::move(*plain);
        scalar.merge_key = text == "<<";
    } else {
        scalar.json = text;
    }
    add(std::move(scalar), mark, anchor);
}

void yaml_builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                   YAML::anchor_t anchor, YAML::EmitterStyle::value) {
    begin(boost::json::array(), mark, tag, anchor);
}

void yaml_builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
    begin(boost::json::object(), mark, tag, anchor);
}

void yaml_builder::OnSequenceEnd() {
    end();
}

void yaml_builder::OnMapEnd() {
    merge(open_.back());
    end();
}

void yaml_builder::begin(boost::json::value empty, const YAML::Mark& mark, const std::string& tag,
                         YAML::anchor_t anchor) {
    if (open_.size() >= limits::json_depth_max)
        refuse(mark, fmt::format("nests deeper than {}", limits::json_depth_max));
    const auto* const core_name = empty.is_array() ? "seq" : "map";
    if (!tag.empty() && tag != "?" && tag != "!" && !tagged_as(tag, core_name))
        refuse(mark, fmt::format("tag '{}' is not supported", tag));
    open_.push_back({.so_far = {.json = std::move(empty), .bytes = node_bytes, .depth = 1},
                     .mark = mark,
                     .anchor = anchor});
}

void yaml_builder::end() {
    auto ended = std::move(open_.back());
    open_.pop_back();
    add(std::move(ended.so_far), ended.mark, ended.anchor);
}

void yaml_builder::add(node value, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() + value.depth > limits::json_depth_max)
        refuse(mark, fmt::format("nests deeper than {}", limits::json_depth_max));
    if (anchor != 0) {
        copy_bytes(value.bytes, mark);
        anchored_[anchor] = value;
    }
    if (open_.empty()) {
        document_ = std::move(value.json);
        return;
    }
    auto& parent = open_.back();
    parent.so_far.bytes += value.bytes;
    parent.so_far.depth = std::max(parent.so_far.depth, value.depth + 1);
    if (auto* const array = parent.so_far.json.if_array())
        array->push_back(std::move(value.json));
    else
        add_to_object(parent, std::move(value), mark);
}

/// Keys that are no strings become what they look like, as in JSON.
void yaml_builder::add_to_object(open_node& parent, node value, const YAML::Mark& mark) {
    auto& object = parent.so_far.json.get_object();
    if (!parent.has_key) {
        if (value.json.is_structured() || value.json.is_null())
            refuse(mark, "a key is neither text nor a number nor a boolean");
        const auto* const text = value.json.if_string();
        parent.key = value.merge_key   ? std::string()
                     : text != nullptr ? std::string(*text)
                                       : boost::json::serialize(value.json);
        parent.has_key = true;
        parent.merging = value.merge_key;
        return;
    }
    parent.has_key = false;
    if (parent.merging)
        parent.merged.push_back(std::move(value.json));
    else if (!object.emplace(parent.key, std::move(value.json)).second)
        refuse(mark, fmt::format("the key '{}' stands twice", parent.key));
}

/// `<<: *base`: the fields of `base` that the object does not have itself; of a list of bases, the
/// earlier ones count.
void yaml_builder::merge(open_node& into) {
    auto& object = into.so_far.json.get_object();
    const auto merge_one = [&](const boost::json::value& base) {
        if (!base.is_object())
            refuse(into.mark, "a << key whose value is no map");
        for (const auto& [key, value] : base.get_object())
            object.emplace(key, value);
    };
    for (const auto& base : into.merged) {
        if (const auto* const bases = base.if_array())
            std::for_each(bases->begin(), bases->end(), merge_one);
        else
            merge_one(base);
    }
}

} // namespace nodewall::codec
