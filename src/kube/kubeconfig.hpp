// How to reach an API server and who to be there: from a kubeconfig or from a pod's service
// account.
//
// Errors name the file, the entry and the way out; no secret is in an error or a warning.
#pragma once

#include "http/proxy.hpp"
#include "http/tls.hpp"
#include "http/url.hpp"
#include "kube/error.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::kube {

struct server_config {
    http::url server;
    http::tls_settings tls;
    std::optional<http::proxy> proxy; // proxy-url; nothing: straight
    std::string authorization;        // the value of the header; empty: none. Never printed
    std::string origin;               // "kubeconfig /root/.kube/config, context admin"
    std::vector<std::string> warnings;
};

/// Reads the configuration: called at the start, and again where a request failed for want of an
/// answer or of the right to one, since servers, tokens and certificates change in their files.
using config_loader = std::function<result<server_config>()>;

/// The content of a small file; an error names the path.
using file_reader = std::function<result<std::string>(const std::string& path)>;
result<std::string> read_small_file(const std::string& path);

/// `context` empty: the file's current-context.
result<server_config> load_kubeconfig(const std::string& path, const std::string& context = {});

/// What KUBECONFIG names: files separated by colons, merged as kubectl does. Missing ones are left
/// out, with a warning, if another exists.
result<server_config> load_kubeconfigs(std::string_view paths, const std::string& context = {},
                                       const file_reader& read = read_small_file);

struct kubeconfig_file {
    std::string path; // stands for it in errors
    std::string text;
};

/// The same from texts. Of entries of one name the first file's counts, whole, and so does the
/// first current-context; relative names of files are relative to the folder of the file that has
/// the entry.
result<server_config> parse_kubeconfigs(std::span<const kubeconfig_file> files,
                                        const std::string& context, const file_reader& read);

/// What a pod knows of itself.
struct pod_environment {
    std::string host; // KUBERNETES_SERVICE_HOST
    std::string port; // KUBERNETES_SERVICE_PORT
    std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};
result<server_config> load_in_cluster(const pod_environment& pod);

} // namespace nodewall::kube
