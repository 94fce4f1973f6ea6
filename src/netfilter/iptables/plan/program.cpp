#include "netfilter/iptables/plan/program.hpp"

#include "base/sort_unique.hpp"

#include <algorithm>

namespace nodewall::netfilter::iptables {

namespace {

bool contain(const std::vector<model::cidr>& blocks, const model::ip_address& address) {
    return std::ranges::any_of(blocks,
                               [&](const model::cidr& block) { return block.contains(address); });
}

} // namespace

set_index set_table::index_of(const std::string& set) {
    const auto [at, is_new] = indexes_.try_emplace(set, names_.size());
    if (is_new)
        names_.push_back(set);
    return at->second;
}

program::program(const decision_form& form, set_table& sets) : form_(&form) {
    for (const auto& from : form.sources) {
        auto& indexes = sets_of_source_.emplace_back();
        for (const auto& set : from.sets)
            indexes.push_back(sets.index_of(set));
        all_sets_.insert(all_sets_.end(), indexes.begin(), indexes.end());
    }
    sort_unique(all_sets_);
    std::size_t source = 0;
    for (const auto& stage : form.shape.stages) {
        first_source_.push_back(source);
        for (const auto& r : stage)
            source += r.from == source_form::anyone ? 0 : 1;
    }
}

bool program::admits(const model::ip_address& address,
                     const std::function<bool(set_index)>& holds) const {
    std::size_t stage = 0;
    for (std::size_t hops = 0; hops <= form_->shape.stages.size(); ++hops) {
        auto source = first_source_[stage];
        bool gone_on = false;
        for (const auto& r : form_->shape.stages[stage]) {
            bool matches = r.from == source_form::anyone;
            if (!matches) {
                matches = std::ranges::any_of(sets_of_source_[source], holds) ||
                          contain(form_->sources[source].blocks, address);
                ++source;
            }
            if (!matches || r.then == shape_rule::action::note)
                continue;
            if (r.then != shape_rule::action::go_to)
                return r.then == shape_rule::action::return_;
            stage = r.argument;
            gone_on = true;
            break;
        }
        if (!gone_on)
            return true;
    }
    return true;
}

bool program::reads_any_of(const std::vector<set_index>& sets) const {
    return std::ranges::any_of(
        sets, [&](set_index set) { return std::ranges::binary_search(all_sets_, set); });
}

} // namespace nodewall::netfilter::iptables
