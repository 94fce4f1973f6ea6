// One GET, and then the server's door is shut, so that the event loop ends.
#pragma once

#include "http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <utility>

namespace nodewall::http {

inline result<response> get_once(client& http, boost::asio::io_context& context,
                                 boost::asio::ip::tcp::acceptor& door) {
    std::optional<result<response>> outcome;
    boost::asio::co_spawn(context, http.get("/", {}, 1000),
                          [&](std::exception_ptr problem, result<response> got) {
                              ASSERT_FALSE(problem);
                              outcome = std::move(got);
                              door.close();
                          });
    context.run();
    return std::move(*outcome);
}

} // namespace nodewall::http
