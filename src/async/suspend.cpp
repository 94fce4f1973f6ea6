#include "async/suspend.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nodewall::async {

namespace asio = boost::asio;
using boost::system::error_code;

void suspended::cancel() {
    finish(asio::error::operation_aborted);
}

void suspended::finish(error_code outcome) {
    asio::post(home_, [h = std::move(handler_), outcome]() mutable { std::move(h)(outcome); });
}

awaitable<void> suspend(std::function<std::function<void()>(suspended)> keep) {
    const auto home = co_await asio::this_coro::executor;
    auto start = [&keep, &home](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto take_back = keep(suspended(std::move(handler), home));
        if (slot.is_connected())
            slot.assign(
                [take_back = std::move(take_back)](asio::cancellation_type) { take_back(); });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(error_code)>(
        std::move(start), asio::use_awaitable);
}

} // namespace nodewall::async
