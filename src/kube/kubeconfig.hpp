// How to reach an API server and who to be there: from a kubeconfig or from a pod's service
// account.
//
// Errors name the file, the entry and the way out; no secret is in an error or a warning.
#pragma once

#include "http/tls.hpp"
#include "http/url.hpp"
#include "kube/error.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::kube {

struct server_config {
    http::url server;
    http::tls_settings tls;
    std::string authorization; // the value of the header; empty: none. Never printed
    std::string origin;        // "kubeconfig /root/.kube/config, context admin"
    std::vector<std::string> warnings;
};

/// Reads the configuration again: called at the start and after each 401, since tokens and
/// certificates are rotated in their files.
using config_loader = std::function<result<server_config>()>;

/// The content of a small file; an error names the path.
using file_reader = std::function<result<std::string>(const std::string& path)>;
result<std::string> read_small_file(const std::string& path);

/// `context` empty: the file's current-context.
result<server_config> load_kubeconfig(const std::string& path, const std::string& context = {});

/// The same from `text`; `path` stands for it in errors, and relative names of files in it are
/// relative to `path`'s folder.
result<server_config> parse_kubeconfig(std::string_view text, const std::string& path,
                                       const std::string& context, const file_reader& read);

/// What a pod knows of itself.
struct pod_environment {
    std::string host; // KUBERNETES_SERVICE_HOST
    std::string port; // KUBERNETES_SERVICE_PORT
    std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};
result<server_config> load_in_cluster(const pod_environment& pod);

} // namespace nodewall::kube
