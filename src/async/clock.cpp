#include "async/clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nodewall::async {

timestamp real_clock::now() const {
    return std::chrono::time_point_cast<nanoseconds>(std::chrono::system_clock::now());
}

nanoseconds real_clock::steady() const {
    return std::chrono::steady_clock::now().time_since_epoch();
}

awaitable<void> real_clock::sleep(nanoseconds duration) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

} // namespace nodewall::async
