#include "cli/console.hpp"
#include "cli/verbs.hpp"
#include "compiler/compiler.hpp"

#include <boost/json.hpp>

#include <cstdio>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

json::array causes_of(const model::unit& u) {
    json::array causes;
    for (const auto& c : u.causes)
        causes.push_back({{"kind", model::object_kind(c.what)},
                          {"namespace", c.key.namespace_},
                          {"name", c.key.name},
                          {"seq", c.seq}});
    return causes;
}

json::object to_json(const view& v, const model::ruleset& rules) {
    json::array units;
    for (const auto& u : rules.units())
        units.push_back({{"unit", u->name},
                         {"digest", to_hex(u->digest())},
                         {"text", u->text()},
                         {"causes", causes_of(*u)}});
    return {{"seq", v.history.seq},
            {"node", v.settings.node_name},
            {"digest", to_hex(rules.digest())},
            {"units", std::move(units)}};
}

} // namespace

int show_rules(const rules_options& options, const agent::known_kinds& known) {
    const auto v = load_view(options.view, known);
    if (!v)
        return fail(v.error());
    compiler::compiler compiler(v->settings);
    const auto rules = compiler.compile(v->history.projected.state());
    std::string text;
    if (options.view.out == output::json)
        return print_json(to_json(*v, rules)) ? exit_code::done : exit_code::failed;
    if (options.digest)
        text = rules.digest_lines();
    else
        text = "# iptables-legacy-save, IPv4\n" + rules.iptables_text(model::family::ipv4) +
               "# ip6tables-legacy-save, IPv6\n" + rules.iptables_text(model::family::ipv6) +
               "# ipset save\n" + rules.ipset_text();
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? exit_code::done
                                                                           : exit_code::failed;
}

} // namespace nodewall::cli
