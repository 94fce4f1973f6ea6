// A snapshot of the kernel cut into units (applier/plan.hpp).
#include "applier/plan.hpp"

#include "model/layout.hpp"

#include <algorithm>
#include <map>

namespace nodewall::applier {

namespace {

namespace layout = model::layout;

bool is_known_protocol(std::uint8_t number) {
    switch (static_cast<model::protocol>(number)) {
    case model::protocol::tcp:
    case model::protocol::udp:
    case model::protocol::sctp:
        return true;
    }
    return false;
}

class cutter {
public:
    void cut(const model::kernel_snapshot::table& table) {
        for (const auto& chain : table.chains)
            rules_.put(model::seal({.name = layout::chain_unit_name(table.fam, chain.name),
                                    .fam = table.fam,
                                    .chain = chain}));
    }

    void cut(const model::kernel_snapshot::set& set) {
        const auto& definition = set.definition;
        model::unit own{.name = layout::set_unit_name(definition.fam, definition.name),
                        .fam = definition.fam,
                        .set = definition};
        const bool as_laid_out = layout::set_of_name(definition.name) == definition;
        for (const auto& member : set.members)
            put(as_laid_out ? unit_of(definition, member, own) : own, definition, member);
        rules_.put(model::seal(std::move(own)));
    }

    model::ruleset finish() {
        for (auto& [door, u] : doors_)
            rules_.put(model::seal(std::move(u)));
        for (auto& [block, u] : pods_)
            rules_.put(model::seal(std::move(u)));
        return std::move(rules_);
    }

private:
    static void put(model::unit& u, const model::set_definition& set,
                    const model::set_member& member) {
        u.members[set.name].push_back(member);
        u.member_types[set.name] = set.type;
    }

    /// The unit that the member belongs to: a door's, a block of pods', or the set's own.
    model::unit& unit_of(const model::set_definition& set, const model::set_member& member,
                         model::unit& own) {
        if (set == layout::pods_set(set.fam)) {
            const auto block = layout::pods_block(member.ip);
            return shared(pods_, block, set.fam, [&] { return layout::pods_unit_name(block); });
        }
        const auto door = is_known_protocol(member.proto) ? layout::door_of_member(set.name, member)
                                                          : std::nullopt;
        return door ? shared(doors_, *door, set.fam, [&] { return door->unit_name(); }) : own;
    }

    template <class Key, class Name> static model::unit&
    shared(std::map<Key, model::unit>& units, const Key& key, model::family fam, const Name& name) {
        const auto [at, is_new] = units.try_emplace(key);
        if (is_new) {
            at->second.name = name();
            at->second.fam = fam;
        }
        return at->second;
    }

    model::ruleset rules_;
    std::map<layout::door, model::unit> doors_;
    std::map<model::cidr, model::unit> pods_;
};

} // namespace

model::ruleset to_ruleset(const model::kernel_snapshot& snapshot) {
    cutter units;
    for (const auto& table : snapshot.tables)
        units.cut(table);
    for (const auto& set : snapshot.sets)
        units.cut(set);
    return units.finish();
}

kernel_view view_of(const model::kernel_snapshot& snapshot) {
    kernel_view view{.rules = to_ruleset(snapshot), .families = {}, .remarks = {}};
    for (const auto& table : snapshot.tables) {
        view.families.push_back(table.fam);
        view.remarks.insert(view.remarks.end(), table.remarks.begin(), table.remarks.end());
    }
    for (const auto f : model::families)
        if (std::ranges::find(view.families, f) == view.families.end())
            view.remarks.push_back("the kernel has no " + std::string(model::to_string(f)) +
                                   ": its rules are not applied");
    return view;
}

result<kernel_view> look_at(model::dataplane& kernel) {
    const auto snapshot = kernel.read();
    if (!snapshot)
        return snapshot.error();
    return view_of(*snapshot);
}

} // namespace nodewall::applier
