// What can go wrong with a configuration, and what an API server can refuse.
#pragma once

#include "base/error.hpp"

#include <cstdint>

namespace nodewall::kube {

enum class errc : std::uint8_t {
    // Configuration.
    no_such_file = 1, ///< the file does not exist
    unreadable,       ///< the file cannot be read
    bad_config,       ///< the kubeconfig is not of the shape that kubectl writes
    no_such_entry,    ///< a context, cluster or user that is named is not in the kubeconfig
    bad_value,        ///< an entry's value cannot be used
    not_supported,    ///< a way to authenticate that this version does not know
    not_in_cluster,   ///< no service account: this is not a pod
    // Answers.
    bad_answer,        ///< the answer is not what an API server says
    bad_request,       ///< 400 or 422
    unauthorized,      ///< 401
    forbidden,         ///< 403
    not_found,         ///< 404
    gone,              ///< 410: that history is forgotten
    version_too_large, ///< 504: a resourceVersion that the server has not reached
    busy,              ///< 429 or 503: come back later
    server_failure,    ///< any other status
    // Watches.
    frame_too_large, ///< a frame over limits::frame_bytes_max
};
const char* error_domain(errc);
const char* describe(errc);

} // namespace nodewall::kube
