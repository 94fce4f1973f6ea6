// What stands behind the ports of a Service (SEMANTICS section 3, "Backends").
#pragma once

#include "explain/parties.hpp"
#include "model/cluster_state.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::explain {

struct backend {
    party who;
    std::uint16_t port = 0; // 0: all ports
    std::string_view node;  // where it runs, as far as that is known
    /// Not empty: who that is cannot be told, not yet or because it cannot be read, and so it
    /// refuses; a sentence. The address may be missing then: 0.0.0.0.
    std::string refuses;
    /// Who answers for it: the namespace of the pod, or of the pod that it is said to be; else the
    /// Service's.
    std::string_view namespace_{};
    /// No live pod owns the address: beside backends of a namespace other than the Service's it
    /// does not count (SEMANTICS section 6).
    bool nobodys = false;
    bool foreign = false; // of another namespace than the Service's
};

class backend_finder {
public:
    /// All must outlive the finder, and backends point into them. One thread at a time may ask.
    /// What cannot be read may run anywhere, and so counts as running on the node `here`.
    backend_finder(const model::objects& objects, bool endpoint_slices_known,
                   const directory& parties, std::string_view here);

    /// All endpoints of that family, and what may be one and cannot be read, whatever their
    /// condition, each once and by address; those of completed pods are left out. Where the log
    /// knows no EndpointSlices: the pods that the selector selects. `port` is one of the Service's
    /// own. Lives as long as the finder.
    const std::vector<backend>& find(const model::service_object& service,
                                     const model::service_port& port, model::family f) const;

private:
    using backend_list = std::vector<backend>;

    void add_unreadable(std::string why, std::string_view of, backend_list& to) const;
    void find_selected(const model::service_object& service, const model::service_port& port,
                       model::family f, backend_list& to) const;
    void find_endpoints(const model::service_object& service, const model::service_port& port,
                        model::family f, backend_list& to) const;
    void add_slice(const model::endpoint_slice_object& slice, const model::service_port& port,
                   model::family f, backend_list& to) const;
    void add_endpoint(const model::endpoint& endpoint, std::uint16_t port, std::string_view of,
                      backend_list& to) const;
    void add_named(const model::endpoint& endpoint, std::uint16_t port, std::string_view of,
                   backend_list& to) const;

    const model::objects& objects_;
    bool endpoint_slices_known_;
    const directory& parties_;
    std::string_view here_;
    std::map<model::object_key, std::vector<const model::endpoint_slice_object*>> slices_;
    /// What was found, once it was asked.
    mutable std::map<std::pair<const model::service_port*, model::family>, backend_list> found_;
};

/// By address and port, each once.
void sort_unique(std::vector<backend>& backends);

} // namespace nodewall::explain
