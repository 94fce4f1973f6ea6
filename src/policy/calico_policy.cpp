#include "policy/calico_policy.hpp"

#include "model/calico.hpp"
#include "policy/calico_ports.hpp"
#include "policy/calico_scope.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::policy {

namespace {

using condition_list = std::vector<model::condition>;

model::peers of_blocks(const model::address_set& addresses, model::peers to = {}) {
    for (const auto& block : addresses.blocks())
        to.blocks.push_back({block, {}});
    return to;
}

/// Every address of `nets`, or every address there is, without `not_nets`.
model::peers of_nets(const std::vector<model::cidr>& nets,
                     const std::vector<model::cidr>& not_nets) {
    model::peers who;
    for (const auto f : model::families) {
        auto addresses = nets.empty() ? model::address_set::of(f, {model::cidr::everything(f)})
                                      : model::address_set::of(f, nets);
        addresses.remove(model::address_set::of(f, not_nets));
        who = of_blocks(addresses, std::move(who));
    }
    return who;
}

bool speaks_of(const std::vector<model::port_match>& ports, model::protocol proto) {
    return std::any_of(ports.begin(), ports.end(),
                       [&](const model::port_match& port) { return port.proto == proto; });
}

/// The rules of one policy.
class rule_translator {
public:
    rule_translator(std::string_view namespace_, calico_surroundings& around,
                    std::vector<std::string>& remarks)
        : namespace_(namespace_), around_(around), remarks_(remarks) {}

    std::vector<model::tier_rule> ingress(const std::vector<model::calico_rule>& from) {
        return all(from, true);
    }
    std::vector<model::tier_rule> egress(const std::vector<model::calico_rule>& from) {
        return all(from, false);
    }

private:
    std::vector<model::tier_rule> all(const std::vector<model::calico_rule>& from, bool ingress) {
        std::vector<model::tier_rule> rules;
        for (std::size_t i = 0; i < from.size(); ++i) {
            where_ = fmt::format("{}[{}]", ingress ? "ingress" : "egress", i);
            const auto first = rules.size();
            add(from[i], ingress, rules);
            for (auto n = first; n < rules.size(); ++n)
                rules[n].index = i;
        }
        return rules;
    }

    void add(const model::calico_rule& from, bool ingress, std::vector<model::tier_rule>& to) {
        if (!from.not_understood.empty())
            return add_unknown(from.then, from.not_understood, to);
        model::tier_rule rule{.then = from.then, .who = {}, .ports = {}};
        if (!translate_ports(from, rule))
            return;
        const auto& other = ingress ? from.source : from.destination;
        const auto& own = ingress ? from.destination : from.source;
        missing_.clear();
        auto others = conditions_of(other);
        rule.subject = conditions_of(own);
        if (!missing_.empty())
            return add_unknown(from.then, missing_, to);
        if (from.fam)
            others.push_back({.who = of_blocks(model::address_set::of(
                                  *from.fam, {model::cidr::everything(*from.fam)}))});
        const auto first =
            std::find_if(others.begin(), others.end(), [](const auto& c) { return !c.negated; });
        if (first == others.end()) {
            rule.who.any = true;
        } else {
            rule.who = std::move(first->who);
            others.erase(first);
        }
        rule.also = std::move(others);
        if (!from.source.ports.empty() || !from.source.not_ports.empty())
            return add_blind(std::move(rule), to);
        if (!ingress && from.destination.service)
            return add_service_ports(std::move(rule), *from.destination.service, to);
        to.push_back(std::move(rule));
    }

    /// SEMANTICS section 4: what is not understood in a rule that allows means nobody; in one that
    /// denies or passes it denies all.
    void add_unknown(model::action then, const std::string& why,
                     std::vector<model::tier_rule>& to) {
        if (then == model::action::allow || then == model::action::log) {
            remarks_.push_back(
                fmt::format("{} {}: {}", where_,
                            then == model::action::allow ? "admits nobody" : "logs nothing", why));
            return;
        }
        remarks_.push_back(fmt::format("{} denies everyone: {}", where_, why));
        model::tier_rule rule{.then = model::action::deny, .who = {}, .ports = {}};
        rule.who.any = rule.any_port = true;
        to.push_back(std::move(rule));
    }

    void add_blind(model::tier_rule rule, std::vector<model::tier_rule>& to) {
        constexpr auto why = "ports of the source cannot be told";
        if (rule.then == model::action::allow || rule.then == model::action::log)
            return add_unknown(rule.then, why, to);
        remarks_.push_back(fmt::format("{} denies from any port: {}", where_, why));
        rule.then = model::action::deny;
        to.push_back(std::move(rule));
    }

    /// To a Service goes what goes to its endpoints at its own ports: a rule for each slice.
    void add_service_ports(model::tier_rule rule, const model::object_key& service,
                           std::vector<model::tier_rule>& to) {
        for (const auto* slice : around_.slices(in_namespace(service))) {
            auto part = rule;
            part.who = addresses_of({slice});
            part.any_port = false;
            part.ports.clear();
            for (const auto& port : slice->ports)
                if (!port.unknown && (rule.any_port || speaks_of(rule.ports, port.proto)))
                    part.ports.push_back({.proto = port.proto,
                                          .first = port.port,
                                          .last = port.port != 0 ? port.port : std::uint16_t{65535},
                                          .name = {}});
            to.push_back(std::move(part));
        }
    }

    /// All that one end of the rule asks.
    condition_list conditions_of(const model::calico_entity& entity) {
        condition_list all;
        if (!entity.nets.empty() || !entity.not_nets.empty())
            all.push_back({.who = of_nets(entity.nets, entity.not_nets)});
        if (entity.service)
            all.push_back({.who = addresses_of(around_.slices(in_namespace(*entity.service)))});
        calico_scope scope;
        if (entity.namespaces)
            scope.namespaces = &*entity.namespaces;
        else if (!namespace_.empty())
            scope.namespace_ = namespace_;
        const bool selects = entity.selector || entity.accounts || entity.namespaces;
        // A policy of a namespace means its own alone as soon as it speaks of labels.
        if (selects || (entity.not_selector && !namespace_.empty()))
            all.push_back({.who = selected(entity.selector ? entity.selector->holds
                                                           : model::label_expression(),
                                           scope, entity.accounts)});
        if (entity.not_selector)
            all.push_back(
                {.who = selected(entity.not_selector->holds, {}, std::nullopt), .negated = true});
        return all;
    }

    model::peers selected(const model::label_expression& expression, const calico_scope& scope,
                          const std::optional<model::calico_accounts>& accounts) {
        model::peers who;
        std::optional<model::label_expression> of_accounts;
        if (accounts) {
            of_accounts = around_.accounts(*accounts);
            if (!of_accounts)
                missing_ = "no service account is known, so none is known by its labels";
        }
        who.pods.push_back(around_.pods(expression, scope, of_accounts));
        if (!accounts) // a network set has none
            around_.add_network_sets(expression, scope, who.blocks);
        return who;
    }

    static model::peers
    addresses_of(const std::vector<const model::endpoint_slice_object*>& slices) {
        model::peers who;
        for (const auto* slice : slices)
            for (const auto& endpoint : slice->endpoints)
                if (endpoint.address)
                    who.blocks.push_back({model::cidr::host(*endpoint.address), {}});
        return who;
    }

    model::object_key in_namespace(model::object_key service) const {
        if (service.namespace_.empty())
            service.namespace_ = namespace_;
        return service;
    }

    std::string_view namespace_; // empty: of a GlobalNetworkPolicy
    calico_surroundings& around_;
    std::vector<std::string>& remarks_;
    std::string where_;
    std::string missing_; // why the rule cannot be told
};

void select_nobody(std::string why, model::policy& to) {
    to.not_understood.push_back("selects no pod: " + why);
    to.subject.pods.invalid = std::move(why);
}

/// Kubernetes' own kinds stand in tiers that need no object.
std::optional<model::tier> tier_of(const std::string& name, calico_surroundings& around) {
    if (name == "default")
        return model::default_tier;
    if (name == "kube-admin" || name == "adminnetworkpolicy")
        return model::admin_tier;
    if (name == "kube-baseline" || name == "baselineadminnetworkpolicy")
        return model::baseline_tier;
    const auto* spec = around.tier(name);
    if (spec == nullptr)
        return std::nullopt;
    return model::tier{.order = spec->order, .name = name, .at_end = spec->at_end};
}

void translate_subject(const model::calico_policy_spec& spec, std::string_view namespace_,
                       calico_surroundings& around, model::policy& to) {
    for (const auto* selector : {&spec.selector, &spec.namespaces, &spec.accounts})
        if (*selector && !(*selector)->invalid.empty())
            return select_nobody((*selector)->invalid, to);
    std::optional<model::label_expression> accounts;
    if (spec.accounts) {
        accounts = around.accounts({.names = {}, .selector = spec.accounts});
        if (!accounts)
            return select_nobody("no service account is known, so none is known by its labels", to);
    }
    calico_scope scope;
    if (!namespace_.empty())
        scope.namespace_ = namespace_;
    else if (spec.namespaces)
        scope.namespaces = &*spec.namespaces;
    to.subject = around.pods(spec.selector ? spec.selector->holds : model::label_expression(),
                             scope, accounts);
}

/// Of a policy of which nobody knows where it stands: what it denies is denied in any case.
void deny_before_all(model::policy& to) {
    to.in = model::default_tier;
    to.order = -model::last_order;
    for (auto* rules : {&to.ingress, &to.egress})
        std::erase_if(*rules, [](const model::tier_rule& rule) {
            return rule.then == model::action::allow || rule.then == model::action::pass;
        });
    to.not_understood.emplace_back(
        "its tier or order is not understood: it denies before all others, and admits nobody");
}

} // namespace

model::policy translate_calico_policy(const model::policy_object& object,
                                      const model::objects& among) {
    const auto& spec = object.as<model::calico_policy_spec>();
    const auto& namespace_ = object.meta.key.namespace_;
    calico_surroundings around(among, object.stream);
    model::policy to;
    to.order = spec.order;
    to.ingress_applies = spec.ingress_applies;
    to.egress_applies = spec.egress_applies;
    translate_subject(spec, namespace_, around, to);
    const auto in = tier_of(spec.tier, around);
    if (in)
        to.in = *in;
    else
        select_nobody("there is no tier '" + spec.tier + "'", to);
    if (!spec.of_hosts_alone.empty())
        select_nobody(
            spec.of_hosts_alone + " is about host endpoints, for which nothing is enforced", to);
    else if (spec.on_forward)
        to.not_understood.emplace_back(
            "applyOnForward is enforced for pods alone, not for host endpoints");
    rule_translator rules(namespace_, around, to.not_understood);
    to.ingress = rules.ingress(spec.ingress);
    to.egress = rules.egress(spec.egress);
    if (spec.place_unknown)
        deny_before_all(to);
    to.rests_on = around.take_looks();
    return to;
}

} // namespace nodewall::policy
