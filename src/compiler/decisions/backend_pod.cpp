#include "compiler/decisions/backend_pod.hpp"

#include <algorithm>

namespace nodewall::compiler {

bool backend_pod::is_meant_by(const model::tier_rule& rule) const {
    if (rule.subject.empty())
        return true;
    const auto meant_at = [&](const model::ip_address& address) {
        return std::ranges::all_of(rule.subject, [&](const model::condition& c) {
            return is_among(c.who, address) != c.negated;
        });
    };
    const auto of_family = [&](const model::ip_address& a) { return a.fam() == family_; };
    const auto count = std::ranges::count_if(pod_.addresses, of_family);
    const auto meant = std::ranges::count_if(
        pod_.addresses, [&](const model::ip_address& a) { return of_family(a) && meant_at(a); });
    return rule.then == model::action::allow ? count > 0 && meant == count : meant > 0;
}

bool backend_pod::is_among(const model::peers& who, const model::ip_address& address) const {
    const auto holds = [&](const model::ip_block& block) { return block.contains(address); };
    return who.any || std::ranges::any_of(who.blocks, holds) ||
           std::ranges::any_of(who.pods, [&](const model::pod_query& query) {
               return reader_.selects(query, pod_);
           });
}

} // namespace nodewall::compiler
