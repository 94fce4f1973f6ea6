#include "async/supervise.hpp"

#include <boost/asio/this_coro.hpp>

#include <exception>

namespace nodewall::async {

awaitable<void> supervise(std::string name, std::function<awaitable<void>()> make_stage,
                          jitter random, clock& time, logger& log) {
    backoff delay(std::move(random));
    for (;;) {
        const auto began = time.steady();
        std::exception_ptr problem;
        try {
            co_await make_stage();
        } catch (...) {
            problem = std::current_exception();
        }
        const auto state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none)
            throw_cancelled();

        if (time.steady() - began >= limits::backoff_reset_after)
            delay.reset();
        const auto wait = delay.next();
        log.error("{} {}; it starts again in {} ms", name,
                  problem ? "failed: " + describe(problem) : "ended unexpectedly",
                  std::chrono::duration_cast<std::chrono::milliseconds>(wait).count());
        co_await time.sleep(wait);
    }
}

} // namespace nodewall::async
