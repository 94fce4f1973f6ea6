// Where Services and hostPorts meet the outside on one node (SEMANTICS section 3, the table).
#pragma once

#include "model/cluster_state.hpp"
#include "model/gate_settings.hpp"
#include "policy/door_budget.hpp"

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace nodewall::explain {

enum class door_kind : std::uint8_t { node_port, external, cluster_ip, host_port };

/// What answers at an address, a protocol and a port: the ports of a Service (several where the
/// Service itself claims the door twice), or a container's port of a local pod.
struct door {
    door_kind what = door_kind::node_port;
    const model::service_object* service = nullptr;
    std::vector<const model::service_port*> ports;
    const model::pod_object* pod = nullptr; // host_port
    const model::container_port* host_port = nullptr;
    /// Whether the gate asks its backends. Somebody else may have the address by the cluster's or a
    /// load balancer's hand: then his count alone (SEMANTICS section 6, "Doors that meet").
    bool gate_asks = true;
    std::string refuses{}; // why the Service refuses everyone; empty: it does not

    /// "NodePort of Service web/site", "hostPort of pod web/site".
    std::string to_string() const;
};

/// The place that is dialled.
struct place {
    model::ip_address address;
    model::protocol proto = model::protocol::tcp;
    std::uint16_t port = 0;
};

class door_table {
public:
    /// Both must outlive the table, and doors point into them.
    door_table(const model::objects& objects, const model::gate_settings& settings);

    /// Whether some NodePort has this number, in that family.
    bool has_node_port(model::family f, model::protocol proto, std::uint16_t port) const;
    /// Whether some local pod has this hostPort, on whatever address.
    bool has_host_port(model::protocol proto, std::uint16_t port) const {
        return host_ports_.contains({proto, port});
    }
    /// Whether NodePorts answer on that address, if it is one of the node's.
    bool node_ports_answer_on(const model::ip_address& address) const;
    /// Whether they answer on any address of that family.
    bool node_ports_answer_in(model::family f) const;

    /// The NodePort of this number on any address where NodePorts answer, and the hostPorts of this
    /// number on any address: together one door.
    std::vector<door> node_port(model::family f, model::protocol proto, std::uint16_t port) const;
    /// All that answer there; `local`: it is one of the node's addresses. Together they are one
    /// door.
    std::vector<door> at(const place& p, bool local) const;

private:
    using door_key = std::tuple<door_kind, model::ip_address, model::protocol, std::uint16_t>;

    void add_service(const model::service_object& service);
    void add_node_port(const model::service_object& service, const model::service_port& port);
    /// Of Services that are over their budget and have more doors than are kept one by one.
    void append_those_over_budget(const place& p, std::vector<door>& to) const;
    void add_host_ports(const model::pod_object& pod);
    void claim(const door_key& key, const model::service_object& service,
               const model::service_port& port);
    void append(const door_key& key, std::vector<door>& to) const;
    void append_host_ports(const place& p, bool local, std::vector<door>& to) const;

    const model::gate_settings& settings_;
    /// Of each key those of all Services that claim it, the older first; node_port: at the family's
    /// zero address.
    std::map<door_key, std::vector<door>> doors_;
    std::multimap<std::pair<model::protocol, std::uint16_t>, door> host_ports_;
    policy::door_budget budget_;
    std::vector<const model::service_object*> over_budget_;
};

} // namespace nodewall::explain
