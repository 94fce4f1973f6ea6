// What a listener stands on: one of the two kinds of socket.
#pragma once

#include "http/server.hpp"

namespace nodewall::http {

class listener::socket {
public:
    virtual ~socket() = default;
    virtual std::string address() const = 0;
    virtual async::awaitable<result<peer>> accept() = 0;
};

} // namespace nodewall::http
