// What the process reads of the machine it runs on.
#include "agent/process/configuration.hpp"

#include "async/clock.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace nodewall::agent {

std::string default_node_name() {
    if (const char* name = std::getenv("NODE_NAME"); name != nullptr && *name != '\0')
        return name;
    std::array<char, 256> host{};
    return gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "localhost";
}

timestamp system_now() {
    return async::real_clock().now();
}

result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    struct closer {
        void operator()(std::FILE* f) const {
            if (f != stdin)
                std::fclose(f);
        }
    };
    const std::unique_ptr<std::FILE, closer> file(path == "-" ? stdin
                                                              : std::fopen(path.c_str(), "rbe"));
    if (!file)
        return error(errc::unreadable, fmt::format("{} ({})", path, std::strerror(errno)));
    std::string content;
    std::array<char, 65536> chunk{};
    while (const auto n = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
        content.append(chunk.data(), n);
        if (content.size() > bytes_max)
            return error(errc::unreadable,
                         fmt::format("{} (larger than {} MiB)", path, bytes_max >> 20U));
    }
    if (std::ferror(file.get()) != 0)
        return error(errc::unreadable, fmt::format("{} ({})", path, std::strerror(errno)));
    return content;
}

} // namespace nodewall::agent
