#include "kube/credentials.hpp"
#include "kube/kubeconfig.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/stat.h>

namespace nodewall::kube {

result<std::string> read_small_file(const std::string& path) {
    constexpr std::size_t bytes_max = 4U << 20U; // certificates and kubeconfigs are kilobytes
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) {
        const auto why = errno;
        return why == ENOENT ? error(errc::no_such_file, path)
                             : error(errc::unreadable, path + ": " + std::strerror(why));
    }
    if (!S_ISREG(found.st_mode)) // a FIFO would wait for ever
        return error(errc::unreadable, path + ": not a regular file");
    if (static_cast<std::size_t>(found.st_size) > bytes_max)
        return error(errc::unreadable, path + ": over 4 MiB");
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string content(std::istreambuf_iterator<char>(file), {});
    if (!file.is_open() || file.bad())
        return error(errc::unreadable, path + ": " + std::strerror(errno));
    return content;
}

result<server_config> load_in_cluster(const pod_environment& pod) {
    if (pod.host.empty() || pod.port.empty())
        return error(errc::not_in_cluster, "KUBERNETES_SERVICE_HOST and _PORT are not set (give "
                                           "--kubeconfig outside a pod)");
    const bool ipv6 = pod.host.find(':') != std::string::npos;
    const auto host = ipv6 ? "[" + pod.host + "]" : pod.host;
    auto server = http::parse_url("https://" + host + ":" + pod.port);
    if (!server)
        return server.error().within("KUBERNETES_SERVICE_HOST and _PORT");
    auto ca = read_small_file(pod.folder + "/ca.crt");
    const auto token = read_small_file(pod.folder + "/token");
    if (!ca || !token)
        return (ca ? token.error() : ca.error()).within("service account");
    if (ca->empty()) // being rewritten: it must not pass for none
        return error(errc::unreadable, pod.folder + "/ca.crt is empty").within("service account");
    auto authorization = bearer(*token, pod.folder + "/token");
    if (!authorization)
        return authorization.error().within("service account");
    server_config out;
    out.server = std::move(*server);
    out.tls.ca_pem = std::move(*ca);
    out.authorization = std::move(*authorization);
    out.origin = "service account in " + pod.folder;
    if (auto usable = http::make_client_context(out.tls); !usable)
        return usable.error().within(out.origin);
    return out;
}

} // namespace nodewall::kube
