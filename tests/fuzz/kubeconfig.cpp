// Any bytes as a kubeconfig: an error or a configuration, never a crash.
#include "kube/kubeconfig.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nodewall;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto no_files = [](const std::string& path) -> result<std::string> {
        return error(kube::errc::no_such_file, path);
    };
    for (const auto* context : {"", "one"})
        if (const auto config = kube::parse_kubeconfig(text, "/k", context, no_files); !config)
            static_cast<void>(config.error().message());
    return 0;
}
