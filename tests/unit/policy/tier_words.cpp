#include "unit/policy/tier_words.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace nodewall::test {

namespace {

using words = std::vector<std::string>;

words split(std::string_view text, char separator) {
    words parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0)
            parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

[[noreturn]] void refuse(std::string_view what, std::string_view text) {
    throw std::invalid_argument("no such " + std::string(what) + ": " + std::string(text));
}

/// The text behind the prefix, or nothing.
std::optional<std::string_view> behind(std::string_view prefix, std::string_view text) {
    if (!text.starts_with(prefix))
        return std::nullopt;
    return text.substr(prefix.size());
}

model::label_requirement read_requirement(std::string_view text) {
    using operation = model::label_requirement::operation;
    if (const auto key = behind("!", text))
        return {std::string(*key), operation::does_not_exist, {}};
    const auto equals = text.find('=');
    if (equals == std::string_view::npos)
        return {std::string(text), operation::exists, {}};
    const bool negated = equals > 0 && text[equals - 1] == '!';
    auto values = split(text.substr(equals + 1), '|');
    std::sort(values.begin(), values.end());
    return {std::string(text.substr(0, equals - (negated ? 1 : 0))),
            negated ? operation::not_in : operation::in, std::move(values)};
}

model::label_selector read_selector(std::string_view text) {
    model::label_selector selector;
    if (text == "*")
        return selector;
    for (const auto& part : split(text, ','))
        selector.requirements.push_back(read_requirement(part));
    std::sort(selector.requirements.begin(), selector.requirements.end());
    return selector;
}

model::pod_query read_pods(std::string_view text) {
    model::pod_query query;
    for (const auto& part : split(text, '+'))
        if (const auto pods = behind("pods:", part))
            query.pods = read_selector(*pods);
        else if (const auto namespaces = behind("namespaces:", part))
            query.namespaces = read_selector(*namespaces);
        else
            query.namespace_ = part;
    return query;
}

void add_peer(std::string_view text, model::peers& to) {
    if (const auto block = model::cidr::parse(text))
        to.blocks.push_back({*block, {}});
    else if (const auto nodes = behind("nodes:", text))
        to.nodes.push_back(read_selector(*nodes));
    else
        to.pods.push_back(read_pods(text));
}

std::uint16_t read_number(std::string_view text) {
    return static_cast<std::uint16_t>(std::stoul(std::string(text)));
}

model::port_match read_port(std::string_view text) {
    model::port_match match;
    const auto parts = split(text, '/');
    const auto proto = model::parse_protocol(parts.at(0));
    if (!proto)
        refuse("protocol", text);
    match.proto = *proto;
    if (parts.size() < 2)
        return match;
    if (parts[1].find_first_not_of("0123456789-") != std::string::npos) {
        match.name = parts[1];
        return match;
    }
    const auto range = split(parts[1], '-');
    match.first = read_number(range.front());
    match.last = read_number(range.back());
    return match;
}

model::action read_action(std::string_view text) {
    for (const auto action :
         {model::action::allow, model::action::deny, model::action::pass, model::action::log})
        if (model::to_string(action) == text)
            return action;
    refuse("action", text);
}

model::tier_rule read_rule(std::string_view text, std::size_t index) {
    const auto parts = split(text, ';');
    model::tier_rule rule{.then = read_action(parts.at(0)), .index = index, .who = {}, .ports = {}};
    for (std::size_t i = 1; i < parts.size(); ++i)
        if (const auto peer = behind("from=", parts[i]))
            add_peer(*peer, rule.who);
        else if (const auto port = behind("port=", parts[i]))
            rule.ports.push_back(read_port(*port));
        else
            refuse("part of a rule", parts[i]);
    rule.who.any = rule.who.blocks.empty() && rule.who.pods.empty() && rule.who.nodes.empty();
    rule.any_port = rule.ports.empty();
    return rule;
}

model::tier_end read_end(std::string_view text) {
    if (text == "next")
        return model::tier_end::next;
    if (text == "deny")
        return model::tier_end::deny;
    if (text == "allow")
        return model::tier_end::allow;
    refuse("end of a tier", text);
}

model::tier read_tier(std::string_view text) {
    for (const auto* known : {&model::admin_tier, &model::default_tier, &model::baseline_tier})
        if (known->name == text)
            return *known;
    const auto parts = split(text, ':');
    return {std::stod(parts.at(1)), parts.at(0), read_end(parts.at(2))};
}

} // namespace

model::policy read_tier_words(std::string_view text) {
    model::policy policy;
    policy.in = model::admin_tier;
    policy.subject = model::pod_query::everything();
    for (const auto& word : split(text, ' '))
        if (const auto tier = behind("tier=", word)) {
            policy.in = read_tier(*tier);
        } else if (const auto order = behind("order=", word)) {
            policy.order = std::stod(std::string(*order));
        } else if (const auto subject = behind("subject=", word)) {
            policy.subject = read_pods(*subject);
        } else if (word == "staged") {
            policy.staged = true;
        } else if (const auto in = behind("ingress", word)) {
            policy.ingress_applies = true;
            if (const auto rule = behind("=", *in))
                policy.ingress.push_back(read_rule(*rule, policy.ingress.size()));
        } else if (const auto out = behind("egress", word)) {
            policy.egress_applies = true;
            if (const auto rule = behind("=", *out))
                policy.egress.push_back(read_rule(*rule, policy.egress.size()));
        } else {
            refuse("word", word);
        }
    return policy;
}

model::policy_object tier_policy(std::string_view name, std::string_view words, std::uint64_t seq) {
    return {.meta = {.key = {"", std::string(name)}, .seq = seq},
            .stream = std::string(tier_policies),
            .document = model::make_document(tier_words{std::string(words)})};
}

policy::translators with_tier_policies() {
    auto table = policy::builtin_translators();
    table.add({.stream = std::string(tier_policies),
               .kind = "TierPolicy",
               .translate = [](const model::policy_object& object) {
                   return read_tier_words(object.as<tier_words>().text);
               }});
    return table;
}

} // namespace nodewall::test
