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
    /// A line and the format that it was made from: lines of one form are limited together.
    virtual void write_of_form(log_level level, std::string_view /*form*/, std::string_view line) {
        write(level, line);
    }
    virtual void set_level(log_level /*least*/) {}
    /// To be called now and then: says how many lines were left out in the meantime.
    virtual void flush() {}

    template <class... Args> void debug(fmt::format_string<Args...> format, Args&&... args) {
        put(log_level::debug, format, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args> void info(fmt::format_string<Args...> format, Args&&... args) {
        put(log_level::info, format, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args> void warning(fmt::format_string<Args...> format, Args&&... args) {
        put(log_level::warning, format, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args> void error(fmt::format_string<Args...> format, Args&&... args) {
        put(log_level::error, format, fmt::format(format, std::forward<Args>(args)...));
    }

private:
    void put(log_level level, fmt::string_view form, const std::string& line) {
        write_of_form(level, {form.data(), form.size()}, line);
    }
};

/// Lines on standard error: with journald's priority prefix (`<6>`) where standard error is the
/// journal, with the level's name elsewhere, coloured on a terminal unless NO_COLOR is set. How
/// many lines there may be: base/line_limit.hpp.
std::unique_ptr<logger> make_stderr_logger(log_level least);

/// Discards every line.
std::unique_ptr<logger> make_null_logger();

} // namespace nodewall
