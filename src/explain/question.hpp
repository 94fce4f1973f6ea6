// One connection that is asked about, as values and as text.
#pragma once

#include "base/error.hpp"
#include "model/address.hpp"
#include "model/kind.hpp"
#include "model/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace nodewall::explain {

enum class errc : std::uint8_t {
    bad_question = 1, ///< text that names no party, a port that is missing or too many
    unknown_party,    ///< the log cannot tell who or where that is
};
const char* error_domain(errc);
const char* describe(errc);

/// A NodePort of the node that is asked about: on one of its addresses, or on any.
struct node_port_name {
    std::optional<model::ip_address> node_address;
    bool operator==(const node_port_name&) const = default;
};

/// A Service by its name (explain/service_name.hpp says what is dialled then). What is written as
/// "svc/web" may be a pod of a namespace called svc, too, and is that where the log knows it.
struct service_name {
    model::object_key key; // without a namespace: in whichever has it
    std::optional<model::object_key> or_pod{};
    bool operator==(const service_name&) const = default;
};

/// An address, or a pod by its key.
using source = std::variant<model::ip_address, model::object_key>;
using destination =
    std::variant<node_port_name, model::ip_address, model::object_key, service_name>;

struct question {
    source from;
    destination to;
    model::protocol proto = model::protocol::tcp;
    bool proto_given = true; // of a Service: whether `proto` was asked for
    std::uint16_t port = 0;  // the one that is dialled; 0, of a Service: the one that it has
    /// Only the connection that ends at this backend of the front door.
    std::optional<model::ip_address> backend;
    bool operator==(const question&) const = default;
};

/// What a person writes, not yet read.
struct question_text {
    std::string_view from; // ADDRESS or NAMESPACE/POD
    std::string_view to;   // the same, svc/[NAMESPACE/]NAME, nodeport:[NODE-ADDRESS:]PROTOCOL/PORT
    std::optional<std::uint64_t> port;
    std::optional<std::string_view> protocol; // default: the Service's, TCP
    std::optional<std::string_view> backend;
};

/// A nodeport: names port and protocol itself and takes none beside it; everything else but a
/// Service needs a port from 1 to 65535.
result<question> parse_question(const question_text& text);

} // namespace nodewall::explain
