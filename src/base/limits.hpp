// Every bound of nodewall, with its unit and its reason. Asserted where written and where read.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace nodewall::limits {

using namespace std::chrono_literals;

// ---- bytes from the API server ----------------------------------------------------------------

/// One watch frame or one list item. etcd refuses objects over 1.5 MiB by default; servers with
/// raised limits stay under this.
inline constexpr std::size_t frame_bytes_max = 16U << 20U;
/// One page of a list that holds more than one object: real pages are a few MiB; a larger one is
/// asked for again with fewer objects. It is read as it arrives, and never in memory as a whole.
inline constexpr std::size_t list_page_bytes_max = 64U << 20U;
/// Objects asked for in one list page (what client-go asks for).
inline constexpr unsigned list_page_objects = 500;
/// What a page says besides its objects: kind, resourceVersion, token.
inline constexpr std::size_t list_envelope_bytes_max = 1U << 20U;
/// Objects that cannot be read and that a reflector's status names; all are counted.
inline constexpr std::size_t unread_objects_listed_max = 32;
/// A document of the API server other than a list: "/apis" of a server with hundreds of groups.
inline constexpr std::size_t document_bytes_max = 16U << 20U;
/// A file of manifests that `import` reads.
inline constexpr std::size_t manifest_bytes_max = 256U << 20U;
/// A parser whose buffers have grown for a text larger than this gives them back: they take some
/// thirteen times the text.
inline constexpr std::size_t parser_bytes_kept = 1U << 20U;
/// The body of an answer that refuses: a Status, or a proxy's page.
inline constexpr std::size_t error_body_bytes_max = 1U << 20U;
/// How deeply a JSON value may nest; Kubernetes objects stay under 20.
inline constexpr std::size_t json_depth_max = 64;
/// What is wrong with one object: things noted, and bytes of each, for they quote what was found.
inline constexpr std::size_t complaints_max = 8;
inline constexpr std::size_t complaint_bytes_max = 256;
/// So many watches in a row that fail at one cursor, by a broken frame or an ERROR event, lead to a
/// relist.
inline constexpr unsigned watch_failures_max = 3;

/// What one read from a connection takes at most.
inline constexpr std::size_t read_bytes = 64U << 10U;
/// The head of an HTTP answer; servers stay under 8 KiB.
inline constexpr unsigned http_head_bytes_max = 64U << 10U;
/// Connections kept open between requests: one for each kind that may list at once.
inline constexpr std::size_t http_idle_connections_max = 6;
/// Addresses of one host that are tried side by side, each so much later than the one before it
/// (RFC 8305, section 8).
inline constexpr std::size_t connect_addresses_max = 16;
inline constexpr auto connect_stagger = 250ms;
/// Resolve, connect and shake hands. The resolver gives each dead name server five seconds.
inline constexpr auto http_connect_max = 30s;
/// From the request to the answer's head; a whole body.
inline constexpr auto http_head_max = 30s;
inline constexpr auto http_body_max = 60s;

/// One selector of Calico's: a thousand comparisons take some 30 KiB.
inline constexpr std::size_t selector_bytes_max = 256U << 10U;
/// How deeply its parentheses may nest: they are read, tested and compared by recursion.
inline constexpr std::size_t selector_depth_max = 64;
/// One of its labels, as Calico bounds them.
inline constexpr std::size_t selector_label_max = 512;

// ---- the queue before the log -----------------------------------------------------------------

/// Bytes of bodies waiting for the log's writer; over it the reflectors stop reading.
inline constexpr std::size_t append_queue_bytes_max = 64U << 20U;
/// Events in one transaction: p99 of a commit stays under 10 ms.
inline constexpr std::size_t append_batch_events_max = 256;
/// Agent events waiting for the writer: room of each class apart, beyond the queue above; of more
/// the oldest go. While the disk is full for an hour a busy node applies some thousands of times;
/// what others do to the kernel is repaired, and told, once in a minute; what is refused may be
/// told in floods.
struct event_budget {
    std::size_t events, bytes;
};
inline constexpr event_budget applied_events_budget{4096, 4U << 20U};
inline constexpr event_budget drift_events_budget{256, 256U << 10U};
inline constexpr event_budget refused_events_budget{1024, 1U << 20U};

// ---- the log ----------------------------------------------------------------------------------

/// Default of `log.maxBytes`: the database file with its WAL.
inline constexpr std::uint64_t log_bytes_max_default = 4ULL << 30U;
/// The least that may be configured: room is set aside in it for the WAL.
inline constexpr std::uint64_t log_bytes_least = 32ULL << 20U;
/// Of what the log may take (the WAL's room apart), the part that live objects may. Beyond it an
/// object of a namespace that takes more than an equal share is recorded without its content, as
/// unread; so all others together take no more than that part once more.
inline constexpr std::uint64_t log_heads_share = 3;
/// Rows that a reading verb takes in one transaction, so that no snapshot keeps the WAL growing.
inline constexpr std::size_t read_chunk_rows = 1000;
/// ... and the bytes of their bodies, over which none is added: a thousand rows may be 1.5 GB.
inline constexpr std::size_t read_chunk_bytes = 8U << 20U;
/// A checkpoint is due when this many rows came since the last one (as many as there are heads,
/// where those are more): its 1 MB for 10,000 pods is then a tenth of what the rows took.
inline constexpr std::uint64_t checkpoint_rows = 10'000;
/// ... and this many of the heads are newer than it: so many scattered pages a cold disk reads in a
/// few milliseconds.
inline constexpr std::size_t checkpoint_heads_least = 256;
/// Heads that are put into a checkpoint at once, between two commits: a millisecond.
inline constexpr std::size_t checkpoint_step_rows = 256;
/// A compressed checkpoint; one that would be larger, or than a sixteenth of `log.maxBytes`, is not
/// written. 100,000 pods take 8 MB.
inline constexpr std::size_t checkpoint_bytes_max = 16U << 20U;
/// What a reader takes out of one, whatever it says: as much as it can hold honestly.
inline constexpr std::uint64_t checkpoint_content_bytes_max = 512U << 20U;

// ---- the kernel -------------------------------------------------------------------------------

/// Members of one set: about 64 MiB of kernel memory when full.
inline constexpr std::uint32_t set_members_max = 1U << 20U;
/// `maxelem` of every set in the kernel: what it holds before a change and after it are in it
/// together in between.
inline constexpr std::uint32_t kernel_set_members_max = 2 * set_members_max;
/// Sets that one list:set holds, together in a change too. The kernel walks them one by one: a
/// thousand already cost a new connection dozens of microseconds.
inline constexpr std::uint32_t set_list_max = 65'535;
/// Names in the kernel: IPSET_MAXNAMELEN 32 and XT_EXTENSION_MAXNAMELEN 29, both with the NUL.
inline constexpr std::size_t set_name_max = 31;
inline constexpr std::size_t chain_name_max = 28;
/// Blocks of one rule that are written out in each decision that has the rule; more of them are a
/// set that the decisions share. Small, so that what is written out stays near the number of rules.
inline constexpr std::size_t inline_blocks_max = 8;
/// Different decisions of front doors and pods, over both families: as many as two look-ups of ten
/// mark bits tell apart, with room for a change. What does not fit is refused.
inline constexpr std::size_t decisions_max = 16'000;
/// How long what no new packet can reach stays in the kernel: packets that were on their way to it
/// have passed by then.
inline constexpr auto slot_rest = std::chrono::seconds(1);
/// iptables multiport: ports in one match, a range counts as two.
inline constexpr std::size_t multiport_slots = 15;
// bytes of a label's value, as the API server takes it; names of proxies are such
inline constexpr std::size_t label_value_max = 63;
/// Jumps within each other: NFT_JUMP_STACK_SIZE; what goes deeper, no kernel takes.
inline constexpr std::size_t jump_depth_max = 16;
/// Chains that a question to a ruleset enters: without a circle it is a few dozen.
inline constexpr std::size_t evaluation_hops_max = 4096;

// ---- budgets of tenants -----------------------------------------------------------------------

/// What one object, and all of one namespace, may cost; what exceeds it refuses everyone, and costs
/// others nothing. Of policies: blocks of addresses once exceptions are taken out (a policy of
/// 400 KB with 20,000 of them in 0.0.0.0/0 comes to 350,000, and each is a member in the kernel)
inline constexpr std::size_t object_blocks_max = 128U << 10U;
inline constexpr std::size_t namespace_blocks_max = 256U << 10U;
/// ... selectors of pods: each is a list of members, of pods that others pay for where it reaches
/// into other namespaces,
inline constexpr std::size_t object_selectors_max = 256;
inline constexpr std::size_t namespace_selectors_max = 8192;
inline constexpr std::size_t namespace_wide_selectors_max = 512;
/// ... rules, and ports of rules: all are looked at for each port of a Service behind which a pod
/// stands that they select.
inline constexpr std::size_t object_rules_max = 4096;
inline constexpr std::size_t namespace_rules_max = 32U << 10U;
inline constexpr std::size_t object_rule_ports_max = 8192;
inline constexpr std::size_t namespace_rule_ports_max = 64U << 10U;
/// Front doors: addresses by ports. Each takes about a kilobyte.
inline constexpr std::size_t object_doors_max = 8192;
inline constexpr std::size_t namespace_doors_max = 32U << 10U;
/// Addresses of Services over that budget; more of them are told as wider blocks, down to all.
inline constexpr std::size_t shut_addresses_max = 64U << 10U;
/// Different decisions of one namespace's doors: half of limits::decisions_max, so that they can
/// all change at once.
inline constexpr std::size_t namespace_decisions_max = 8000;
/// Units that the kernel refused, and that are left out while everything else is applied: tried
/// again after this time.
inline constexpr auto set_apart_retry = std::chrono::seconds(10);
inline constexpr std::size_t set_apart_max = 1024;

// ---- the HTTP server --------------------------------------------------------------------------

/// Connections at once; a further one waits in the kernel's backlog.
inline constexpr std::size_t server_connections_max = 64;
/// Of --listen, for one client address: a scraper and the probes need two.
inline constexpr std::size_t page_connections_of_client_max = 16;
inline constexpr std::size_t server_header_bytes_max = 16U << 10U;
/// A request's body: an object at etcd's default limit, with room.
inline constexpr std::size_t server_body_bytes_max = 4U << 20U;
/// For a whole request, once it began; and the waiting for its first byte on an idle connection.
inline constexpr auto server_read_time_max = 5s;
inline constexpr auto server_idle_time_max = 60s;
/// For the peer to take one response or chunk.
inline constexpr auto server_write_time_max = 30s;

// ---- time -------------------------------------------------------------------------------------

/// A watch with neither event nor bookmark for this long is doubted: it is ended, and resumed
/// behind a probe.
inline constexpr auto watch_silence_max = 3min;
/// Nothing new is applied after a restart until every stream caught up, or for this long.
inline constexpr auto catch_up_max = 5s;
/// Between two discoveries of the kinds that come and go: how long a policy of a kind that was just
/// installed may wait. A thousand nodes ask for a few small documents at this pace.
inline constexpr auto discovery_interval = 60s;
/// The least time between two discoveries that a 404 calls for.
inline constexpr auto discovery_pause = 5s;
/// A kind is gone when a second discovery lacks it this long after the first: a server that is just
/// starting has not all of its kinds yet.
inline constexpr auto kind_gone_after = 30s;
/// Between two questions whether the API server is still the same cluster.
inline constexpr auto cluster_identity_interval = 60s;
inline constexpr auto backoff_first = 800ms;
inline constexpr auto backoff_max = 30s;
/// A connection healthy for this long resets its backoff.
inline constexpr auto backoff_reset_after = 1min;
/// From TERM to `_exit`, whatever still runs.
inline constexpr auto stop_grace = 1500ms;
/// From the start of a service that fails to its end: systemd starts it again without a delay.
inline constexpr auto failed_start_least = 1s;
/// Between two attempts at the xtables lock.
inline constexpr auto xtables_lock_retry = 5ms;
/// Bound of the first wait after an apply that failed; it doubles up to backoff_max.
inline constexpr auto apply_retry_first = 100ms;
/// Between two comparisons with the kernel.
inline constexpr auto resync_interval = 60s;
/// A stage that is at one piece of work for longer is stuck: the largest lists and tables take a
/// tenth of it.
inline constexpr auto stage_busy_max = 60s;
/// Between two attempts at what waits for the log, and two looks at whether its file is there.
inline constexpr auto log_retry_interval = 5s;
/// `nodewall status` and its service.
inline constexpr auto status_time_max = 5s;

// ---- what the service says --------------------------------------------------------------------

/// Within this window equal log lines are counted, not printed, and lines are limited:
inline constexpr auto log_repeat_window = 10s;
/// so many of one form (5,000 policies may have the same fault),
inline constexpr std::size_t log_lines_of_a_form_max = 20;
/// so many in all.
inline constexpr std::size_t log_lines_max = 200;
/// Findings that `status` lists one by one, and the bytes of their texts; all are counted.
inline constexpr std::size_t findings_listed_max = 100;
inline constexpr std::size_t findings_listed_bytes_max = 256U << 10U;
/// Policies that `state` lists of one pod, door or namespace: pods times policies would be a
/// product. All are counted.
inline constexpr std::size_t policies_listed_max = 1000;
/// Policies that one answer of `explain` names of a tier whose end refuses, and that a unit of the
/// ruleset names as its causes.
inline constexpr std::size_t policies_cited_max = 100;
/// A page of the service on its way to `nodewall status`: mostly findings, escaped.
inline constexpr std::size_t status_bytes_max = 4U << 20U;
/// Arrivals whose way to the kernel is timed at once; further ones are not timed.
inline constexpr std::size_t timed_arrivals_max = 4096;
/// A configuration file; one with every key has two KiB.
inline constexpr std::size_t configuration_bytes_max = 1U << 20U;

} // namespace nodewall::limits
