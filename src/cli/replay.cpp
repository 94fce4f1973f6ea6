#include "agent/history/replay.hpp"
#include "cli/console.hpp"
#include "cli/verbs.hpp"
#include "compiler/compiler.hpp"
#include "netfilter/iptables/dataplane.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <thread>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

json::object to_json(const view& v, const ruleset::ruleset& rules,
                     const std::vector<compiler::finding>& findings) {
    const auto& objects = v.history.projected.state().objects;
    json::array notes;
    for (const auto& f : findings)
        notes.push_back({{"subject", f.subject}, {"text", f.text}});
    json::object counts{{"namespaces", objects.namespaces.size()},
                        {"nodes", objects.nodes.size()},
                        {"pods", objects.pods.size()},
                        {"services", objects.services.size()},
                        {"endpointslices", objects.endpoint_slices.size()}};
    for (const auto& [id, policy] : objects.policies) {
        auto& count = counts[id.stream.substr(0, id.stream.find('.'))];
        count = count.is_null() ? 1U : count.get_uint64() + 1;
    }
    return {{"seq", v.history.seq},
            {"time", v.history.at ? json::value(to_rfc3339(*v.history.at)) : json::value(nullptr)},
            {"node", v.settings.node_name},
            {"objects", std::move(counts)},
            {"digest", to_hex(rules.digest())},
            {"rules", rules.rule_count()},
            {"members", rules.member_count()},
            {"findings", std::move(notes)}};
}

void print_text(const json::object& o) {
    print_line(fmt::format("seq      {}  {}", o.at("seq").to_number<std::uint64_t>(),
                           o.at("time").is_string() ? o.at("time").get_string().c_str() : ""));
    print_line(fmt::format("node     {}", o.at("node").get_string().c_str()));
    for (const auto& [name, count] : o.at("objects").get_object())
        print_line(
            fmt::format("{:>8} {}", count.to_number<std::uint64_t>(), std::string_view(name)));
    print_line(fmt::format("rules    {}  members {}", o.at("rules").to_number<std::uint64_t>(),
                           o.at("members").to_number<std::uint64_t>()));
    print_line(fmt::format("digest   {}", o.at("digest").get_string().c_str()));
    for (const auto& f : o.at("findings").get_array())
        print_line(fmt::format("note     {}: {}", f.at("subject").get_string().c_str(),
                               f.at("text").get_string().c_str()));
}

int print(output how, const json::object& summary) {
    if (how == output::json)
        print_json(summary);
    else
        print_text(summary);
    return exit_code::done;
}

} // namespace

int replay(const replay_options& options, const agent::known_kinds& known) {
    if (options.apply) {
        const auto kernel = [](std::uint32_t mark_mask) {
            return netfilter::iptables::open_dataplane({.mark_mask = mark_mask});
        };
        auto applied = agent::replay_onto(kernel, options.view.db, known, options.view.at,
                                          options.view.node, agent::system_now,
                                          [](auto delay) { std::this_thread::sleep_for(delay); });
        if (!applied)
            return fail(applied.error());
        return print(options.view.out,
                     to_json({std::move(applied->seen), std::move(applied->settings)},
                             *applied->rules, *applied->findings));
    }
    const auto v = load_view(options.view, known);
    if (!v)
        return fail(v.error());
    compiler::compiler compiler(v->settings);
    const auto rules = compiler.compile(v->history.projected.state());
    return print(options.view.out, to_json(*v, rules, *compiler.findings()));
}

} // namespace nodewall::cli
