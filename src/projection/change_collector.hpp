// What changed since someone last asked.
#pragma once

#include "model/cluster_state.hpp"

#include <set>
#include <utility>

namespace nodewall::projection {

/// Begins with `everything`, which stands for every other change until it is taken: so the first
/// fold of a large log collects nothing.
class change_collector {
public:
    using what = model::change::what;

    void everything() { changes_ = {model::change{.kind = what::everything}}; }
    void pods() { add(what::pods); }
    /// A change of the kinds that an object's key tells.
    void object(what kind, const model::object_key& key) { add(kind, &model::change::key, key); }
    void query(const model::pod_query& query) { add(what::query, &model::change::query, query); }
    void address_owner(const model::ip_address& address) {
        add(what::address_owner, &model::change::address, address);
    }

    std::set<model::change> take() { return std::exchange(changes_, {}); }

private:
    void add(what kind) {
        if (!everything_pending())
            changes_.insert({.kind = kind});
    }
    /// Copies `value` only where it is kept.
    template <class T> void add(what kind, T model::change::*field, const T& value) {
        if (everything_pending())
            return;
        model::change change{.kind = kind};
        change.*field = value;
        changes_.insert(std::move(change));
    }
    bool everything_pending() const {
        return changes_.size() == 1 && changes_.begin()->kind == what::everything;
    }

    std::set<model::change> changes_{model::change{.kind = what::everything}};
};

} // namespace nodewall::projection
