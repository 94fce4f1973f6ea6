// simdjson's DOM as the decoders see it. Private to codec/: no other folder includes this.
//
// A `value` is a place in a JSON document: something that is there, or something absent. An
// explicit null is absent. Reading never fails: what is of the wrong type or out of range reads as
// absent and is noted, with its path, in the `complaints` that the value carries.
#pragma once

#include "base/error.hpp"
#include "codec/json_reader.hpp"

#ifndef SIMDJSON_DEVELOPMENT_CHECKS
#define SIMDJSON_DEVELOPMENT_CHECKS                                                                \
    0 // they guard against wrong use of the library, on every access
#endif
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace nodewall::codec::dom {

using simdjson::dom::element;

/// What was wrong, in the order in which it was found: each thing once, and no more than
/// limits::complaints_max things of limits::complaint_bytes_max bytes.
class complaints {
public:
    void note(errc what, std::string detail);
    bool any() const noexcept { return noted_ != 0; }
    /// How often something was noted, kept or not.
    std::size_t noted() const noexcept { return noted_; }
    /// Only where there is any.
    const error& first() const { return kept_.front(); }
    /// The details.
    std::vector<std::string> details() const;

private:
    std::vector<error> kept_;
    std::size_t noted_ = 0;
};

/// Refers to the value that it was read from, for its path: so it is neither copied nor moved, and
/// `v["a"]["b"]` does not compile.
class value {
public:
    value(element root, complaints& sink) : value(nullptr, {}, no_index, root, sink) {}
    /// The same place, with its complaints noted elsewhere.
    value(const value& same, complaints& sink)
        : element_(same.element_), parent_(same.parent_), sink_(&sink), key_(same.key_),
          index_(same.index_) {}
    value(const value&) = delete;
    value& operator=(const value&) = delete;

    bool present() const noexcept { return element_.has_value(); }
    /// Only where present.
    element raw() const { return *element_; }
    /// Whether the field stands there, be it null.
    bool has(std::string_view key) const { return find(key).has_value(); }

    value operator[](std::string_view key) const& {
        return value(this, key, no_index, find(key), *sink_);
    }
    value operator[](std::string_view key) const&& = delete;

    /// "" where absent.
    std::string_view text() const;
    /// false where absent.
    bool boolean() const;
    /// 0 where absent.
    std::int64_t integer(std::int64_t least, std::int64_t most) const;
    /// 0 where absent.
    double number() const;
    bool is_text() const noexcept { return present() && element_->is_string(); }
    bool is_array() const noexcept { return present() && element_->is_array(); }

    /// read(*this), or nothing where it had to complain.
    template <class F> auto understood(F&& read) const
        -> std::optional<std::invoke_result_t<F, const value&>> {
        const auto before = sink_->noted();
        std::optional<std::invoke_result_t<F, const value&>> got(std::in_place, read(*this));
        if (sink_->noted() != before)
            got.reset();
        return got;
    }
    /// How often something was wrong in the document so far.
    std::size_t noted() const noexcept { return sink_->noted(); }

    /// Calls f(const value&) for each element of an array.
    template <class F> void each(F&& f) const {
        simdjson::dom::array items;
        if (!present() || mistyped(element_->get(items), "is not an array"))
            return;
        std::size_t index = 0;
        for (const element item : items)
            f(static_cast<const value&>(value(this, {}, index++, item, *sink_)));
    }
    /// Calls f(std::string_view key, const value&) for each field of an object.
    template <class F> void each_field(F&& f) const {
        simdjson::dom::object fields;
        if (!present() || mistyped(element_->get(fields), "is not an object"))
            return;
        for (const auto field : fields)
            f(field.key,
              static_cast<const value&>(value(this, field.key, no_index, field.value, *sink_)));
    }

    /// Complains where the value is absent.
    void require() const;
    /// Complains where the value is no object, or has fields other than `known`.
    void require_only(std::initializer_list<std::string_view> known) const;

    /// Notes "PATH what".
    void complain(std::string_view what, errc code = errc::bad_field) const;

private:
    static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

    value(const value* parent, std::string_view key, std::size_t index,
          std::optional<element> found, complaints& sink)
        : element_(found), parent_(parent), sink_(&sink), key_(key), index_(index) {
        if (element_ && element_->is_null())
            element_.reset();
    }

    std::optional<element> find(std::string_view key) const {
        simdjson::dom::object fields;
        if (!present() || mistyped(element_->get(fields), "is not an object"))
            return std::nullopt;
        for (auto at = fields.begin(); at != fields.end(); ++at)
            if (at.key_equals(key))
                return at.value();
        return std::nullopt;
    }
    bool mistyped(simdjson::error_code failure, std::string_view what) const {
        if (failure)
            complain(what, parent_ == nullptr ? errc::not_an_object : errc::bad_field);
        return failure;
    }
    /// "spec.ports[0].nodePort"; empty for the root.
    std::string path() const;

    std::optional<element> element_;
    const value* parent_;
    complaints* sink_;
    std::string_view key_;
    std::size_t index_;
};

/// A parser for texts of up to `bytes_max` bytes that nest no deeper than limits::json_depth_max.
simdjson::dom::parser make_parser(std::size_t bytes_max);

/// The text's value; it lives until the parser's next use.
result<element> parse(simdjson::dom::parser& parser, std::string_view json);

} // namespace nodewall::codec::dom
