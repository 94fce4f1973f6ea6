// A JSON value written in one spelling: compact, the fields of each object sorted by name. So equal
// content gives equal bytes, whichever way it came in. Private to codec/.
#pragma once

#include "codec/dom.hpp"
#include "codec/narrow.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::codec {

class body_writer {
public:
    /// Writes what `kept` keeps of the value. Where `api_version` is not empty, a root object
    /// without apiVersion and kind gets them.
    void write(dom::element root, const shape& kept, std::string_view api_version,
               std::string_view kind);

    const std::string& text() const noexcept { return text_; }
    /// The name of a field that stands twice in one object; such a text has no one meaning.
    const std::optional<std::string>& repeated_field() const noexcept { return repeated_; }

private:
    struct field {
        std::string_view key;
        dom::element value;
        const keep* rule = nullptr;
        std::string_view literal; // instead of `value`
    };

    void value(dom::element v, const shape& kept);
    void array(simdjson::dom::array items, const shape& kept);
    void object(simdjson::dom::object fields, const shape& kept);
    void push_fields(simdjson::dom::object fields, const shape& kept);
    /// Writes the fields on the stack from `first` on as one object, and takes them off.
    void pop_object(std::size_t first);
    void field_value(const field& f);
    void last_manager(dom::element managed_fields);
    void ready_conditions(dom::element conditions, const shape& kept);
    void number(double number);
    template <class Integer> void integer(Integer number);

    std::string text_;
    std::vector<field> fields_; // a stack: the fields of the objects being written
    std::optional<std::string> repeated_;
};

} // namespace nodewall::codec
