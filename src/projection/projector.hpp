// Events to cluster state: pure, deterministic, incremental.
//
// The state depends on the content of the log, not on the path: independent events in another
// order, split or squashed batches, duplicates and empty updates give the same state.
//
//     event ─▶ decode ─▶ objects ─┬─ pods ─────────────▶ pod_index ─┬─▶ address_owners ─▶ owners
//                                 │                                 ▼
//                                 ├─ namespaces ───────────────▶ query_index ─▶ queries,
//                                 │                                 ▲           policies_of_pod
//                                 ├─ policies ─▶ policy_index ──────┤
//                                 │    parts ─▶  └─ translators ────┼─▶ policies
//                                 └─ services, slices ─▶ service_index ─▶ slices_of_service
//
// Each index tells the change_collector what it changed.
#pragma once

#include "codec/kind_registry.hpp"
#include "model/cluster_state.hpp"
#include "model/event.hpp"
#include "policy/translators.hpp"

#include <cstdint>
#include <memory>
#include <set>

namespace nodewall::projection {

class projector {
public:
    /// What is kept up to date: `objects` leaves `resolved` empty, and reports no changes.
    enum class scope : std::uint8_t { everything, objects };

    /// `translators`: the kinds of policies that are understood. `kinds`: what is decoded; events
    /// of other streams move `seq` alone.
    explicit projector(scope keeps = scope::everything,
                       policy::translators translators = policy::builtin_translators(),
                       codec::kind_registry kinds = codec::standard_kinds());
    ~projector();
    projector(projector&&) noexcept;
    projector& operator=(projector&&) noexcept;

    /// Folds one event in. Never an error, never a crash:
    ///
    /// - An event that concerns no object moves `seq` alone; a LISTED of the endpoint slices also
    ///   tells that they are known, however few.
    /// - A DELETED that names another UID than the live object's is late and removes nothing.
    /// - An object of which parts cannot be read is there without them, and named in
    ///   state().not_understood. One that cannot be decoded at all is named in state().undecodable
    ///   and counts as absent, its former version included: nobody knows what it says now. A policy
    ///   alone, of whatever kind, keeps the last version that was understood, because its absence
    ///   would open what it shut. That version is the one thing here that depends on more than each
    ///   object's last event.
    void apply(const model::event& e);

    /// Makes what `objects` left out, and keeps it from now on; the change is `everything`. Folding
    /// much and then this costs less than keeping the indexes at each event, and ends the same.
    void index();

    /// Translates first what rests on other objects that changed: what it returned before changes
    /// then too.
    const model::cluster_state& state() const noexcept;

    /// What changed since the last call, and forgets it. Before the first call, and when endpoint
    /// slices become known, that is `everything` alone. An update of equal content changes nothing
    /// but `seq`. A query that comes into use has changed; one that falls out of use has not.
    std::set<model::change> take_changes();

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace nodewall::projection
