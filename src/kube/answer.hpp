// What asking an API server gives: a value, or a failure that says what to do about it.
#pragma once

#include "base/error.hpp"
#include "kube/error.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <optional>

namespace nodewall::kube {

/// `cause` has a code of kube::errc where the server answered, of http::errc where it did not.
struct failure {
    error cause;
    std::optional<std::chrono::seconds> retry_after{}; // as the server asked
};

/// What answer<T>::value() throws.
[[noreturn]] inline void throw_exception_from_error(const failure& f,
                                                    const boost::source_location&) {
    throw error_exception(f.cause);
}

template <class T> using answer = boost::system::result<T, failure>;

} // namespace nodewall::kube
