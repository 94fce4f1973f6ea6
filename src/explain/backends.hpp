// What stands behind the ports of a Service (SEMANTICS section 3, "Backends").
#pragma once

#include "explain/parties.hpp"
#include "model/cluster_state.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::explain {

struct backend {
    party who;
    std::uint16_t port = 0; // 0: all ports
    std::string_view node;  // where it runs, as far as that is known
    /// Not empty: the endpoint names a pod that cannot be judged yet, and so refuses; a sentence.
    std::string refuses;
};

/// By address and port, each once.
void sort_unique(std::vector<backend>& backends);

class backend_finder {
public:
    /// All must outlive the finder, and backends point into them.
    backend_finder(const model::objects& objects, bool endpoint_slices_known,
                   const directory& parties);

    /// Appends all endpoints of that family, whatever their condition; those of completed pods are
    /// left out. Where the log knows no EndpointSlices: the pods that the selector selects. One may
    /// be found twice.
    void find(const model::service_object& service, const model::service_port& port,
              model::family f, std::vector<backend>& to) const;

private:
    void find_selected(const model::service_object& service, const model::service_port& port,
                       model::family f, std::vector<backend>& to) const;
    void add_endpoint(const model::endpoint_slice_object& slice, const model::endpoint& endpoint,
                      std::uint16_t port, std::vector<backend>& to) const;
    void add_named(const model::endpoint_slice_object& slice, const model::endpoint& endpoint,
                   std::uint16_t port, std::vector<backend>& to) const;

    const model::objects& objects_;
    bool endpoint_slices_known_;
    const directory& parties_;
    std::map<model::object_key, std::vector<const model::endpoint_slice_object*>> slices_;
};

} // namespace nodewall::explain
