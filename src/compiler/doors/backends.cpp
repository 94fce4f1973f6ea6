#include "compiler/doors/backends.hpp"

#include "base/sort_unique.hpp"
#include "model/service_proxy.hpp"

#include <algorithm>
#include <optional>

namespace nodewall::compiler {

namespace {

class collector {
public:
    collector(const model::service_object& service, const model::service_port& port,
              model::family f, state_reader& reader, std::string_view node_name)
        : service_(service), port_(port), family_(f), reader_(reader), node_name_(node_name) {}

    void add_slice(const model::endpoint_slice_object& slice) {
        if (!model::same_proxy(service_.meta, slice.meta))
            return;
        if (slice.unknown)
            add_unreadable();
        if (slice.address_family != family_)
            return;
        for (const auto& port : slice.ports)
            if (port.unknown || (port.name == port_.name && port.proto == port_.proto))
                add_endpoints(slice, port);
    }

    /// Something that may be a backend, and may be here.
    void add_unreadable() {
        add(backend::sort::unknown, {}, 0, std::string(node_name_), own_namespace());
    }

    /// A pod that the Service's selector selects.
    void add_selected(const model::pod_object& pod) {
        if (!pod.understood())
            return add_unreadable();
        const auto address =
            std::find_if(pod.addresses.begin(), pod.addresses.end(),
                         [&](const model::ip_address& a) { return a.fam() == family_; });
        const auto number = target_port(pod);
        if (address != pod.addresses.end() && number)
            add_pod(pod, *address, *number, pod.node_name);
    }

    std::vector<backend> take() {
        sort_unique(backends_);
        return std::move(backends_);
    }

private:
    void add_endpoints(const model::endpoint_slice_object& slice,
                       const model::endpoint_port& port) {
        for (const auto& endpoint : slice.endpoints) {
            if (port.unknown || endpoint.unknown)
                add_unreadable();
            else
                add_endpoint(endpoint, port.port);
        }
    }

    /// Who owns the address is the backend, whatever the endpoint says that it is.
    void add_endpoint(const model::endpoint& endpoint, std::uint16_t number) {
        const bool named = !endpoint.target_pod.name.empty();
        const auto& address = endpoint.address;
        if (const auto* owner = address ? reader_.owner(*address) : nullptr) {
            if (!named || is_named(endpoint, *owner))
                add_pod(*owner, *address, number, endpoint.node_name);
            else
                add(backend::sort::unknown, *address, number, endpoint.node_name,
                    owner->meta.key.namespace_);
        } else if (named) {
            add_named(endpoint, number);
        } else if (address) {
            add(backend::sort::nobodys, *address, number, endpoint.node_name, own_namespace());
        }
    }

    static bool is_named(const model::endpoint& endpoint, const model::pod_object& pod) {
        return endpoint.target_pod == pod.meta.key &&
               (endpoint.target_pod_uid.empty() || endpoint.target_pod_uid == pod.meta.uid);
    }

    void add_named(const model::endpoint& endpoint, std::uint16_t number) {
        const auto address = endpoint.address.value_or(model::ip_address{});
        const auto* pod = reader_.pod(endpoint.target_pod);
        if (pod != nullptr && is_named(endpoint, *pod))
            add_pod(*pod, address, number, endpoint.node_name);
        else
            add(backend::sort::unknown, address, number, endpoint.node_name,
                endpoint.target_pod.namespace_);
    }

    void add_pod(const model::pod_object& pod, const model::ip_address& address,
                 std::uint16_t number, const std::string& node) {
        const auto& place = node.empty() ? pod.node_name : node;
        if (pod.finished())
            return;
        const auto& owner = pod.meta.key.namespace_;
        if (!pod.understood() || (pod.addresses.empty() && !pod.host_network))
            add(backend::sort::unknown, address, number, place, owner);
        else if (pod.host_network &&
                 std::ranges::find(pod.addresses, address) != pod.addresses.end())
            add(backend::sort::open, address, number, place, owner);
        else if (pod.host_network)
            add(backend::sort::nobodys, address, number, place, own_namespace());
        else
            backends_.push_back({backend::sort::pod,
                                 &pod,
                                 {},
                                 port_.proto,
                                 number,
                                 place == node_name_,
                                 owner,
                                 owner != own_namespace()});
    }

    void add(backend::sort what, const model::ip_address& address, std::uint16_t number,
             const std::string& node, const std::string& owner) {
        backends_.push_back({what, nullptr, address, port_.proto, number, node == node_name_, owner,
                             owner != own_namespace()});
    }

    const std::string& own_namespace() const { return service_.meta.key.namespace_; }

    std::optional<std::uint16_t> target_port(const model::pod_object& pod) const {
        const auto& target = port_.target_port;
        if (target.name.empty())
            return target.number != 0 ? target.number : port_.port;
        const auto at =
            std::find_if(pod.ports.begin(), pod.ports.end(), [&](const model::container_port& own) {
                return own.name == target.name && own.proto == port_.proto;
            });
        return at == pod.ports.end() ? std::nullopt : std::optional(at->port);
    }

    const model::service_object& service_;
    const model::service_port& port_;
    model::family family_;
    state_reader& reader_;
    std::string_view node_name_;
    std::vector<backend> backends_;
};

} // namespace

std::vector<backend> backends_of(const model::service_object& service,
                                 const model::service_port& port, model::family f,
                                 state_reader& reader, std::string_view node_name) {
    collector backends(service, port, f, reader, node_name);
    const bool by_slices = reader.endpoint_slices_known();
    if (port.unknown || (service.selector_unknown && !by_slices)) {
        backends.add_unreadable();
    } else if (by_slices) {
        for (const auto* slice : reader.slices(service.meta.key))
            backends.add_slice(*slice);
    } else if (service.selector && service.selector->size() != 0) {
        for (const auto* pod : reader.pods_with(service.meta.key.namespace_, *service.selector))
            backends.add_selected(*pod);
    }
    return backends.take();
}

} // namespace nodewall::compiler
