#include "async/awaitable.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nodewall::async {

void throw_cancelled() {
    throw boost::system::system_error(boost::asio::error::operation_aborted);
}

bool is_cancellation(const std::exception_ptr& problem) {
    if (!problem)
        return false;
    try {
        std::rethrow_exception(problem);
    } catch (const boost::system::system_error& e) {
        return e.code() == boost::asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::string describe(const std::exception_ptr& problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "an exception without a text";
    }
}

} // namespace nodewall::async
