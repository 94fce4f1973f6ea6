// The keep-lists. schema/EVENT_LOG.md, section "Bodies", documents them: change both together.
#include "codec/narrow.hpp"

#include <array>

namespace nodewall::codec {

namespace {

using enum keep::how;

// ---- metadata ---------------------------------------------------------------------------------

constexpr std::array owner_fields{keep{"kind"}, keep{"name"}, keep{"uid"}};
constexpr shape owner{owner_fields};

constexpr std::array metadata_fields{
    keep{"creationTimestamp"},
    keep{"deletionTimestamp"},
    keep{"labels"},
    keep{"managedFields", nullptr, last_manager},
    keep{"name"},
    keep{"namespace"},
    keep{"ownerReferences", &owner},
    keep{"resourceVersion"},
    keep{"uid"},
};
constexpr shape metadata{metadata_fields};

// ---- namespaces, services, network policies: whole but for the managers -----------------------

constexpr std::array unmanaged_fields{keep{"managedFields", nullptr, last_manager}};
constexpr shape unmanaged{unmanaged_fields, true};
constexpr std::array nearly_whole_fields{keep{"metadata", &unmanaged}};
constexpr shape nearly_whole{nearly_whole_fields, true};

// ---- cluster-wide policies: all but their status ----------------------------------------------

constexpr std::array cluster_policy_fields{
    keep{"apiVersion"},
    keep{"kind"},
    keep{"metadata", &unmanaged},
    keep{"spec"},
};

// ---- pods -------------------------------------------------------------------------------------

constexpr std::array container_fields{keep{"name"}, keep{"ports"}};
constexpr shape container{container_fields};
constexpr std::array init_container_fields{keep{"name"}, keep{"ports"}, keep{"restartPolicy"}};
constexpr shape init_container{init_container_fields};

constexpr std::array pod_spec_fields{
    keep{"containers", &container},
    keep{"hostNetwork"},
    keep{"initContainers", &init_container},
    keep{"nodeName"},
    keep{"serviceAccountName"},
};
constexpr shape pod_spec{pod_spec_fields};

constexpr std::array condition_fields{keep{"status"}, keep{"type"}};
constexpr shape condition{condition_fields};

constexpr std::array pod_status_fields{
    keep{"conditions", &condition, ready_condition},
    keep{"hostIP"},
    keep{"phase"},
    keep{"podIP"},
    keep{"podIPs"},
    keep{"startTime"},
};
constexpr shape pod_status{pod_status_fields};

constexpr std::array pod_fields{
    keep{"apiVersion"},          keep{"kind"}, keep{"metadata", &metadata}, keep{"spec", &pod_spec},
    keep{"status", &pod_status},
};

// ---- nodes ------------------------------------------------------------------------------------

constexpr std::array node_spec_fields{keep{"podCIDR"}, keep{"podCIDRs"}};
constexpr shape node_spec{node_spec_fields};
constexpr std::array node_status_fields{keep{"addresses"}};
constexpr shape node_status{node_status_fields};

constexpr std::array node_fields{
    keep{"apiVersion"},           keep{"kind"},
    keep{"metadata", &metadata},  keep{"spec", &node_spec},
    keep{"status", &node_status},
};

// ---- endpoint slices --------------------------------------------------------------------------

constexpr std::array target_fields{keep{"kind"}, keep{"name"}, keep{"namespace"}, keep{"uid"}};
constexpr shape target{target_fields};
constexpr std::array topology_fields{keep{"kubernetes.io/hostname"}};
constexpr shape topology{topology_fields};

constexpr std::array endpoint_fields{
    keep{"addresses"},          keep{"conditions"},          keep{"nodeName"},
    keep{"targetRef", &target}, keep{"topology", &topology},
};
constexpr shape endpoint{endpoint_fields};

constexpr std::array endpoint_slice_fields{
    keep{"addressType"}, keep{"apiVersion"},          keep{"endpoints", &endpoint},
    keep{"kind"},        keep{"metadata", &metadata}, keep{"ports"},
};

// ---- service accounts -------------------------------------------------------------------------

constexpr std::array service_account_fields{keep{"apiVersion"}, keep{"kind"},
                                            keep{"metadata", &metadata}};

} // namespace

const shape whole{{}, true};
const shape kept_of_service_account{service_account_fields};
const shape kept_of_pod{pod_fields};
const shape kept_of_node{node_fields};
const shape kept_of_endpoint_slice{endpoint_slice_fields};
const shape kept_of_cluster_policy{cluster_policy_fields};

const shape& kept_shape(const kind_row& what, body_mode mode) {
    if (mode == body_mode::whole)
        return whole;
    return what.kept == nullptr ? nearly_whole : *what.kept;
}

} // namespace nodewall::codec
