#include "async/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace nodewall::async {

namespace asio = boost::asio;

awaitable<void> run_all(std::vector<awaitable<void>> tasks) {
    if (tasks.empty())
        co_return;
    const auto here = co_await asio::this_coro::executor;
    auto spawn = [&here](awaitable<void> task) {
        return asio::co_spawn(here, std::move(task), asio::deferred);
    };
    std::vector<decltype(spawn(std::declval<awaitable<void>>()))> group;
    group.reserve(tasks.size());
    for (auto& task : tasks)
        group.push_back(spawn(std::move(task)));

    const auto [order, problems] =
        co_await asio::experimental::make_parallel_group(std::move(group))
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    for (const auto index : order)
        if (problems[index] && !is_cancellation(problems[index]))
            std::rethrow_exception(problems[index]);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        throw_cancelled();
}

} // namespace nodewall::async
