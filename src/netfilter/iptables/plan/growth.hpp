// More slots: their sets first, then a commit of the table that has chains for them.
#pragma once

#include "netfilter/iptables/plan/step.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace nodewall::netfilter::iptables {

using more_slots = std::vector<std::pair<slot_number, shape>>;

/// Empty slots that a shape has from its first use on, fewer of one that needs many sets: a few
/// policies come in a second.
std::size_t first_room(const shape& s);
/// ... and those that it should have where so many are in use.
std::size_t room(const shape& s, std::size_t used);

/// Adds to a table's slots, one number after the other.
class slot_layout {
public:
    /// With the slots that the image has.
    explicit slot_layout(const image& i);

    /// Whether so many more have numbers, in two steps or in one.
    bool fits(std::size_t more, bool two_steps) const;
    slot_number add(const shape& s);
    /// How many of `count` slots fit into the small part of the numbers left that one shape may
    /// take.
    std::size_t room_left(std::size_t count, bool two_steps) const;
    void add_room(const shape& s, std::size_t count, bool two_steps); // so many
    std::size_t count_of(const shape& s) const;

    const more_slots& added() const { return added_; }
    slot_number highest() const { return next_ - 1; }

private:
    const image& image_;
    slot_number next_;
    std::map<shape, std::size_t> counts_;
    more_slots added_;
};

/// Creates the sets that the new slots need, and those of dispatch maps in `t` that do not stand.
void create_slot_sets(const image& i, const table_layout& t, const slot_layout& slots,
                      std::vector<step>& steps);
/// The commit after which the table is `t` with these slots more.
result<step> commit_of(const image& i, std::shared_ptr<const table_layout> t,
                       const slot_layout& slots);

/// A set, with a note that nothing speaks of it yet.
step create(const set_definition& set);

} // namespace nodewall::netfilter::iptables
