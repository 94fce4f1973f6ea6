// A snapshot of the kernel cut into units (applier/plan.hpp).
#include "applier/plan.hpp"

#include "model/layout.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

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

/// What the members of one unit in one set have in common.
struct place {
    model::ip_address address; // of a door, or of a block of pods
    std::uint8_t proto = 0;
    std::uint16_t port = 0;
    bool operator==(const place&) const = default;
};

struct place_hash {
    std::size_t operator()(const place& p) const noexcept {
        const std::string_view address(reinterpret_cast<const char*>(p.address.data()),
                                       p.address.size());
        return std::hash<std::string_view>{}(address) ^ (std::size_t{p.port} << 8U ^ p.proto);
    }
};

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
        if (as_laid_out && definition == layout::pods_set(definition.fam))
            cut_by(set, own, pod_place, pods_unit_name);
        else if (as_laid_out)
            cut_by(set, own, door_place, door_unit_name);
        else
            put(own, definition, set.members);
        rules_.put(model::seal(std::move(own)));
    }

    model::ruleset finish() {
        for (auto& [name, u] : shared_)
            rules_.put(model::seal(std::move(u)));
        return std::move(rules_);
    }

private:
    using members = std::vector<model::set_member>;

    static void put(model::unit& u, const model::set_definition& set, members list) {
        u.members.emplace(set.name, std::move(list));
        u.member_types.emplace(set.name, set.type);
    }

    static place pod_place(const model::set_member& member) {
        return {.address = layout::pods_block(member.ip).address};
    }
    static std::optional<std::string> pods_unit_name(const std::string& /*set*/,
                                                     const model::set_member& member) {
        return layout::pods_unit_name(layout::pods_block(member.ip));
    }
    static place door_place(const model::set_member& member) {
        return {.address = member.ip, .proto = member.proto, .port = member.port};
    }
    static std::optional<std::string> door_unit_name(const std::string& set,
                                                     const model::set_member& member) {
        const auto door =
            is_known_protocol(member.proto) ? layout::door_of_member(set, member) : std::nullopt;
        return door ? std::optional(door->unit_name()) : std::nullopt;
    }

    /// To the units that are named, and what none has to the set's own.
    template <class Place, class Name> void cut_by(const model::kernel_snapshot::set& set,
                                                   model::unit& own, Place place_of, Name name_of) {
        std::unordered_map<place, members, place_hash> lists;
        for (const auto& member : set.members)
            lists[place_of(member)].push_back(member);
        members of_none;
        for (auto& [place, list] : lists) {
            const auto name = name_of(set.definition.name, list.front());
            if (!name) {
                of_none.insert(of_none.end(), list.begin(), list.end());
                continue;
            }
            auto& u = shared_[*name];
            u.name = *name;
            u.fam = set.definition.fam;
            put(u, set.definition, std::move(list));
        }
        if (!of_none.empty())
            put(own, set.definition, std::move(of_none));
    }

    model::ruleset rules_;
    std::map<std::string, model::unit> shared_; // doors and blocks of pods, by their names
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
