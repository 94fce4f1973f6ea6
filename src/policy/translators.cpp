#include "policy/translators.hpp"

#include "model/calico.hpp"
#include "model/cluster_policy.hpp"
#include "model/network_policy.hpp"
#include "policy/budget.hpp"
#include "policy/calico_policy.hpp"
#include "policy/cluster_policy.hpp"
#include "policy/network_policy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace nodewall::policy {

void translators::add(translator row) {
    std::erase_if(rows_, [&](const translator& known) { return known.stream == row.stream; });
    rows_.push_back(std::move(row));
}

const translator* translators::find(std::string_view stream) const {
    const auto at = std::find_if(rows_.begin(), rows_.end(),
                                 [&](const translator& row) { return row.stream == stream; });
    return at == rows_.end() ? nullptr : &*at;
}

model::policy translators::translate(const model::policy_object& object) const {
    static const model::objects none;
    return translate(object, none);
}

model::policy translators::translate(const model::policy_object& object,
                                     const model::objects& among) const {
    const auto* row = find(object.stream);
    model::policy to;
    if (row != nullptr) {
        to = row->translate_among ? row->translate_among(object, among) : row->translate(object);
    } else {
        constexpr auto reason = "its kind is not understood";
        to.subject.pods.invalid = reason;
        to.ingress_applies = to.egress_applies = true;
        to.not_understood.push_back(std::string("selects no pod: ") + reason);
    }
    to.id = object.id();
    to.kind = row != nullptr ? row->kind : object.stream;
    to.seq = object.meta.seq;
    to.staged = to.staged || object.staged;
    if (has_budget(to.id))
        if (auto why = over_object_budget(cost_of(to)); !why.empty())
            refuse_everyone(to, std::move(why));
    return to;
}

const translators& builtin_translators() {
    static const translators table = [] {
        translators rows;
        rows.add({.stream = std::string(model::network_policy_stream),
                  .kind = "NetworkPolicy",
                  .translate = translate_network_policy});
        for (const auto& [stream, kind] :
             {std::pair(model::admin_network_policy_stream, "AdminNetworkPolicy"),
              std::pair(model::baseline_admin_network_policy_stream, "BaselineAdminNetworkPolicy"),
              std::pair(model::cluster_network_policy_stream, "ClusterNetworkPolicy")})
            rows.add({.stream = std::string(stream),
                      .kind = kind,
                      .translate = translate_cluster_policy});
        for (const auto group : model::calico_groups) {
            const auto add = [&](std::string_view resource, std::string kind) {
                rows.add({.stream = fmt::format("{}.{}", resource, group),
                          .kind = std::move(kind),
                          .translate = {},
                          .translate_among = translate_calico_policy});
            };
            add("globalnetworkpolicies", "GlobalNetworkPolicy");
            add("networkpolicies", "NetworkPolicy.projectcalico.org");
            add("stagedglobalnetworkpolicies", "StagedGlobalNetworkPolicy");
            add("stagednetworkpolicies", "StagedNetworkPolicy");
            rows.add({.stream = fmt::format("stagedkubernetesnetworkpolicies.{}", group),
                      .kind = "StagedKubernetesNetworkPolicy",
                      .translate = translate_network_policy});
        }
        return rows;
    }();
    return table;
}

} // namespace nodewall::policy
