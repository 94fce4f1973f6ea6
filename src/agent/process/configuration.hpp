// What the service is told: from /etc/nodewall/nodewall.yaml and the command line
// (schema/CONFIGURATION.md). The effective configuration is an input of the ruleset, so it stands
// in the log as the event CONFIGURED.
#pragma once

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "codec/json_reader.hpp"
#include "model/gate_settings.hpp"
#include "netfilter/iptables/layout/marks.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nodewall::agent {

enum class errc : std::uint8_t {
    bad_configuration = 1, ///< a key or a value that the schema does not know
    not_in_this_version,   ///< something that a later version will do
    unreadable,            ///< a file that cannot be opened or read
    stopped,               ///< the service was asked to stop
    another_cluster,       ///< what comes is not of the cluster that the log is of
    log_moved,             ///< the log's file is not where it was opened
    no_service,            ///< no service answers at a socket
};
const char* error_domain(errc);
const char* describe(errc);

inline constexpr std::string_view default_socket = "/run/nodewall/nodewall.sock";

struct configuration {
    std::string kubeconfig;  ///< one file; empty: `kubeconfigs`
    std::string kubeconfigs; ///< KUBECONFIG; empty: the service account in the cluster
    std::string context;     ///< empty: the kubeconfig's current one
    std::string db = "/var/lib/nodewall/events.db";
    bool dry_run = false; ///< everything but the kernel
    std::string listen;   ///< ADDRESS:PORT for the pages; empty: none
    /// Path of the Unix socket for the pages; nothing: default_socket where it can be had; empty:
    /// none.
    std::optional<std::string> socket;
    codec::body_mode bodies = codec::body_mode::narrowed;
    std::uint64_t log_bytes_max = limits::log_bytes_max_default;
    log_level level = log_level::info;
    model::gate_settings gate; ///< with the node's name
    /// The bits of packets' marks that the iptables backend may use.
    std::uint32_t mark_mask = netfilter::iptables::default_mark_mask;
    bool operator==(const configuration&) const = default;
};

/// The effective configuration, read anew: the file, and the command line over it. It may block.
using configuration_source = std::function<result<configuration>()>;

/// YAML text to a configuration; unknown keys are refused. `where` names the file in errors.
result<configuration> parse_configuration(std::string_view text, std::string_view where);
result<configuration> read_configuration(const std::string& path);

/// "nodeports" is what this version enforces; "pods" and others are errors that say so.
result<void> check_enforce(std::string_view scope);

/// NODE_NAME, else the host's name.
std::string default_node_name();

/// The whole file; "-" is standard input.
result<std::string> read_file(const std::string& path,
                              std::size_t bytes_max = limits::manifest_bytes_max);

/// The wall clock, for whatever runs once and needs no injected one.
timestamp system_now();

/// The body of the event CONFIGURED: what compiles, and what was watched and kept.
std::string configured_body(const configuration& c, const codec::kind_registry& kinds);
/// What such a body says: the compiler's settings, and the backend's mask.
struct recorded_settings {
    model::gate_settings gate;
    std::uint32_t mark_mask = netfilter::iptables::default_mark_mask;
    bool operator==(const recorded_settings&) const = default;
};
result<recorded_settings> settings_of_configured(std::string_view body);

} // namespace nodewall::agent
