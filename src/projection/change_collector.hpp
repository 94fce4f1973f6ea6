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
    /// A change of the kinds that an object's key tells.
    void object(what kind, const model::object_key& key) { add(kind, &model::change::key, key); }
    void policy(const model::policy_id& id) { add(what::policy, &model::change::policy, id); }
    /// The query comes into use.
    void query(const model::pod_query& query) { add(what::query, &model::change::query, query); }
    /// The query's members own this address, or do not any more.
    void member(const model::pod_query& query, const model::ip_address& address) {
        if (everything_pending())
            return;
        model::change change{.kind = what::query};
        change.query = query;
        change.block = model::members_block(address);
        changes_.insert(std::move(change));
    }
    void address_owner(const model::ip_address& address) {
        add(what::address_owner, &model::change::address, address);
    }

    std::set<model::change> take() { return std::exchange(changes_, {}); }

private:
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
