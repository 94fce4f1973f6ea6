#include "cli/state_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::cli {

namespace {

/// Longer lists end in "and N more": a page is for eyes, -o json has it all.
constexpr std::size_t listed_max = 5;

template <class List> std::string list_of(const List& things) {
    std::string text;
    std::size_t listed = 0;
    for (const auto& one : things) {
        if (listed++ == listed_max)
            return text + fmt::format(" and {} more", things.size() - listed_max);
        text += (text.empty() ? "" : ", ") + one.to_string();
    }
    return text;
}

std::string text_of(const compiler::sources_overview& who) {
    if (who.everyone)
        return "everyone";
    if (who.nobody())
        return "nobody";
    std::string text = list_of(who.blocks);
    if (!who.pods.empty())
        text += (text.empty() ? "" : ", ") + list_of(who.pods);
    return text;
}

std::string_view text_of(const compiler::outcome& o) {
    return o.what == compiler::outcome::kind::admit ? "admits" : "refuses";
}

/// Where one stage decides: "refuses 192.0.2.0/24; admits pods app=web of namespace shop; refuses
/// all others". What several stages decide does not fit into a line.
std::string order_of(const compiler::program& p) {
    constexpr auto ask = "nodewall explain tells of each source";
    if (p.stages().size() > 1)
        return fmt::format("several tiers judge in turn, {}", ask);
    const auto& only = p.stages().front();
    if (only.instructions.size() > listed_max)
        return fmt::format("{} rules judge in turn, {}", only.instructions.size(), ask);
    std::string text;
    for (const auto& step : only.instructions)
        text +=
            fmt::format("{} {}; ", text_of(step.then), text_of(compiler::overview_of(step.who)));
    return text + fmt::format("{} all others", text_of(only.end));
}

/// Whom a program admits, where it admits some and refuses all others: "nobody", "192.0.2.0/24,
/// pods app=web of namespace shop". Nothing for any other.
std::optional<std::string> admitted_by(const compiler::program& p) {
    if (p.admits_everyone())
        return "everyone";
    if (p.admits_nobody())
        return "nobody";
    if (const auto* only = p.admits_only())
        return text_of(compiler::overview_of(*only));
    return std::nullopt;
}

std::string text_of(std::string_view direction, const compiler::namespace_side& s) {
    if (s.denied)
        return fmt::format("{} denied by default ({})", direction, list_of(s.policies));
    if (!s.policies.empty())
        return fmt::format("{} open to all ({})", direction, list_of(s.policies));
    return fmt::format("{} open", direction);
}

/// The cluster-wide policies, in the order in which they are asked.
void print(std::string_view direction, const compiler::namespace_side& s) {
    if (!s.above.empty())
        print_line(fmt::format("    {}: above stands {}", direction, list_of(s.above)));
    if (!s.below.empty())
        print_line(fmt::format("    {}: below stands {}", direction, list_of(s.below)));
}

void print(const compiler::namespace_overview& n) {
    print_line(fmt::format("  {}: {}; {}; {} pods, isolated for ingress {}, for egress {}", n.name,
                           text_of("ingress", n.ingress), text_of("egress", n.egress), n.pods,
                           n.isolated_ingress, n.isolated_egress));
    print("ingress", n.ingress);
    print("egress", n.egress);
}

void print(const compiler::policy_overview& p) {
    print_line(fmt::format(
        "  {}: {}{}{}{}, selects {} pods (tier {}, order {}, seq {})", p.name.to_string(),
        p.staged ? "staged, enforces nothing; would judge " : "", p.ingress ? "ingress" : "",
        p.ingress && p.egress ? " and " : "", p.egress ? "egress" : "", p.pods, p.tier,
        p.order == model::last_order ? "last" : fmt::format("{}", p.order), p.seq));
    if (!p.over_budget.empty())
        print_line("    over budget: " + p.over_budget);
    for (const auto& text : p.not_understood)
        print_line("    not understood: " + text);
}

std::string place_of(const model::front_door& d) {
    return fmt::format(
        "{} {}{}/{}{}", model::to_string(d.what), d.anywhere() ? "" : d.address.to_string() + " ",
        model::to_string(d.proto), d.port,
        d.anywhere() ? fmt::format(" ({})", model::to_string(d.fam)) : std::string());
}

std::string text_of(const compiler::backend_overview& b) {
    const auto who = b.pod.name.empty()
                         ? list_of(b.addresses)
                         : fmt::format("{} ({})", b.pod.to_string(), list_of(b.addresses));
    const auto port = b.port != 0 ? fmt::format("port {}", b.port) : std::string("every port");
    if (b.what == compiler::backend::sort::unknown)
        return fmt::format("{} {}: not known to the log, refuses", who, port);
    const auto admitted = admitted_by(*b.admits);
    return fmt::format("{} {}{}: {}", who, port, b.local ? ", on this node" : "",
                       admitted ? "admits " + *admitted : order_of(*b.admits));
}

/// "open", "shut but for 192.0.2.0/24", "shut to some: refuses 192.0.2.0/24; admits all others".
std::string text_of(compiler::door_overview::status stands, const compiler::program& decision) {
    using status = compiler::door_overview::status;
    const auto name = compiler::to_string(stands);
    if (stands == status::open)
        return std::string(name);
    if (decision.admits_nobody())
        return fmt::format("{} to everyone", name);
    const auto admitted = admitted_by(decision);
    if (!admitted)
        return fmt::format("{} to some: {}", name, order_of(decision));
    return fmt::format("{}{}{}", name, stands == status::shut ? " but for " : "; open to ",
                       *admitted);
}

void print(const compiler::door_overview& d) {
    print_line(fmt::format("  {}: {}; {}", place_of(d.compiled.door),
                           text_of(d.stands, d.compiled.what->decision),
                           d.compiled.holder.to_string()));
    if (d.staged.what)
        print_line(fmt::format("    staged policies would make it: {}",
                               text_of(d.staged.stands, d.staged.what->decision)));
    if (!d.compiled.others.empty())
        print_line(fmt::format("    claimed too by {}", list_of(d.compiled.others)));
    for (const auto& [door, holder] : d.compiled.one_with)
        print_line(fmt::format("    one door with {} of {}", place_of(door), holder.to_string()));
    if (!d.policies.empty())
        print_line(fmt::format("    because of {}", list_of(d.policies)));
    if (!d.remark.empty())
        print_line("    " + d.remark);
    for (std::size_t i = 0; i < d.backends.size() && i < listed_max; ++i)
        print_line("    backend " + text_of(d.backends[i]));
    if (d.backends.size() > listed_max)
        print_line(fmt::format("    and {} more backends", d.backends.size() - listed_max));
}

void print(const compiler::pod_overview& p) {
    if (!p.exempt.empty()) {
        print_line(fmt::format("  {}: under no policy, {}", p.key.to_string(), p.exempt));
        return;
    }
    const auto side = [](std::string_view direction, const compiler::isolation_overview& i) {
        return i.policies.empty() ? std::string()
                                  : fmt::format("; {}{} by {}", direction,
                                                i.denied ? "" : " judged", list_of(i.policies));
    };
    print_line(fmt::format("  {} ({}){}{}", p.key.to_string(), list_of(p.addresses),
                           side("ingress", p.ingress), side("egress", p.egress)));
}

template <class T> void print_all(std::string_view title, const std::vector<T>& things) {
    print_line(fmt::format("{} ({})", title, things.size()));
    for (const auto& one : things)
        print(one);
}

} // namespace

bool print_state(const view& v, const compiler::overview& all) {
    print_line(fmt::format("seq {}{}, node {}", v.history.seq,
                           v.history.at ? " of " + to_rfc3339(*v.history.at) : std::string(),
                           v.settings.node_name));
    print_all("namespaces", all.namespaces);
    print_all("policies", all.policies);
    print_all("front doors", all.doors);
    print_all("pods", all.pods);
    print_line(fmt::format("to note ({})", all.findings->size()));
    for (const auto& f : *all.findings)
        print_line(fmt::format("  {}: {}", f.subject, f.text));
    return std::fflush(stdout) == 0;
}

} // namespace nodewall::cli
