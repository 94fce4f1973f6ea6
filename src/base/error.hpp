// The one error type of nodewall, and result<T>, which carries it.
//
// An error is a code from a folder's own enum and a detail that names the object and, where there
// is one, the way out. result<T> is for whatever input can cause; exceptions are for a broken
// world.
//
// A folder makes its enum an error enum by declaring, in the enum's namespace:
//     const char* error_domain(errc);      the folder's name, "eventlog"
//     const char* describe(errc);          one sentence for each value
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>

namespace nodewall {

template <class E>
concept error_enum = std::is_enum_v<E> && requires(E value) {
    { error_domain(value) } -> std::convertible_to<const char*>;
    { describe(value) } -> std::convertible_to<const char*>;
};

template <error_enum E> const boost::system::error_category& category_of() {
    class category final : public boost::system::error_category {
        const char* name() const noexcept override { return error_domain(E{}); }
        std::string message(int value) const override { return describe(static_cast<E>(value)); }
    };
    static const category instance;
    return instance;
}

template <error_enum E> boost::system::error_code to_error_code(E value) {
    return {static_cast<int>(value), category_of<E>()};
}

class error {
public:
    /// No error; what result<T>::error() gives where there is a value.
    error() = default;
    template <error_enum E> error(E value, std::string detail = {})
        : error(to_error_code(value), std::move(detail)) {}
    error(boost::system::error_code code, std::string detail = {})
        : code_(code), detail_(std::move(detail)) {}

    const boost::system::error_code& code() const noexcept { return code_; }
    const std::string& detail() const noexcept { return detail_; }

    template <error_enum E> bool is(E value) const { return code_ == to_error_code(value); }

    /// "DETAIL: what went wrong", one line, for a person.
    std::string message() const;

    /// The same error with `context` put before its detail: "context: detail".
    error within(std::string_view context) const;

private:
    boost::system::error_code code_;
    std::string detail_;
};

template <class T> using result = boost::system::result<T, error>;

/// What result<T>::value() throws. what() is error::message().
class error_exception : public std::exception {
public:
    explicit error_exception(error cause);
    const char* what() const noexcept override { return text_.c_str(); }
    const error& cause() const noexcept { return cause_; }

private:
    error cause_;
    std::string text_;
};

[[noreturn]] void throw_exception_from_error(const error& cause, const boost::source_location&);

} // namespace nodewall
