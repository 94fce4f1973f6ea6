#include "base/log.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

#include <spdlog/sinks/dup_filter_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

namespace nodewall {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
    switch (level) {
    case log_level::debug:
        return spdlog::level::debug;
    case log_level::info:
        return spdlog::level::info;
    case log_level::warning:
        return spdlog::level::warn;
    case log_level::error:
        break;
    }
    return spdlog::level::err;
}

/// syslog's severities, as sd-daemon(3) has journald read them from a line's head.
std::string_view journal_prefix(log_level level) {
    switch (level) {
    case log_level::debug:
        return "<7>";
    case log_level::info:
        return "<6>";
    case log_level::warning:
        return "<4>";
    case log_level::error:
        break;
    }
    return "<3>";
}

class stderr_logger final : public logger {
public:
    explicit stderr_logger(log_level least)
        : journal_(std::getenv("JOURNAL_STREAM") != nullptr) { // NOLINT(concurrency-mt-unsafe)
        auto repeats =
            std::make_shared<spdlog::sinks::dup_filter_sink_mt>(limits::log_repeat_window);
        repeats->add_sink(std::make_shared<spdlog::sinks::stderr_sink_mt>());
        logger_ = std::make_unique<spdlog::logger>("nodewall", std::move(repeats));
        logger_->set_pattern(journal_ ? "%v" : "%l: %v");
        logger_->set_level(to_spdlog(least));
        logger_->flush_on(spdlog::level::debug);
    }

    void write(log_level level, std::string_view line) override {
        if (!logger_->should_log(to_spdlog(level)))
            return;
        auto text = printable(line);
        if (journal_)
            text.insert(0, journal_prefix(level));
        logger_->log(to_spdlog(level), text);
    }

private:
    bool journal_;
    std::unique_ptr<spdlog::logger> logger_;
};

class null_logger final : public logger {
public:
    void write(log_level, std::string_view) override {}
};

} // namespace

std::optional<log_level> parse_log_level(std::string_view name) {
    if (name == "debug")
        return log_level::debug;
    if (name == "info")
        return log_level::info;
    if (name == "warning" || name == "warn")
        return log_level::warning;
    if (name == "error")
        return log_level::error;
    return std::nullopt;
}

std::unique_ptr<logger> make_stderr_logger(log_level least) {
    return std::make_unique<stderr_logger>(least);
}

std::unique_ptr<logger> make_null_logger() {
    return std::make_unique<null_logger>();
}

} // namespace nodewall
