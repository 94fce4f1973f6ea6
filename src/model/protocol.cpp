#include "model/protocol.hpp"

namespace nodewall::model {

std::string_view to_string(protocol p) {
    switch (p) {
    case protocol::tcp:
        return "TCP";
    case protocol::udp:
        return "UDP";
    case protocol::sctp:
        break;
    }
    return "SCTP";
}

std::string_view to_lower_string(protocol p) {
    switch (p) {
    case protocol::tcp:
        return "tcp";
    case protocol::udp:
        return "udp";
    case protocol::sctp:
        break;
    }
    return "sctp";
}

std::optional<protocol> parse_protocol(std::string_view text) {
    for (const auto p : {protocol::tcp, protocol::udp, protocol::sctp})
        if (text == to_string(p) || text == to_lower_string(p))
            return p;
    return std::nullopt;
}

} // namespace nodewall::model
