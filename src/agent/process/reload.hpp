// Reload: what a new configuration changes in a running service, and what has to wait for a restart
// (schema/CONFIGURATION.md, "Reload").
#pragma once

#include "agent/process/configuration.hpp"
#include "async/clock.hpp"

#include <functional>
#include <string>
#include <vector>

namespace nodewall::agent {

struct reload_plan {
    configuration effective;          // what is in force from now on
    std::vector<std::string> changed; // keys, as in the file: "gate.alwaysAdmit"
    std::vector<std::string> kept;    // keys that differ, and keep their value until a restart
};
reload_plan plan_reload(const configuration& in_force, const configuration& wanted);

/// What a reload needs of the service around it.
struct reload_tools {
    configuration_source read;
    /// Records CONFIGURED; once it returns without an error the configuration is in force.
    std::function<async::awaitable<result<void>>(configuration)> record;
    async::executor pool; // for reading the file
    nodewall::logger& logger;
};

/// On one executor.
class reloader {
public:
    reloader(configuration in_force, reload_tools tools);

    /// Reads the configuration anew and puts in force what may change. A configuration that cannot
    /// be read, or that the log does not take, changes nothing; the log lines say so.
    async::awaitable<void> reload();

private:
    async::awaitable<void> apply(reload_plan plan);

    configuration in_force_;
    reload_tools tools_;
};

} // namespace nodewall::agent
