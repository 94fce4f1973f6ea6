// One decoder for each kind of object, and what several of them read. Private to codec/.
// What cannot be read is left out and noted in the value's complaints; where leaving it out could
// open a front door, the object says besides what is unknown (model/objects.hpp).
#pragma once

#include "codec/dom.hpp"
#include "model/objects.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nodewall::codec {

/// Each reads everything but `meta`, which is filled in already. Complaints are noted.
void decode_namespace(const dom::value& object, model::namespace_object& out);
void decode_node(const dom::value& object, model::node_object& out);
void decode_pod(const dom::value& object, model::pod_object& out);
void decode_service(const dom::value& object, model::service_object& out);
void decode_endpoint_slice(const dom::value& object, model::endpoint_slice_object& out);
/// The document is a model::network_policy_spec.
void decode_network_policy(const dom::value& object, model::policy_object& out);
/// The document of each of these is a model::cluster_policy_spec.
void decode_admin_network_policy(const dom::value& object, model::policy_object& out);
void decode_baseline_admin_network_policy(const dom::value& object, model::policy_object& out);
void decode_cluster_network_policy(const dom::value& object, model::policy_object& out);

/// Namespace and name; complains where a name is missing, or the namespace of a namespaced kind.
model::object_key read_key(const kind_row& what, const dom::value& object);
/// "pods shop/web": the object as errors name it, as far as its name is known.
std::string place_of(const kind_row& what, const model::object_key& key);

/// The epoch where absent.
timestamp read_time(const dom::value& when);

/// A value that is null is "", as in the API server; a label whose value is anything else but a
/// text is left out.
model::label_set read_labels(const dom::value& map);

/// Never complains: a selector that makes no sense says so in `invalid`. Absent: selects all.
model::label_selector read_selector(const dom::value& selector);

/// TCP where absent or empty.
model::protocol read_protocol(const dom::value& protocol);

/// Of a port that is given by name: complains where it cannot be one (IANA_SVC_NAME: up to 15 lower
/// case letters, digits and single hyphens between them, with a letter), such as "8080".
std::string read_port_name(const dom::value& field);

/// 1 to 65535; 0 where absent.
std::uint16_t read_port(const dom::value& port);

/// Nothing is added for an absent or empty text.
void add_address(const dom::value& text, std::vector<model::ip_address>& to);

} // namespace nodewall::codec
