// Any bytes as kubeconfigs, one or several separated by a NUL: an error or a configuration, never a
// crash. A second file changes nothing about what the first one says.
#include "kube/kubeconfig.hpp"

#include <cstdlib>

using namespace nodewall;

namespace {

result<std::string> no_files(const std::string& path) {
    return error(kube::errc::no_such_file, path);
}

std::vector<kube::kubeconfig_file> split(std::string_view texts) {
    std::vector<kube::kubeconfig_file> files;
    for (;;) {
        const auto end = texts.find('\0');
        files.push_back({"/k" + std::to_string(files.size()), std::string(texts.substr(0, end))});
        if (end == std::string_view::npos)
            return files;
        texts.remove_prefix(end + 1);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto files = split({reinterpret_cast<const char*>(data), size});
    for (const auto* context : {"", "one"}) {
        const auto all = kube::parse_kubeconfigs(files, context, no_files);
        if (!all)
            static_cast<void>(all.error().message());
        const auto first = kube::parse_kubeconfigs({files.data(), 1}, context, no_files);
        if (first && all &&
            (first->server.to_string() != all->server.to_string() ||
             first->authorization != all->authorization || first->tls != all->tls))
            std::abort();
    }
    return 0;
}
