// Transport protocols that policies and Services name, with their IANA numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nodewall::model {

enum class protocol : std::uint8_t { tcp = 6, udp = 17, sctp = 132 };

/// "TCP", "UDP", "SCTP": as the Kubernetes API writes them.
std::string_view to_string(protocol p);
/// "tcp", "udp", "sctp": as ipset and iptables write them.
std::string_view to_lower_string(protocol p);
/// Accepts both cases of spelling.
std::optional<protocol> parse_protocol(std::string_view text);

} // namespace nodewall::model
