#include "base/log.hpp"

#include "base/line_limit.hpp"
#include "base/text.hpp"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

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

/// Whether standard error is the very stream that the service manager connected to the journal
/// (systemd.exec(5), JOURNAL_STREAM): a redirection inherits the variable all the same.
bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM"); // NOLINT(concurrency-mt-unsafe)
    struct stat here {};
    return stream != nullptr && fstat(STDERR_FILENO, &here) == 0 &&
           stream == fmt::format("{}:{}", here.st_dev, here.st_ino);
}

spdlog::color_mode colours() {
    const char* none = std::getenv("NO_COLOR"); // NOLINT(concurrency-mt-unsafe)
    return none != nullptr && *none != '\0' ? spdlog::color_mode::never
                                            : spdlog::color_mode::automatic;
}

class stderr_logger final : public logger {
public:
    explicit stderr_logger(log_level least) : journal_(stderr_is_journal()) {
        logger_ = std::make_unique<spdlog::logger>(
            "nodewall", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(
                            journal_ ? spdlog::color_mode::never : colours()));
        logger_->set_pattern(journal_ ? "%v" : "%^%l%$: %v");
        logger_->set_level(to_spdlog(least));
        logger_->flush_on(spdlog::level::debug);
    }
    ~stderr_logger() override {
        for (const auto& form : limit_.take_all_left_out())
            say_left_out(form);
    }
    stderr_logger(const stderr_logger&) = delete;
    stderr_logger& operator=(const stderr_logger&) = delete;

    void write(log_level level, std::string_view line) override { write_of_form(level, {}, line); }

    void write_of_form(log_level level, std::string_view form, std::string_view line) override {
        if (!logger_->should_log(to_spdlog(level)))
            return;
        const std::lock_guard lock(mutex_);
        say_all_left_out();
        if (limit_.admit(level, form, line, now()))
            print(level, line);
    }

    void set_level(log_level least) override { logger_->set_level(to_spdlog(least)); }

    void flush() override {
        const std::lock_guard lock(mutex_);
        say_all_left_out();
    }

private:
    static line_limit::instant now() { return spdlog::log_clock::now().time_since_epoch(); }

    void say_all_left_out() {
        for (const auto& form : limit_.take_left_out(now()))
            say_left_out(form);
    }
    void say_left_out(const line_limit::left_out& form) {
        const auto like =
            form.form.empty() ? std::string() : fmt::format(" like \"{}\"", form.form);
        print(form.level, fmt::format("{} more lines{} were left out", form.count, like));
    }
    void print(log_level level, std::string_view line) {
        auto text = printable(line);
        if (journal_)
            text.insert(0, journal_prefix(level));
        logger_->log(to_spdlog(level), text);
    }

    bool journal_;
    std::unique_ptr<spdlog::logger> logger_;
    std::mutex mutex_; // of limit_, and of the order of lines
    line_limit limit_;
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
