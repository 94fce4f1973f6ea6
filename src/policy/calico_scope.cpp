#include "policy/calico_scope.hpp"

#include "model/calico_selector.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace nodewall::policy {

namespace {

using model::label_expression;
using operation = model::label_test::operation;

constexpr std::string_view orchestrator_label = "projectcalico.org/orchestrator";
constexpr std::string_view name_label = "projectcalico.org/name";
constexpr std::string_view namespace_name_label = "kubernetes.io/metadata.name";

/// A selector of namespaces, of one whose labels it sees.
label_expression of_a_namespace(const label_expression& expression) {
    static const std::string some = "some";
    return expression.knowing(model::calico_namespace_label, &some)
        .renamed(name_label, namespace_name_label);
}

/// Whether a selector of namespaces means what is in none: global() must be what makes it so, for
/// every other word is about namespaces.
bool means_global(const label_expression& expression) {
    static const model::label_set none;
    return expression.knowing(model::calico_namespace_label, nullptr).holds(none) &&
           !of_a_namespace(expression).holds(none);
}

/// Tests of the namespace's name that must hold anyway are the namespaces' to answer, which spares
/// looking at every pod.
void lift_namespaces(label_expression& of_pods, label_expression& of_namespaces) {
    std::vector<label_expression> pods;
    std::vector<label_expression> namespaces{of_namespaces};
    for (auto& part : of_pods.conjuncts()) {
        const auto* test = part.as_test();
        const bool lift = test != nullptr && test->key == model::calico_namespace_label;
        if (lift)
            namespaces.push_back(part.renamed(model::calico_namespace_label, namespace_name_label));
        else
            pods.push_back(std::move(part));
    }
    of_pods = label_expression::all_of(std::move(pods));
    of_namespaces = label_expression::all_of(std::move(namespaces));
}

} // namespace

calico_surroundings::calico_surroundings(const model::objects& objects, std::string_view stream)
    : objects_(objects), group_(stream.substr(stream.find('.'))) {}

model::pod_query calico_surroundings::pods(const label_expression& expression,
                                           const calico_scope& scope,
                                           const std::optional<label_expression>& accounts) {
    static const std::string kubernetes = "k8s";
    auto of_pods = label_expression::all_of({expression, accounts.value_or(label_expression())})
                       .knowing(orchestrator_label, &kubernetes);
    model::pod_query query;
    if (scope.namespace_) {
        query.namespace_ = *scope.namespace_;
        query.pods =
            model::selector_of(of_pods.knowing(model::calico_namespace_label, &query.namespace_));
        return query;
    }
    auto of_namespaces =
        scope.namespaces != nullptr ? of_a_namespace(scope.namespaces->holds) : label_expression();
    lift_namespaces(of_pods, of_namespaces);
    query.namespaces = model::selector_of(of_namespaces);
    query.pods = model::selector_of(of_pods);
    return query;
}

void calico_surroundings::add_network_sets(const label_expression& expression,
                                           const calico_scope& scope,
                                           std::vector<model::ip_block>& to) {
    const auto add = [&](const model::network_set_spec& set) {
        for (const auto& net : set.nets)
            to.push_back({net, {}});
    };
    if (!scope.namespace_ && (scope.namespaces == nullptr || means_global(scope.namespaces->holds)))
        each_part<model::network_set_spec>("globalnetworksets" + group_,
                                           [&](const auto& object, const auto& set) {
                                               if (expression.holds(object.meta.labels))
                                                   add(set);
                                           });
    const auto in_scope = [&](const std::string& name) {
        if (scope.namespace_)
            return *scope.namespace_ == name;
        return scope.namespaces == nullptr ||
               of_a_namespace(scope.namespaces->holds).holds(labels_of_namespace(name));
    };
    each_part<model::network_set_spec>(
        "networksets" + group_, [&](const auto& object, const auto& set) {
            const auto& namespace_ = object.meta.key.namespace_;
            if (in_scope(namespace_) && expression.holds({object.meta.labels, namespace_}))
                add(set);
        });
}

std::optional<label_expression> calico_surroundings::accounts(const model::calico_accounts& which) {
    const auto named = [](std::vector<std::string> names) {
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        return label_expression(
            {.key = std::string(model::calico_account_label), .values = std::move(names)});
    };
    auto by_name = which.names.empty() ? label_expression() : named(which.names);
    if (!which.selector)
        return by_name;
    bool known = false;
    std::map<std::string, std::vector<std::string>> meant;
    each_part<model::no_spec>(
        std::string(model::service_account_stream), [&](const auto& account, const auto&) {
            known = true;
            auto labels = account.meta.labels;
            labels.add_if_absent(name_label, account.meta.key.name);
            if (which.selector->holds.holds(labels))
                meant[account.meta.key.namespace_].push_back(account.meta.key.name);
        });
    if (!known)
        return std::nullopt;
    std::vector<label_expression> by_labels;
    by_labels.reserve(meant.size());
    for (auto& [namespace_, names] : meant)
        by_labels.push_back(label_expression::all_of(
            {label_expression(
                 {.key = std::string(model::calico_namespace_label), .values = {namespace_}}),
             named(std::move(names))}));
    return label_expression::all_of(
        {std::move(by_name), label_expression::any_of(std::move(by_labels))});
}

const model::calico_tier_spec* calico_surroundings::tier(const std::string& name) {
    const model::policy_id id{"tiers" + group_, {{}, name}};
    looks_.insert(id);
    const auto at = objects_.policy_parts.find(id);
    return at == objects_.policy_parts.end() ? nullptr : &at->second.as<model::calico_tier_spec>();
}

std::vector<const model::endpoint_slice_object*>
calico_surroundings::slices(const model::object_key& service) {
    looks_.insert({"services", service});
    std::vector<const model::endpoint_slice_object*> slices;
    const auto& all = objects_.endpoint_slices;
    for (auto at = all.lower_bound({service.namespace_, {}});
         at != all.end() && at->first.namespace_ == service.namespace_; ++at)
        if (at->second.service == service.name)
            slices.push_back(&at->second);
    return slices;
}

std::vector<model::policy_id> calico_surroundings::take_looks() {
    auto looks = std::exchange(looks_, {});
    return {looks.begin(), looks.end()};
}

/// Calls visit(object, spec) for each object of the stream.
template <class Spec, class Visit>
void calico_surroundings::each_part(std::string stream, Visit visit) {
    const auto& all = objects_.policy_parts;
    model::policy_id at{std::move(stream), {}};
    for (auto part = all.lower_bound(at); part != all.end() && part->first.stream == at.stream;
         ++part)
        visit(part->second, part->second.template as<Spec>());
    looks_.insert(std::move(at));
}

model::label_set calico_surroundings::labels_of_namespace(std::string_view name) {
    const model::object_key key{{}, std::string(name)};
    looks_.insert({"namespaces", key});
    const auto at = objects_.namespaces.find(key);
    auto labels = at == objects_.namespaces.end() ? model::label_set() : at->second.meta.labels;
    labels.add_if_absent(namespace_name_label, name);
    return labels;
}

} // namespace nodewall::policy
