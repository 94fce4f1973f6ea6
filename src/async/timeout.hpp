// A time limit on an operation.
#pragma once

#include "async/clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <exception>
#include <utility>

namespace nodewall::async {

enum class errc : std::uint8_t {
    timed_out = 1, ///< the time limit passed first
};
const char* error_domain(errc);
const char* describe(errc);

/// What `work` returns or throws, or errc::timed_out once `limit` has passed. At the limit the work
/// is cancelled and waited for; work that succeeds in that very moment still counts.
template <class T>
awaitable<result<T>> with_timeout(clock& time, nanoseconds limit, awaitable<result<T>> work) {
    namespace asio = boost::asio;
    const auto here = co_await asio::this_coro::executor;
    auto [order, work_problem, outcome, sleep_problem] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(here, std::move(work), asio::deferred),
            asio::co_spawn(here, time.sleep(limit), asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    const bool limit_passed = order[0] == 1 && !sleep_problem;
    if (work_problem && !(limit_passed && is_cancellation(work_problem)))
        std::rethrow_exception(work_problem);
    if (limit_passed && (work_problem || outcome.has_error()))
        co_return errc::timed_out;
    co_return std::move(outcome);
}

} // namespace nodewall::async
