#include "codec/list_reader.hpp"

#include "base/limits.hpp"
#include "codec/list_splitter.hpp"
#include "codec/observe.hpp"
#include "codec/reader_state.hpp"
#include "codec/unread.hpp"

#include <fmt/core.h>

namespace nodewall::codec {

namespace {

/// An answer that is no complete page of this kind must never pass for an empty list.
void check_list(const kind_row& what, const dom::value& root) {
    const auto kind = root["kind"].text();
    const auto expected = fmt::format("{}List", what.object_kind);
    if (!kind.empty() && kind != expected)
        root.complain(fmt::format("is a {}, not a {}", kind, expected), errc::not_an_object);
    const auto metadata = root["metadata"];
    if (metadata["resourceVersion"].text().empty())
        root.complain("has no metadata.resourceVersion", errc::not_an_object);
    if (!root.has("items"))
        root.complain("has no items", errc::not_an_object);
}

/// The apiVersion of a list whose items have begun: API servers write it before them.
std::string api_version_of(std::string_view envelope) {
    constexpr std::string_view key = "\"apiVersion\":";
    auto at = envelope.find(key);
    if (at == std::string_view::npos)
        return {};
    at = envelope.find_first_not_of(" \t\r\n", at + key.size());
    if (at == std::string_view::npos || envelope[at] != '"')
        return {};
    const auto end = envelope.find('"', at + 1);
    return std::string(envelope.substr(at + 1, end - at - 1));
}

} // namespace

struct list_reader::parts {
    list_splitter splitter;
    std::string api_version; // known from the first item on
};

list_reader::list_reader(json_reader& reader, const kind_row& what, body_mode mode)
    : reader_(reader), what_(what), mode_(mode), parts_(std::make_unique<parts>()) {}
list_reader::~list_reader() = default;

result<void> list_reader::feed(std::string_view piece) {
    const auto visit = [this](const list_splitter::item& item) {
        if (items_++ == 0)
            parts_->api_version = api_version_of(parts_->splitter.envelope());
        if (item.who == nullptr)
            return read_item(item.text);
        bytes_over_ += item.bytes;
        auto unread = unread_object(what_, *item.who, over_limit(item.bytes));
        if (unread)
            page_.objects.push_back(std::move(*unread));
        else
            page_.unnamed = over_limit(item.bytes);
    };
    auto fed = parts_->splitter.feed(piece, visit);
    return fed ? fed : fed.error().within(what_.stream);
}

void list_reader::read_item(std::string_view text) {
    auto read = reader_.observe_item(what_, text, mode_, parts_->api_version);
    if (read)
        return page_.objects.push_back(std::move(*read));
    identity_skimmer skimmer(identity_skimmer::place::root);
    skimmer.feed(text);
    if (auto unread = unread_object(what_, skimmer.found(), read.error().message()))
        page_.objects.push_back(std::move(*unread));
    else
        page_.unnamed = read.error().within(fmt::format("items[{}]", items_ - 1)).message();
}

result<list_page> list_reader::finish() {
    auto parser = dom::make_parser(limits::list_envelope_bytes_max);
    const auto parsed = dom::parse(parser, parts_->splitter.envelope());
    if (!parsed)
        return parsed.error().within(what_.stream);
    dom::complaints faults;
    const dom::value root(*parsed, faults);
    check_list(what_, root);
    root["items"].each([](const dom::value&) {});
    const auto metadata = root["metadata"];
    page_.resource_version = metadata["resourceVersion"].text();
    page_.continue_token = metadata["continue"].text();
    if (faults.any())
        return faults.first().within(what_.stream);
    return std::move(page_);
}

result<list_page> json_reader::read_list_page(const kind_row& what, std::string_view json,
                                              body_mode mode) {
    list_reader page(*this, what, mode);
    if (auto fed = page.feed(json); !fed)
        return fed.error();
    return page.finish();
}

} // namespace nodewall::codec
