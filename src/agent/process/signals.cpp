#include "agent/process/signals.hpp"

#include "agent/process/notify.hpp"
#include "base/limits.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

namespace nodewall::agent {

namespace asio = boost::asio;

namespace {

/// The process ends then, whatever still runs: the log is crash-safe.
void leave_after(std::chrono::microseconds grace) {
    std::signal(SIGALRM, [](int) { _exit(0); });
    itimerval timer{};
    timer.it_value.tv_sec = grace / std::chrono::seconds(1);
    timer.it_value.tv_usec = (grace % std::chrono::seconds(1)).count();
    setitimer(ITIMER_REAL, &timer, nullptr);
}

} // namespace

async::awaitable<void> until_stopped(logger& logger) {
    asio::signal_set signals(co_await asio::this_coro::executor, SIGTERM, SIGINT);
    const auto number = co_await signals.async_wait(asio::use_awaitable);
    logger.info("stopping on {}; the rules stay", number == SIGTERM ? "TERM" : "INT");
    notify_stopping();
    leave_after(limits::stop_grace);
}

async::awaitable<void> reload_on(asio::signal_set& hang_ups, reloader& reloads,
                                 const bool& enforcing, async::clock& time) {
    for (;;) {
        co_await hang_ups.async_wait(asio::use_awaitable);
        if (enforcing)
            notify_reloading(time.steady());
        co_await reloads.reload();
        if (enforcing)
            notify_ready("enforcing");
    }
}

} // namespace nodewall::agent
