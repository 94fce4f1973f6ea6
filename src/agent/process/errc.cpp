#include "agent/process/configuration.hpp"

namespace nodewall::agent {

const char* error_domain(errc) {
    return "agent";
}

const char* describe(errc value) {
    switch (value) {
    case errc::bad_configuration:
        return "bad configuration";
    case errc::not_in_this_version:
        return "not in this version of nodewall";
    case errc::unreadable:
        return "cannot be read";
    case errc::another_cluster:
        return "the API server is another cluster than the log's";
    case errc::stopped:
        return "the service is stopping";
    case errc::log_moved:
        return "the log was moved or deleted; put it back, or restart to begin a new one";
    case errc::no_service:
        return "no service answers there";
    }
    return "unknown error";
}

} // namespace nodewall::agent
