// What of one family stands in the kernel, in nodewall's own terms: slots and what they hold, doors
// and the slots that they lead to, instances of shared sets, the table. Members of shared sets are
// not repeated here: they are the ruleset's.
//
//     door ──▶ slot ──▶ shape            entries, slots
//               │  └──▶ blocks written out (by its decision)
//               └─────▶ instances of peer sets
//
// The image is told of each step after it was done, so that it is true whenever a plan stops.
#pragma once

#include "netfilter/iptables/ipset/set.hpp"
#include "netfilter/iptables/layout/marks.hpp"
#include "netfilter/iptables/layout/names.hpp"
#include "netfilter/iptables/layout/shape.hpp"
#include "ruleset/ruleset.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace nodewall::netfilter::iptables {

/// The name of the set of every pod in a ruleset.
const std::string& every_pod_set(model::family f);

/// What of a table the rules say.
struct table_layout {
    std::vector<ruleset::chain> fixed; // as the ruleset has them; empty: no table of ours
    std::vector<std::string> maps;     // dispatch maps by their names in the ruleset, ascending
    unsigned generation = 0;           // of the dispatch maps
    bool two_steps = false;            // from the door to a page, from there to the slot
    std::string every_pod;             // the set of every pod, as the rules of slots have it
    std::map<std::string, std::string> instances; // of the sets that fixed chains ask
    bool operator==(const table_layout&) const = default;
};

/// A slot that the table has chains for.
struct slot {
    const shape* form = nullptr; // nullptr: there is none of this number
    /// The decision's name; empty: its sets are empty; unknown_decision: what no
    /// decision makes.
    std::string decision;
    std::vector<std::vector<std::string>> lists; // instances in the list of each source
    std::size_t doors = 0;                       // that lead to it
    std::size_t left = 0; // when the last door left it, in leavings of all slots; 0: never
};
inline constexpr std::string_view unknown_decision = "NW-D-?"; // as no decision is called

/// A member of a page's map that no look-up leads to any more.
struct stale_member {
    std::string door; // unit
    slot_number slot = 0;
    std::string map; // the page's, in the kernel
    std::vector<set_member> members;
};

// ---- what a step changes -----------------------------------------------------------------------

/// A set stands that nothing of the image speaks of: it goes at the next occasion.
struct set_stands {
    set_definition set;
};
struct set_gone {
    std::string name;
};
/// It cannot be destroyed: its name stays taken.
struct set_stays {
    std::string name;
};
/// Of the ruleset's set the instance is now this one; empty: none.
struct instance_is {
    std::string set, instance;
};
struct slot_holds {
    slot_number slot = 0;
    std::string decision; // empty: emptied
    std::vector<std::vector<std::string>> lists;
};
struct door_leads {
    std::shared_ptr<const ruleset::unit> door;
    slot_number slot = 0; // 0: it is open
};
struct stale_gone {};
struct table_is {
    std::shared_ptr<const table_layout> layout;
    std::vector<std::pair<slot_number, shape>> more_slots;
};
using image_change = std::variant<set_stands, set_gone, set_stays, instance_is, slot_holds,
                                  door_leads, stale_gone, table_is>;

class image {
public:
    image(model::family f, const mark_bits& b) : fam(f), bits(b) {}
    image(image&&) = default;
    image& operator=(image&&) = default;

    void note(const image_change& change);
    /// Slots that have chains, and sets that are empty as far as is known.
    void lay_out(const std::vector<std::pair<slot_number, shape>>& more);

    // ---- doors ----

    /// The sets of the door's map and its members there, those first that must stand first; the
    /// last one is what makes the door lead to the slot.
    std::vector<std::pair<set_definition, std::vector<set_member>>>
    members_of_door(const table_layout& t, const ruleset::entry& at, slot_number slot) const;
    /// Every set of the dispatch maps.
    std::vector<set_definition> map_sets(const table_layout& t, slot_number highest) const;

    // ---- slots ----

    /// The slot that holds the decision; 0: none.
    slot_number holder_of(const std::string& decision) const;
    /// The empty ones of a shape, ascending.
    const std::set<slot_number>& free_slots(const shape& s) const;
    /// Whether a set of this name stands of which nothing speaks.
    bool is_left_over(const std::string& set) const {
        return others.contains(set) || stuck.contains(set);
    }
    /// Numbers up to this one are taken, or their sets stand.
    slot_number highest_number() const;
    /// What has chains, by number.
    std::map<slot_number, const shape*> laid_out() const;

    model::family fam;
    mark_bits bits;
    table_layout table;
    /// The table in the kernel is not what render() makes: to be committed again.
    bool damaged = true;
    std::vector<slot> slots{1};                           // by number
    std::unordered_map<std::string, slot_number> entries; // by the door's unit
    std::map<std::string, std::string, std::less<>>
        instances;                                // the current ones, by the ruleset's name
    std::map<std::string, set_definition> others; // sets that nothing above speaks of
    std::set<std::string> stuck;                  // ... that others hold on to
    std::size_t leavings = 0;                     // of doors from slots, so far
    std::vector<stale_member> stale;

private:
    void note_change(const set_stands& c);
    void note_change(const set_gone& c);
    void note_change(const set_stays& c);
    void note_change(const instance_is& c);
    void note_change(const slot_holds& c);
    void note_change(const door_leads& c);
    void note_change(const stale_gone& c);
    void note_change(const table_is& c);
    void forget_holder(slot_number number);

    std::set<shape> shapes_;
    std::unordered_map<std::string, slot_number> holders_;
    std::map<const shape*, std::set<slot_number>> free_;
};

} // namespace nodewall::netfilter::iptables
