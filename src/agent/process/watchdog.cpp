#include "agent/process/watchdog.hpp"

#include "base/limits.hpp"

#include <fmt/core.h>

namespace nodewall::agent {

std::vector<std::string> stuck_stages(const meters& m) {
    struct stage {
        const char* name;
        const progress& work;
    };
    std::vector<std::string> stuck;
    for (const auto& [name, work] : {stage{"log", m.log_work}, stage{"compile", m.compile_work},
                                     stage{"kernel", m.kernel_work}}) {
        const auto busy = work.busy_for();
        if (busy && *busy > limits::stage_busy_max)
            stuck.push_back(
                fmt::format("the {} stage has been at one piece of work for {} s", name,
                            std::chrono::duration_cast<std::chrono::seconds>(*busy).count()));
    }
    return stuck;
}

async::awaitable<void> feed_watchdog(const meters& m, async::clock& time,
                                     async::nanoseconds interval, std::function<void()> feed) {
    for (;;) {
        if (stuck_stages(m).empty())
            feed();
        co_await time.sleep(interval / 3);
    }
}

} // namespace nodewall::agent
