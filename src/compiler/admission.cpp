#include "compiler/admission.hpp"

#include <algorithm>
#include <iterator>

namespace nodewall::compiler {

namespace {

model::address_set addresses_of(const model::ip_block& block, model::family f) {
    model::address_set addresses(f);
    addresses.add(block.block);
    for (const auto& except : block.except)
        addresses.remove(except);
    return addresses;
}

} // namespace

void admission::add(const admission& other) {
    everyone = everyone || other.everyone;
    blocks.add(other.blocks);
    add_pods(other.pods);
}

void admission::add_pods(std::span<const model::ip_address> addresses) {
    if (addresses.empty())
        return;
    std::vector<model::ip_address> all;
    all.reserve(pods.size() + addresses.size());
    std::ranges::set_union(pods, addresses, std::back_inserter(all));
    pods = std::move(all);
}

void admission::normalize() {
    everyone = everyone || blocks.everything();
    if (everyone) {
        blocks = model::address_set(fam);
        pods.clear();
        return;
    }
    if (blocks.empty())
        return;
    std::erase_if(pods, [&](const model::ip_address& a) { return blocks.contains(a); });
}

ingress_judge::ingress_judge(state_reader& reader, model::family f)
    : reader_(reader), family_(f), open_(f), shut_(f) {
    open_.everyone = true;
}

const admission& ingress_judge::admits(const backend& b) {
    if (b.what == backend::sort::open)
        return open_;
    if (b.what == backend::sort::unknown)
        return shut_;
    const auto policies = reader_.ingress_policies(*b.pod);
    if (policies.empty())
        return open_;
    rule_list rules;
    for (const auto* policy : policies) {
        policies_.insert(policy);
        for (const auto& rule : policy->ingress)
            if (rule.covers(b.proto, b.port, *b.pod))
                rules.push_back(&rule);
    }
    const auto known = by_rules_.find(rules);
    return known != by_rules_.end() ? known->second
                                    : by_rules_.emplace(rules, evaluate(rules)).first->second;
}

admission ingress_judge::evaluate(const rule_list& rules) {
    admission sum(family_);
    for (const auto* rule : rules) {
        sum.everyone = sum.everyone || rule->who.any;
        for (const auto& block : rule->who.blocks)
            sum.blocks.add(addresses_of(block, family_));
        for (const auto& query : rule->who.pods)
            sum.add_pods(reader_.addresses_of(query, family_));
    }
    sum.normalize();
    return sum;
}

} // namespace nodewall::compiler
