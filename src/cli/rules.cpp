#include "cli/console.hpp"
#include "cli/rules_question.hpp"
#include "cli/verbs.hpp"
#include "compiler/compiler.hpp"
#include "netfilter/iptables/dataplane.hpp"
#include "netfilter/nftables/nft_text.hpp"

#include <boost/json.hpp>

#include <cstdio>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

json::array causes_of(const ruleset::unit& u) {
    json::array causes;
    for (const auto& c : u.causes)
        causes.push_back({{"kind", c.kind},
                          {"namespace", c.key.namespace_},
                          {"name", c.key.name},
                          {"seq", c.seq}});
    return causes;
}

json::object to_json(const view& v, const ruleset::ruleset& rules) {
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

std::string text_of(const ruleset::ruleset& rules, std::uint32_t mark_mask,
                    const rules_options& options) {
    if (options.digest)
        return rules.digest_lines();
    if (options.format == rules_format::nft)
        return netfilter::to_nft(rules);
    return "# iptables-legacy-save, IPv4\n" +
           netfilter::iptables::iptables_text(rules, model::family::ipv4, mark_mask) +
           "# ip6tables-legacy-save, IPv6\n" +
           netfilter::iptables::iptables_text(rules, model::family::ipv6, mark_mask) +
           "# ipset save\n" + netfilter::iptables::ipset_text(rules, mark_mask);
}

} // namespace

int show_rules(const rules_options& options, const agent::known_kinds& known) {
    const auto v = load_view(options.view, known);
    if (!v)
        return fail(v.error());
    compiler::compiler compiler(v->settings);
    const auto rules = compiler.compile(v->history.projected.state());
    if (options.asked)
        return answer_rules_question(*options.asked, *v, rules, options.view.out);
    if (options.view.out == output::json)
        return print_json(to_json(*v, rules)) ? exit_code::done : exit_code::failed;
    const auto text = text_of(rules, v->mark_mask, options);
    return print_text(text) ? exit_code::done : exit_code::failed;
}

} // namespace nodewall::cli
