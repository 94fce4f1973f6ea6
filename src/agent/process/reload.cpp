#include "agent/process/reload.hpp"

#include "async/hop.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace nodewall::agent {

namespace {

/// Compares key by key.
class comparison {
public:
    comparison(const configuration& in_force, const configuration& wanted)
        : wanted_(wanted), plan_{in_force, {}, {}} {}

    /// `field` gives a reference to the key's place in a configuration.
    template <class Field> comparison& may_change(const char* key, Field field) {
        if (field(plan_.effective) != field(wanted_)) {
            plan_.changed.emplace_back(key);
            field(plan_.effective) = field(wanted_);
        }
        return *this;
    }
    template <class Field> comparison& needs_restart(const char* key, Field field) {
        if (field(plan_.effective) != field(wanted_))
            plan_.kept.emplace_back(key);
        return *this;
    }
    reload_plan plan() { return std::move(plan_); }

private:
    const configuration& wanted_;
    reload_plan plan_;
};

} // namespace

reload_plan plan_reload(const configuration& in_force, const configuration& wanted) {
    return comparison(in_force, wanted)
        .may_change(
            "gate.alwaysAdmit", [](auto& c) -> auto& { return c.gate.always_admit; })
        .may_change(
            "gate.nodePortAddresses", [](auto& c) -> auto& { return c.gate.node_port_addresses; })
        .may_change(
            "gate.vitalPorts", [](auto& c) -> auto& { return c.gate.vital_ports; })
        .may_change(
            "gate.serviceProxies", [](auto& c) -> auto& { return c.gate.service_proxies; })
        .may_change(
            "log.maxBytes", [](auto& c) -> auto& { return c.log_bytes_max; })
        .may_change(
            "logLevel", [](auto& c) -> auto& { return c.level; })
        .needs_restart(
            "kubeconfig", [](auto& c) -> auto& { return c.kubeconfig; })
        .needs_restart(
            "context", [](auto& c) -> auto& { return c.context; })
        .needs_restart(
            "node", [](auto& c) -> auto& { return c.gate.node_name; })
        .needs_restart(
            "db", [](auto& c) -> auto& { return c.db; })
        .needs_restart(
            "dryRun", [](auto& c) -> auto& { return c.dry_run; })
        .needs_restart(
            "listen", [](auto& c) -> auto& { return c.listen; })
        .needs_restart(
            "socket", [](auto& c) -> auto& { return c.socket; })
        .needs_restart(
            "log.bodies", [](auto& c) -> auto& { return c.bodies; })
        .needs_restart(
            "iptables.markMask", [](auto& c) -> auto& { return c.mark_mask; })
        .plan();
}

reloader::reloader(configuration in_force, reload_tools tools)
    : in_force_(std::move(in_force)), tools_(std::move(tools)) {}

async::awaitable<void> reloader::reload() {
    const auto wanted = co_await async::on_pool(tools_.pool, [this]() -> result<configuration> {
        return tools_.read ? tools_.read() : result<configuration>(in_force_);
    });
    if (!wanted) {
        tools_.logger.error("reload: {}; what was configured before stays in force",
                            wanted.error().message());
        co_return;
    }
    auto plan = plan_reload(in_force_, *wanted);
    for (const auto& key : plan.kept)
        tools_.logger.warning("reload: {} changes with a restart only and keeps its value", key);
    co_await apply(std::move(plan));
}

async::awaitable<void> reloader::apply(reload_plan plan) {
    if (plan.changed.empty()) {
        tools_.logger.info("reload: nothing changes");
        co_return;
    }
    const auto recorded = co_await tools_.record(plan.effective);
    if (!recorded) {
        tools_.logger.error("reload: {}; what was configured before stays in force",
                            recorded.error().message());
        co_return;
    }
    // Said at the more talkative of both levels.
    tools_.logger.set_level(std::min(in_force_.level, plan.effective.level));
    in_force_ = std::move(plan.effective);
    tools_.logger.info("reload: changed {}", fmt::join(plan.changed, ", "));
    tools_.logger.set_level(in_force_.level);
}

} // namespace nodewall::agent
