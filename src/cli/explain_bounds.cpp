#include "cli/explain_bounds.hpp"

#include "base/limits.hpp"
#include "cli/rules_question.hpp"
#include "compiler/compiler.hpp"
#include "explain/service_name.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace nodewall::cli {

namespace {

/// What a block becomes at most without one address: a block for each bit of it.
constexpr std::size_t blocks_of_exception = 128;

std::size_t blocks_in(const std::vector<model::tier_rule>& rules) {
    std::size_t count = 0;
    for (const auto& rule : rules)
        for (const auto& block : rule.who.blocks)
            count += 1 + block.except.size() * blocks_of_exception;
    return count;
}

/// No set is larger than all pods or all blocks together, and no door has more than two decisions,
/// one for each family.
bool bounds_in_sight(const model::objects& objects, const policy::translators& translators) {
    std::size_t members = 0;
    for (const auto& [key, pod] : objects.pods)
        members += pod.addresses.size();
    std::size_t doors = 0;
    for (const auto& [key, service] : objects.services)
        doors +=
            service.ports.size() * (1 + service.external_ips.size() +
                                    service.load_balancer_ips.size() + service.cluster_ips.size());
    for (const auto& [id, policy] : objects.policies)
        members += blocks_in(translators.translate(policy).ingress);
    return std::max(members, 2 * doors) >= limits::set_members_max ||
           2 * doors >= limits::namespace_decisions_max;
}

/// As a packet of `f`; nothing for a pod without an address of that family.
std::optional<model::ip_address> source_in(const explain::question& asked, model::family f,
                                           const model::objects& objects) {
    if (const auto* address = std::get_if<model::ip_address>(&asked.from))
        return address->fam() == f ? std::optional(*address) : std::nullopt;
    const auto pod = objects.pods.find(std::get<model::object_key>(asked.from));
    if (pod == objects.pods.end())
        return std::nullopt;
    const auto& addresses = pod->second.addresses;
    const auto at = std::ranges::find(addresses, f, &model::ip_address::fam);
    return at == addresses.end() ? std::nullopt : std::optional(*at);
}

std::optional<ruleset::packet> packet_of(const explain::question& named, const view& v) {
    const auto& objects = v.history.projected.state().objects;
    const auto addressed = explain::with_address(named, objects);
    if (!addressed)
        return std::nullopt;
    const auto& asked = *addressed;
    rules_question as{.from = {}, .to = {}, .port = asked.port, .proto = asked.proto};
    const auto* node_port = std::get_if<explain::node_port_name>(&asked.to);
    if (node_port != nullptr)
        as.to = node_port->node_address;
    else if (const auto* address = std::get_if<model::ip_address>(&asked.to))
        as.to = *address;
    for (const auto f : model::families) {
        if (as.to && as.to->fam() != f)
            continue;
        if (const auto source = source_in(asked, f, objects)) {
            as.from = *source;
            auto packet = packet_of(as, v);
            packet.destination_local = packet.destination_local || node_port != nullptr;
            return packet;
        }
    }
    return std::nullopt;
}

} // namespace

result<explain_bounds> explain_bounds::of(const view& v, const view_options& options,
                                          const agent::known_kinds& known) {
    explain_bounds made(v);
    if (!bounds_in_sight(v.history.projected.state().objects, known.translators))
        return made;
    const auto whole = load_view(options, known);
    if (!whole)
        return whole.error();
    compiler::compiler compiler(whole->settings);
    const auto rules = compiler.compile(whole->history.projected.state());
    const auto overflows = [](const compiler::finding& f) {
        return f.what == compiler::finding::kind::too_many ||
               f.what == compiler::finding::kind::over_budget;
    };
    if (std::ranges::any_of(*compiler.findings(), overflows))
        made.rules_.emplace(rules);
    return made;
}

void explain_bounds::correct(const explain::question& asked, explain::answer& answer) const {
    if (!rules_ || !answer.gate_admits)
        return;
    const auto packet = packet_of(asked, *view_);
    if (!packet || rules_->admits(*packet) == *answer.gate_admits)
        return;
    explain::step s{.where = explain::point::front_door, .then = explain::action::allow, .why = {}};
    if (*answer.gate_admits) {
        s.then = explain::action::deny;
        s.why = "the gate refuses it all the same: whom the policies admit does not fit into the "
                "kernel's sets, and the door is shut to everyone";
        answer.verdict = explain::verdict::deny;
        for (auto& b : answer.backends)
            b.verdict = explain::verdict::deny;
    } else {
        s.why = "the gate admits it all the same: the door does not fit into the kernel's maps";
        answer.rests_on_pods = true;
    }
    answer.gate_admits = !*answer.gate_admits;
    answer.steps.insert(answer.steps.begin(), std::move(s));
}

} // namespace nodewall::cli
