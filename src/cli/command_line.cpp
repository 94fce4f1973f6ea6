#include "cli/command_line.hpp"

#include "cli/refused_words.hpp"
#include "cli/rules_question.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

namespace nodewall::cli {

namespace {

constexpr auto description = R"(The firewall of a Kubernetes node as a function of an event log.

Every verb takes --help. Times are RFC 3339 with a zone. Exit codes:
  0 done, the answer is yes (allow); 1 the answer is no (deny, differs, invalid);
  2 wrong usage or configuration; 3 it failed; 4 the answer is neither (mixed, unknown))";

const auto db_default = agent::configuration{}.db;

/// A flag's value that a parser of ours refuses is wrong usage, said in the parser's words.
template <class T> T required(result<T> parsed, const char* flag) {
    if (!parsed)
        throw CLI::ValidationError(flag, parsed.error().message());
    return std::move(*parsed);
}

void add_db(CLI::App& verb, std::string& db) {
    verb.add_option("--db", db, "The event log")->default_str(db_default)->type_name("FILE");
    db = db_default;
}

/// With `format` nft is one of them, too.
void add_output(CLI::App& verb, output& out, rules_format* format = nullptr) {
    verb.add_option_function<std::string>(
            "-o,--output",
            [&out, format](const std::string& text) {
                out = text == "json" ? output::json : output::text;
                if (format != nullptr && text == "nft")
                    *format = rules_format::nft;
            },
            format ? "text (iptables-save and ipset save), nft (for nft -f) or json"
                   : "text or json")
        ->check(CLI::IsMember(format ? std::set<std::string>{"text", "nft", "json"}
                                     : std::set<std::string>{"text", "json"}))
        ->type_name("FORMAT");
}

void add_enforce(CLI::App& verb) {
    verb.add_option_function<std::vector<std::string>>(
            "--enforce",
            [](const std::vector<std::string>& scopes) {
                for (const auto& scope : scopes)
                    if (const auto known = agent::check_enforce(scope); !known)
                        throw CLI::ValidationError("--enforce", known.error().message());
            },
            "What to enforce: nodeports")
        ->delimiter(',')
        ->type_name("SCOPE");
}

void add_view(CLI::App& verb, view_options& view, rules_format* format = nullptr) {
    add_db(verb, view.db);
    verb.add_option_function<std::string>(
            "--at",
            [&view](const auto& text) { view.at = required(agent::parse_point(text), "--at"); },
            "The point in the log: a sequence number or a time (default: its end)")
        ->type_name("SEQ|TIME");
    verb.add_option("--node", view.node,
                    "The node (default: the one recorded in the log, NODE_NAME, the host's name)")
        ->type_name("NAME");
    add_enforce(verb);
    add_output(verb, view.out, format);
}

void add_time(CLI::App& verb, const char* flag, std::optional<timestamp>& target,
              const char* help) {
    verb.add_option_function<std::string>(
            flag,
            [&target, flag](const auto& text) { target = required(parse_rfc3339(text), flag); },
            help)
        ->type_name("TIME");
}

CLI::App* add_import(CLI::App& app, import_options& o) {
    auto* verb = app.add_subcommand(
        "import", "Take objects or watch events from files into a log; creates the log");
    verb->add_option(
            "FILE", o.files,
            R"(kubectl's JSON or YAML, or lines of {"type","object"}; - reads standard input)")
        ->required();
    add_db(*verb, o.db);
    verb->add_flag("--delete", o.deletions, "Record that the named objects are gone");
    verb->add_flag("--whole-bodies", o.whole_bodies,
                   "Keep everything of pods, nodes and endpoint slices");
    add_output(*verb, o.out);
    return verb;
}

struct log_verbs {
    CLI::App* list = nullptr;
    CLI::App* verify = nullptr;
    CLI::App* copy = nullptr;
};

log_verbs add_log(CLI::App& app, log_options& o, log_verify_options& verify,
                  log_copy_options& copy) {
    log_verbs verbs;
    verbs.list = app.add_subcommand("log", "List events; verify or copy the log");
    auto& list = *verbs.list;
    add_db(list, o.db);
    list.add_option("--stream", o.which.stream, "Only this stream, such as pods or nodewall");
    list.add_option("--type", o.which.type, "Only this type, such as ADDED or APPLIED");
    list.add_option("--origin", o.which.origin, "Only this origin, such as watch or import");
    list.add_option("-n,--namespace", o.which.namespace_, "Only this namespace");
    list.add_option("--name", o.which.name, "Only objects of this name");
    list.add_option("--uid", o.which.uid, "Only the object with this UID");
    list.add_option("--after", o.which.after, "Only events behind this sequence number")
        ->type_name("SEQ");
    list.add_option("--until", o.which.until, "Only events up to this sequence number")
        ->type_name("SEQ");
    add_time(list, "--since", o.which.since, "Only events recorded at this time or later");
    add_time(list, "--before", o.which.before, "Only events recorded before this time");
    list.add_option("--last", o.last, "Only so many of the newest")->type_name("COUNT");
    list.add_flag("-f,--follow", o.follow, "Go on as events are appended");
    list.add_flag("--local", o.local_time, "Print times in the local zone");
    add_output(list, o.out);
    verbs.verify = list.add_subcommand(
        "verify", "Check every digest and invariant; exit 1 and the place when anything is wrong");
    add_db(*verbs.verify, verify.db);
    add_output(*verbs.verify, verify.out);
    verbs.copy =
        list.add_subcommand("copy", "Make a consistent copy, beside a running service too");
    add_db(*verbs.copy, copy.db);
    verbs.copy->add_option("TO", copy.to, "The file to write; must not exist")->required();
    return verbs;
}

/// Flags of `run`; each overrides the configuration file.
struct run_flags {
    std::string config_file;
    std::optional<std::string> kubeconfig, context, node, db, listen, socket, level;
    bool dry_run = false;
};

CLI::App* add_run(CLI::App& app, run_flags& f) {
    auto* verb = app.add_subcommand("run", "The service: watch, log, compile, enforce");
    verb->add_option("--config", f.config_file, "Configuration (YAML)")->type_name("FILE");
    verb->add_option("--kubeconfig", f.kubeconfig,
                     "How to reach the API server (default: KUBECONFIG, else the service account)")
        ->type_name("FILE");
    verb->add_option("--context", f.context, "The kubeconfig's context (default: its current one)");
    verb->add_option("--node", f.node, "This node's name (default: NODE_NAME, the host's name)")
        ->type_name("NAME");
    verb->add_option("--db", f.db, "The event log")->default_str(db_default)->type_name("FILE");
    add_enforce(*verb);
    verb->add_flag("--dry-run", f.dry_run, "Do everything but change the kernel");
    verb->add_option("--listen", f.listen, "Serve /healthz, /readyz, /metrics and /status here")
        ->type_name("ADDRESS:PORT");
    verb->add_option("--socket", f.socket,
                     fmt::format("The Unix socket that `nodewall status` asks (default: {})",
                                 agent::default_socket))
        ->type_name("PATH");
    verb->add_option("--log-level", f.level, "debug, info, warning or error")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    return verb;
}

/// The file, and the flags over it.
result<agent::configuration> effective(const run_flags& f) {
    agent::configuration c;
    if (!f.config_file.empty()) {
        auto read = agent::read_configuration(f.config_file);
        if (!read)
            return read.error();
        c = std::move(*read);
    }
    const auto override_with = [](const auto& flag, auto& target) {
        if (flag)
            target = *flag;
    };
    override_with(f.kubeconfig, c.kubeconfig);
    override_with(f.context, c.context);
    override_with(f.node, c.gate.node_name);
    override_with(f.db, c.db);
    override_with(f.listen, c.listen);
    override_with(f.socket, c.socket);
    if (f.level)
        c.level = *parse_log_level(*f.level);
    if (const char* variable = std::getenv("KUBECONFIG"); variable != nullptr)
        c.kubeconfigs = variable;
    c.dry_run = c.dry_run || f.dry_run;
    if (c.gate.node_name.empty())
        c.gate.node_name = agent::default_node_name();
    return c;
}

CLI::App* add_rules(CLI::App& app, rules_options& o) {
    auto* verb =
        app.add_subcommand("rules", "The compiled rules as iptables-save and ipset save text");
    add_view(*verb, o.view, &o.format);
    auto* digest =
        verb->add_flag("--digest", o.digest,
                       "A line for each unit with its digest; sha256sum of all is the ruleset's");
    const auto ask = [&o](const std::vector<std::string>& words) {
        if (const auto wrong = parse_rules_question(words, o.asked.emplace()))
            throw CLI::ValidationError("--ask", *wrong);
    };
    verb->add_option_function<std::vector<std::string>>(
            "--ask", ask, "What becomes of a connection (TO may be node): exit 0 passes, 1 dropped")
        ->type_name("FROM TO PORT[/PROTOCOL]")
        ->expected(3)
        ->excludes(digest);
    return verb;
}

/// Flags of `explain`.
struct explain_flags {
    view_options view;
    std::string from, to;
    std::optional<std::uint64_t> port;
    std::optional<std::string> protocol, backend;
    bool lines = false;
};

CLI::App* add_explain(CLI::App& app, explain_flags& f) {
    auto* verb = app.add_subcommand(
        "explain", "What becomes of a connection, and why: exit 0 allow, 1 deny, 4 mixed, unknown");
    auto* from = verb->add_option("--from", f.from, "Who dials: an address, or a pod")
                     ->type_name("ADDRESS|NAMESPACE/POD");
    auto* to = verb->add_option("--to", f.to,
                                "Whom: an address (a front door there is asked first), a pod, a "
                                "Service (svc/[NAMESPACE/]NAME: its clusterIP), or "
                                "nodeport:[NODE-ADDRESS:]PROTOCOL/PORT")
                   ->type_name("ADDRESS|NAMESPACE/POD|DOOR");
    auto* port = verb->add_option("--port", f.port,
                                  "The port that is dialled (a Service's only one by default)");
    auto* protocol = verb->add_option("--protocol", f.protocol, "TCP, UDP or SCTP (default: TCP)");
    auto* backend = verb->add_option("--backend", f.backend,
                                     "Only the connection that ends at this backend of the door")
                        ->type_name("ADDRESS");
    auto* lines =
        verb->add_flag("--stdin", f.lines,
                       R"(Answer each line of {"from","to","port","protocol"} by a line of JSON)");
    for (auto* option : {from, to, port, protocol, backend})
        lines->excludes(option);
    add_view(*verb, f.view);
    return verb;
}

command finish_explain(const explain_flags& f) {
    explain_options o{f.view, std::nullopt};
    if (f.lines)
        return o;
    const auto refuse = [](std::string_view why) {
        return answer{exit_code::usage, fmt::format("nodewall: {}\nTry explain --help.\n", why)};
    };
    if (f.from.empty() || f.to.empty())
        return refuse("explain needs --from and --to, or --stdin");
    auto asked = explain::parse_question({f.from, f.to, f.port, f.protocol, f.backend});
    if (!asked)
        return refuse(asked.error().message());
    o.asked = std::move(*asked);
    return o;
}

/// A pipe gave what it held at the start; a terminal would be waited for.
result<agent::configuration> effective_again(const run_flags& f) {
    std::error_code ignored;
    if (!f.config_file.empty() && std::filesystem::exists(f.config_file, ignored) &&
        !std::filesystem::is_regular_file(f.config_file, ignored))
        return error(agent::errc::unreadable, f.config_file + " (only a file is read again)");
    return effective(f);
}

command finish_run(const run_flags& f) {
    auto config = effective(f);
    if (!config)
        return answer{exit_code::usage, "nodewall: " + config.error().message() + "\n"};
    return run_options{std::move(*config), [f] { return effective_again(f); }};
}

} // namespace

command parse_command_line(int argc, const char* const* argv) {
    CLI::App app(description, "nodewall");
    app.set_version_flag("--version", "nodewall " NODEWALL_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);

    run_flags run;
    import_options import;
    log_options log;
    log_verify_options verify;
    log_copy_options copy;
    replay_options replay;
    rules_options rules;
    explain_flags explain;
    check_options check;
    state_options state;
    status_options status;
    reset_options reset;

    auto* run_verb = add_run(app, run);
    auto* import_verb = add_import(app, import);
    const auto log_verb = add_log(app, log, verify, copy);
    auto* replay_verb =
        app.add_subcommand("replay", "The state at a point of the log; --apply enforces it once");
    add_view(*replay_verb, replay.view);
    replay_verb->add_flag("--apply", replay.apply,
                          "Program the kernel of the current network namespace with it");
    auto* rules_verb = add_rules(app, rules);
    auto* explain_verb = add_explain(app, explain);
    auto* check_verb =
        app.add_subcommand("check", "The kernel against the log; exit 1 if they differ");
    add_view(*check_verb, check.view);
    auto* state_verb = app.add_subcommand(
        "state", "How namespaces, policies, front doors and pods stand at a point of the log");
    add_view(*state_verb, state.view);
    state_verb->add_option("-n,--namespace", state.namespace_, "Only this namespace");
    auto* status_verb = app.add_subcommand(
        "status", "The running service; exit 0: ready, 1: not ready, 3: none answers");
    status_verb->add_option("--socket", status.socket, "Its Unix socket")
        ->default_str(std::string(agent::default_socket))
        ->type_name("PATH");
    add_output(*status_verb, status.out);
    auto* reset_verb = app.add_subcommand("reset", "Remove every chain, jump and set of nodewall");
    add_output(*reset_verb, reset.out);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return refused(app, e);
    }
    if (run_verb->parsed())
        return finish_run(run);
    if (import_verb->parsed())
        return import;
    if (log_verb.verify->parsed())
        return verify;
    if (log_verb.copy->parsed())
        return copy;
    if (log_verb.list->parsed())
        return log;
    if (replay_verb->parsed())
        return replay;
    if (rules_verb->parsed())
        return rules;
    if (state_verb->parsed())
        return state;
    if (explain_verb->parsed())
        return finish_explain(explain);
    if (status_verb->parsed())
        return status;
    return check_verb->parsed() ? command(check) : command(reset);
}

} // namespace nodewall::cli
