// Every kind of policy translated to the one model of tiers (model/tier.hpp): one row for each
// kind. The table is a value that the composition root passes down, so that a test can add a kind
// of its own.
#pragma once

#include "model/cluster_state.hpp"
#include "model/tier.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::policy {

struct translator {
    std::string stream; // "networkpolicies.networking.k8s.io"
    std::string kind;   // "NetworkPolicy"
    /// Pure. Fills in everything but `id`, `kind` and `seq`; `staged` where the kind itself is one
    /// that enforces nothing, for the annotation is read for every kind. What the object says and
    /// nodewall does not understand is named in `not_understood`, and is never what opens
    /// something.
    std::function<model::policy(const model::policy_object&)> translate;
    /// In place of `translate` where what the object says depends on other objects, too: on those
    /// that it names in model::policy::rests_on.
    std::function<model::policy(const model::policy_object&, const model::objects&)>
        translate_among{};
};

class translators {
public:
    /// In place of the row of the same stream, if there is one.
    void add(translator row);

    /// nullptr where no row has that stream.
    const translator* find(std::string_view stream) const;

    /// A policy of a kind without a row selects nobody, and says so.
    model::policy translate(const model::policy_object& object, const model::objects& among) const;
    /// Where there are no others.
    model::policy translate(const model::policy_object& object) const;

private:
    std::vector<translator> rows_;
};

/// The kinds that nodewall itself knows.
const translators& builtin_translators();

} // namespace nodewall::policy
