#include "kube/error.hpp"

namespace nodewall::kube {

const char* error_domain(errc) {
    return "kube";
}

const char* describe(errc e) {
    switch (e) {
    case errc::no_such_file:
        return "the file does not exist";
    case errc::unreadable:
        return "the file cannot be read";
    case errc::bad_config:
        return "not a kubeconfig";
    case errc::no_such_entry:
        return "not in the kubeconfig";
    case errc::bad_value:
        return "the value cannot be used";
    case errc::not_supported:
        return "not in this version";
    case errc::not_in_cluster:
        return "not in a pod with a service account";
    case errc::bad_answer:
        return "not an answer of a Kubernetes API server";
    case errc::bad_request:
        return "the API server does not accept the request";
    case errc::unauthorized:
        return "the API server does not accept the credentials";
    case errc::forbidden:
        return "the API server does not allow it: grant it by RBAC";
    case errc::not_found:
        return "the API server does not find it";
    case errc::gone:
        return "the API server has forgotten that history";
    case errc::version_too_large:
        return "the API server has not reached that resourceVersion";
    case errc::busy:
        return "the API server is busy";
    case errc::server_failure:
        return "the API server failed";
    case errc::frame_too_large:
        return "a watch frame over the limit";
    }
    return "unknown";
}

} // namespace nodewall::kube
