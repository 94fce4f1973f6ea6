// The coroutine type of nodewall and how cancellation travels through it.
//
// Cancellation is never an input error: a cancelled coroutine leaves by
// boost::system::system_error(operation_aborted), whatever it returns otherwise, and its locals
// clean up. Everything else that can go wrong outside is a result<T>.
#pragma once

#include "base/error.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <exception>

namespace nodewall::async {

template <class T> using awaitable = boost::asio::awaitable<T>;
using executor = boost::asio::any_io_executor;

/// Throws what a cancelled coroutine throws.
[[noreturn]] void throw_cancelled();

/// Whether `problem` is what throw_cancelled() throws.
bool is_cancellation(const std::exception_ptr& problem);

/// The text of any exception, for a log line.
std::string describe(const std::exception_ptr& problem);

} // namespace nodewall::async
