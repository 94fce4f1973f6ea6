// The logging facade: a line with a severity, to wherever the composition root decided.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace nodewall {

enum class log_level : std::uint8_t { debug, info, warning, error };

std::optional<log_level> parse_log_level(std::string_view name);

/// Safe to call from any thread. Text from outside is escaped: a line stays one line.
class logger {
public:
    virtual ~logger() = default;
    virtual void write(log_level level, std::string_view line) = 0;

    template <class... Args> void debug(fmt::format_string<Args...> format, Args&&... args) {
        write(log_level::debug, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args> void info(fmt::format_string<Args...> format, Args&&... args) {
        write(log_level::info, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args> void warning(fmt::format_string<Args...> format, Args&&... args) {
        write(log_level::warning, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args> void error(fmt::format_string<Args...> format, Args&&... args) {
        write(log_level::error, fmt::format(format, std::forward<Args>(args)...));
    }
};

/// Lines on standard error with journald's priority prefix (`<6>`) where standard error is the
/// journal, and with the level's name elsewhere. Equal lines within `limits::log_repeat_window`
/// are counted, not printed again.
std::unique_ptr<logger> make_stderr_logger(log_level least);

/// Discards every line.
std::unique_ptr<logger> make_null_logger();

} // namespace nodewall
