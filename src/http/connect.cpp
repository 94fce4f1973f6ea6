#include "http/connect.hpp"

#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "base/limits.hpp"
#include "http/socket_io.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace nodewall::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using async::awaitable;
using boost::system::error_code;

namespace {

using endpoints = std::vector<tcp::endpoint>;

/// The families by turns, beginning with the resolver's favourite (RFC 8305, section 4).
endpoints by_turns(const endpoints& found) {
    endpoints mine, other, mixed;
    for (const auto& one : found)
        (one.protocol() == found.front().protocol() ? mine : other).push_back(one);
    for (std::size_t i = 0; i < std::max(mine.size(), other.size()); ++i) {
        if (i < mine.size())
            mixed.push_back(mine[i]);
        if (i < other.size())
            mixed.push_back(other[i]);
    }
    return mixed;
}

awaitable<result<endpoints>> resolve(const std::string& host, std::uint16_t port) {
    error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address)
        co_return endpoints{tcp::endpoint(address, port)};
    tcp::resolver resolver(co_await asio::this_coro::executor);
    const auto [problem, found] =
        co_await resolver.async_resolve(host, std::to_string(port), as_result);
    if (problem == asio::error::operation_aborted)
        async::throw_cancelled();
    if (problem)
        co_return error(errc::cannot_resolve, problem.message());
    co_return endpoints(found.begin(), found.end());
}

/// A peer that vanished without a word is noticed within a minute. A connection whose options
/// cannot be set is still good.
void keep_alive(tcp::socket& socket) {
    const auto set = [&socket](int option, int value) {
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
    };
    set(TCP_KEEPIDLE, 30); // seconds
    set(TCP_KEEPINTVL, 10);
    set(TCP_KEEPCNT, 3);
    error_code ignored;
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    socket.set_option(tcp::no_delay(true), ignored);
}

/// Attempts at several addresses, of which the first to succeed ends the others.
struct race {
    race(endpoints where, async::clock& clock)
        : addresses(std::move(where)), time(clock), begin_now(addresses.size()) {}

    endpoints addresses;
    async::clock& time;
    std::deque<async::signal> begin_now; // for the attempt at each address
    std::size_t begun = 0;
    std::optional<tcp::socket> winner;
    error_code last_problem = asio::error::host_not_found;
};

/// The next one need not wait: the one before it has failed.
void begin_next(race& r) {
    if (r.begun < r.begin_now.size())
        r.begin_now[r.begun].notify();
}

/// Throws where it comes to nothing, as wait_for_one_success wants it.
awaitable<void> attempt(race& r, std::size_t which) {
    if (which > 0) {
        std::vector<awaitable<void>> either;
        either.push_back(r.time.sleep(which * limits::connect_stagger));
        either.push_back(r.begin_now[which].wait());
        co_await async::run_all(std::move(either));
    }
    r.begun = std::max(r.begun, which + 1);
    tcp::socket socket(co_await asio::this_coro::executor);
    const auto [problem] = co_await socket.async_connect(r.addresses[which], as_result);
    if (problem == asio::error::operation_aborted)
        async::throw_cancelled();
    if (problem) {
        r.last_problem = problem;
        begin_next(r);
        throw boost::system::system_error(problem);
    }
    if (!r.winner)
        r.winner = std::move(socket);
}

} // namespace

awaitable<result<tcp::socket>> connect(std::string host, std::uint16_t port, std::size_t first,
                                       async::clock& time) {
    auto addresses = co_await resolve(host, port);
    if (!addresses)
        co_return addresses.error();
    co_return co_await connect_any(std::move(*addresses), first, time);
}

awaitable<result<tcp::socket>> connect_any(endpoints addresses, std::size_t first,
                                           async::clock& time) {
    addresses = by_turns(addresses);
    const auto turn = static_cast<std::ptrdiff_t>(first % addresses.size());
    std::rotate(addresses.begin(), addresses.begin() + turn, addresses.end());
    addresses.resize(std::min(addresses.size(), limits::connect_addresses_max));

    const auto here = co_await asio::this_coro::executor;
    race r(std::move(addresses), time);
    const auto spawn = [&](std::size_t which) {
        return asio::co_spawn(here, attempt(r, which), asio::deferred);
    };
    std::vector<decltype(spawn(0))> attempts;
    for (std::size_t i = 0; i < r.addresses.size(); ++i)
        attempts.push_back(spawn(i));
    co_await asio::experimental::make_parallel_group(std::move(attempts))
        .async_wait(asio::experimental::wait_for_one_success(), asio::use_awaitable);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        async::throw_cancelled();
    if (!r.winner)
        co_return error(errc::cannot_connect, r.last_problem.message());
    keep_alive(*r.winner);
    co_return std::move(*r.winner);
}

} // namespace nodewall::http
