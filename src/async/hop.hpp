// Blocking work on another thread, awaited here.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <type_traits>
#include <utility>

namespace nodewall::async {

/// Runs `work()` on `pool` and resumes on the caller's own executor with what it returned or threw.
/// Work that has begun is not interrupted: cancellation is noticed once it has ended.
template <class F> awaitable<std::invoke_result_t<F&>> on_pool(executor pool, F work) {
    using outcome = std::invoke_result_t<F&>;
    namespace asio = boost::asio;
    auto start = [pool = std::move(pool), work = std::move(work)](auto handler) mutable {
        auto home = asio::prefer(asio::get_associated_executor(handler),
                                 asio::execution::outstanding_work.tracked);
        asio::post(pool, [home = std::move(home), work = std::move(work),
                          handler = std::move(handler)]() mutable {
            std::exception_ptr problem;
            outcome value{};
            try {
                value = work();
            } catch (...) {
                problem = std::current_exception();
            }
            asio::post(home,
                       [handler = std::move(handler), problem, value = std::move(value)]() mutable {
                           std::move(handler)(problem, std::move(value));
                       });
        });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                            void(std::exception_ptr, outcome)>(std::move(start),
                                                                               asio::use_awaitable);
}

} // namespace nodewall::async
