#include "netfilter/iptables/plan/growth.hpp"

#include "netfilter/iptables/layout/pages.hpp"
#include "netfilter/iptables/layout/render.hpp"

#include <algorithm>
#include <set>

namespace nodewall::netfilter::iptables {

namespace {

constexpr std::size_t room_of_one_source = 16;
constexpr std::size_t room_least = 4;
constexpr std::size_t used_per_room = 4; // a quarter of those in use
/// A slot of more sources than this has as many sets as the room of a small one, and the kernel
/// looks through the names of all sets to create one: four slots of 1,000 sources more took 9 s.
constexpr std::size_t sources_of_a_small_slot = 32;
/// Where a mark has few bits, one shape's room must not take the numbers of all.
constexpr std::size_t parts_of_numbers_left = 8;

} // namespace

std::size_t first_room(const shape& s) {
    const auto sources = s.source_count();
    // Decisions without sources are equal where their shapes are: one slot is enough.
    if (sources == 0 || sources > sources_of_a_small_slot)
        return 1;
    return std::max(room_least, room_of_one_source / sources);
}

std::size_t room(const shape& s, std::size_t used) {
    return s.source_count() == 0 ? 0 : std::max(first_room(s), used / used_per_room);
}

slot_layout::slot_layout(const image& i) : image_(i), next_(i.highest_number() + 1) {
    for (const auto& [number, form] : i.laid_out())
        ++counts_[*form];
}

bool slot_layout::fits(std::size_t more, bool two_steps) const {
    return next_ - 1 + more <= slots_max(image_.bits, two_steps);
}

slot_number slot_layout::add(const shape& s) {
    added_.emplace_back(next_, s);
    ++counts_[s];
    return next_++;
}

std::size_t slot_layout::room_left(std::size_t count, bool two_steps) const {
    const auto all = slots_max(image_.bits, two_steps);
    const auto left = highest() < all ? all - highest() : 0;
    return std::min(count, std::size_t{left} / parts_of_numbers_left);
}

void slot_layout::add_room(const shape& s, std::size_t count, bool two_steps) {
    for (count = room_left(count, two_steps); count != 0; --count)
        add(s);
}

std::size_t slot_layout::count_of(const shape& s) const {
    const auto at = counts_.find(s);
    return at == counts_.end() ? 0 : at->second;
}

step create(const set_definition& set) {
    return {.what = create_set{set}, .means = {set_stands{set}}};
}

void create_slot_sets(const image& i, const table_layout& t, const slot_layout& slots,
                      std::vector<step>& steps) {
    for (const auto& [number, form] : slots.added())
        for (const auto& set : sets_of_slot(form, i.fam, number))
            steps.push_back(create(set));
    std::set<std::string> present;
    if (!i.table.fixed.empty())
        for (const auto& set : i.map_sets(i.table, static_cast<slot_number>(i.slots.size() - 1)))
            present.insert(set.name);
    for (const auto& set : i.map_sets(t, slots.highest()))
        if (!present.contains(set.name))
            steps.push_back(create(set));
}

result<step> commit_of(const image& i, std::shared_ptr<const table_layout> t,
                       const slot_layout& slots) {
    auto laid_out = i.laid_out();
    for (const auto& [number, form] : slots.added())
        laid_out.emplace(number, &form);
    auto chains = render(i.fam, i.bits, *t, laid_out);
    if (!chains)
        return chains.error();
    return step{.what =
                    commit_table{std::make_shared<const std::vector<xt_chain>>(std::move(*chains))},
                .means = {table_is{.layout = std::move(t), .more_slots = slots.added()}}};
}

} // namespace nodewall::netfilter::iptables
