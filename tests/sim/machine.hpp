// What a process consists of beside its own objects, given to the service in place of the real
// thing: threads, and a clock.
#pragma once

#include "async/virtual_clock.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <memory>
#include <random>

namespace nodewall::sim {

using chance = std::mt19937_64;

/// Below `n`, evenly.
std::size_t below(chance& c, std::size_t n);
inline bool one_in(chance& c, std::size_t n) {
    return below(c, n) == 0;
}
double fraction(chance& c);

/// The threads of one process: all are run by the thread of the test, one handler after the other,
/// of whichever of them chance says.
class machine {
public:
    enum thread : std::uint8_t { network, log, compile, kernel, drift, files };

    explicit machine(timestamp now) : time_(now) {}

    async::executor on(thread t) { return all_.at(t).context.get_executor(); }
    async::virtual_clock& time() { return time_; }
    /// One handler of any thread; false where none is ready.
    bool run_one(chance& c);

private:
    struct one {
        boost::asio::io_context context{1};
        boost::asio::executor_work_guard<boost::asio::io_context::executor_type> open{
            context.get_executor()};
    };
    // Destroyed from the last to the first: whatever waits belongs to the network's thread.
    std::array<one, files + 1> all_;
    async::virtual_clock time_;
};

} // namespace nodewall::sim
