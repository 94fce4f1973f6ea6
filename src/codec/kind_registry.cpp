#include "codec/kind_registry.hpp"

#include "codec/decode.hpp"
#include "codec/decode_calico.hpp"
#include "codec/narrow.hpp"

#include <algorithm>
#include <cassert>

namespace nodewall::codec {

namespace {

using need = kind_row::need;

std::string_view group_of(std::string_view api_version) {
    const auto slash = api_version.find('/');
    return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

template <class Matches>
const kind_row* find_row(const kind_registry::row_list& rows, Matches matches) {
    const auto found = std::find_if(rows.begin(), rows.end(), matches);
    return found == rows.end() ? nullptr : found->get();
}

} // namespace

bool kind_row::describes(std::string_view api_version, std::string_view kind) const {
    const auto said = group_of(api_version);
    return kind == object_kind &&
           (said == group ||
            std::find(older_groups.begin(), older_groups.end(), said) != older_groups.end());
}

void kind_registry::add(kind_row row) {
    row.stream = row.group.empty() ? row.resource : row.resource + "." + row.group;
    assert(find_stream(row.stream) == nullptr && !row.versions.empty());
    rows_.push_back(std::make_shared<const kind_row>(std::move(row)));
}

const kind_row* kind_registry::find_stream(std::string_view stream) const {
    return find_row(rows_, [&](const auto& row) { return row->stream == stream; });
}

const kind_row* kind_registry::find_object(std::string_view api_version,
                                           std::string_view object_kind) const {
    return find_row(rows_,
                    [&](const auto& row) { return row->describes(api_version, object_kind); });
}

const kind_row* kind_registry::find(model::kind core) const {
    return find_row(rows_, [&](const auto& row) { return row->core == core; });
}

kind_registry standard_kinds() {
    using model::kind;
    kind_registry kinds;
    const auto core = [&](kind what, std::string resource, std::string object_kind, bool namespaced,
                          object_decoder decode, const shape* kept) {
        kinds.add({.group = {},
                   .versions = {"v1"},
                   .resource = std::move(resource),
                   .object_kind = std::move(object_kind),
                   .namespaced = namespaced,
                   .needed = need::required,
                   .decode = std::move(decode),
                   .kept = kept,
                   .older_groups = {},
                   .core = what});
    };
    core(kind::namespace_, "namespaces", "Namespace", false, decoder_of(decode_namespace), nullptr);
    core(kind::node, "nodes", "Node", false, decoder_of(decode_node), &kept_of_node);
    core(kind::pod, "pods", "Pod", true, decoder_of(decode_pod), &kept_of_pod);
    core(kind::service, "services", "Service", true, decoder_of(decode_service), nullptr);
    kinds.add({.group = "discovery.k8s.io",
               .versions = {"v1", "v1beta1"},
               .resource = "endpointslices",
               .object_kind = "EndpointSlice",
               .decode = decoder_of(decode_endpoint_slice),
               .kept = &kept_of_endpoint_slice,
               .older_groups = {},
               .core = kind::endpoint_slice});
    kinds.add({.group = "networking.k8s.io",
               .versions = {"v1"},
               .resource = "networkpolicies",
               .object_kind = "NetworkPolicy",
               .needed = need::required,
               .decode = decoder_of(decode_network_policy),
               .older_groups = {"extensions"},
               .core = kind::network_policy});
    const auto cluster_wide = [&](std::vector<std::string> versions, std::string resource,
                                  std::string object_kind, object_decoder decode) {
        kinds.add({.group = "policy.networking.k8s.io",
                   .versions = std::move(versions),
                   .resource = std::move(resource),
                   .object_kind = std::move(object_kind),
                   .namespaced = false,
                   .decode = std::move(decode),
                   .kept = &kept_of_cluster_policy,
                   .older_groups = {}});
    };
    cluster_wide({"v1alpha1"}, "adminnetworkpolicies", "AdminNetworkPolicy",
                 decoder_of(decode_admin_network_policy));
    cluster_wide({"v1alpha1"}, "baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy",
                 decoder_of(decode_baseline_admin_network_policy));
    cluster_wide({"v1alpha2", "v1beta1"}, "clusternetworkpolicies", "ClusterNetworkPolicy",
                 decoder_of(decode_cluster_network_policy));
    add_calico_kinds(kinds);
    return kinds;
}

} // namespace nodewall::codec
