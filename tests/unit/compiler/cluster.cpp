#include "cluster.hpp"

#include "ruleset/evaluator.hpp"
#include "unit/policy/tier_words.hpp"

#include <algorithm>

namespace nodewall::test {

namespace {

bool selects(const model::cluster_state& state, const model::pod_query& query,
             const model::pod_object& pod) {
    if (!pod.subject_to_policy() || !query.pods.matches(model::labels_of(pod)))
        return false;
    if (!query.namespaces)
        return query.namespace_ == pod.meta.key.namespace_;
    const auto at = state.objects.namespaces.find({"", pod.meta.key.namespace_});
    return at != state.objects.namespaces.end() &&
           query.namespaces->matches(at->second.meta.labels);
}

template <class Object> void put(std::map<model::object_key, Object>& objects, Object object) {
    auto k = object.meta.key;
    objects.insert_or_assign(std::move(k), std::move(object));
}

} // namespace

model::ip_address ip(std::string_view text) {
    return model::ip_address::parse(text).value();
}

model::cidr net(std::string_view text) {
    return model::cidr::parse(text).value();
}

model::object_key key(std::string_view text) {
    const auto slash = text.find('/');
    return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

model::policy_id policy_id(std::string_view text) {
    return {std::string(model::network_policy_stream), key(text)};
}

model::label_selector with_labels(label_list labels) {
    model::label_selector selector;
    for (auto& [name, value] : labels)
        selector.requirements.push_back(
            {name, model::label_requirement::operation::in, {std::move(value)}});
    return selector;
}

model::node_object a_node(std::string name, std::string_view address, label_list labels) {
    return {.meta = {.key = {"", std::move(name)}, .labels = model::label_set(std::move(labels))},
            .addresses = {ip(address)},
            .pod_cidrs = {}};
}

model::namespace_object a_namespace(std::string name, label_list labels) {
    return {.meta = {.key = {"", std::move(name)}, .labels = model::label_set(std::move(labels))}};
}

model::pod_object a_pod(std::string_view k, std::vector<std::string_view> addresses,
                        label_list labels) {
    model::pod_object pod;
    pod.meta.key = key(k);
    pod.meta.uid = k;
    pod.meta.labels = model::label_set(std::move(labels));
    for (const auto address : addresses)
        pod.addresses.push_back(ip(address));
    pod.phase = model::pod_phase::running;
    return pod;
}

model::service_object a_service(std::string_view k, std::uint16_t node_port) {
    model::service_object service;
    service.meta.key = key(k);
    service.type = model::service_type::node_port;
    service.ports = {
        {.port = 80, .target_port = {.number = 8080, .name = {}}, .node_port = node_port}};
    service.cluster_ips = {ip("10.96.0.1")};
    return service;
}

model::endpoint to_pod(const model::pod_object& pod) {
    return {.address = pod.addresses.empty() ? std::nullopt : std::optional(pod.addresses.front()),
            .target_pod = pod.meta.key,
            .target_pod_uid = pod.meta.uid,
            .node_name = {}};
}

model::endpoint to_address(std::string_view address) {
    return {.address = ip(address), .target_pod = {}, .target_pod_uid = {}, .node_name = {}};
}

model::endpoint_slice_object a_slice(std::string_view service,
                                     std::vector<model::endpoint> endpoints) {
    model::endpoint_slice_object slice;
    slice.meta.key = key(service);
    slice.meta.key.name += "-slice";
    slice.service = key(service).name;
    slice.address_family = model::family::ipv4;
    if (!endpoints.empty() && endpoints.front().address)
        slice.address_family = endpoints.front().address->fam();
    slice.endpoints = std::move(endpoints);
    slice.ports = {{.name = {}, .port = 8080}};
    return slice;
}

network_policy a_policy(std::string_view k, std::vector<model::policy_rule> ingress) {
    network_policy policy;
    policy.meta.key = key(k);
    policy.isolates_ingress = true;
    policy.ingress = std::move(ingress);
    return policy;
}

model::policy_peer block(std::string_view cidr, std::vector<std::string_view> except) {
    model::policy_peer peer;
    peer.block = model::ip_block{net(cidr), {}};
    for (const auto e : except)
        peer.block->except.push_back(net(e));
    return peer;
}

model::policy_peer pods(label_list labels) {
    model::policy_peer peer;
    peer.pod_selector = with_labels(std::move(labels));
    return peer;
}

model::policy_peer namespaces(label_list labels) {
    model::policy_peer peer;
    peer.namespace_selector = with_labels(std::move(labels));
    return peer;
}

model::policy_port port(std::uint16_t number, model::protocol proto) {
    return {.proto = proto, .port = {.number = number, .name = {}}};
}

model::policy_port named_port(std::string name, model::protocol proto) {
    return {.proto = proto, .port = {.number = 0, .name = std::move(name)}};
}

void cluster::add(model::namespace_object object) {
    put(state.objects.namespaces, std::move(object));
}

void cluster::add(model::pod_object object) {
    put(state.objects.pods, std::move(object));
}

void cluster::add(model::service_object object) {
    put(state.objects.services, std::move(object));
}

void cluster::add(model::endpoint_slice_object object) {
    put(state.objects.endpoint_slices, std::move(object));
}

void cluster::add(network_policy policy) {
    model::policy_object object{
        .meta = policy.meta,
        .stream = std::string(model::network_policy_stream),
        .document = model::make_document(static_cast<model::network_policy_spec&&>(policy))};
    auto id = object.id();
    state.objects.policies.insert_or_assign(std::move(id), std::move(object));
}

void cluster::add(model::node_object object) {
    put(state.objects.nodes, std::move(object));
}

void cluster::add_tiered(std::string_view name, std::string_view words) {
    auto object = tier_policy(name, words);
    auto id = object.id();
    state.objects.policies.insert_or_assign(std::move(id), std::move(object));
}

void cluster::resolve() {
    // Policies keep their places while their objects exist, as the projection keeps them.
    auto policies = std::move(state.resolved.policies);
    std::erase_if(policies,
                  [&](const auto& entry) { return !state.objects.policies.contains(entry.first); });
    auto& resolved = state.resolved = {};
    resolved.policies = std::move(policies);
    for (const auto& [k, pod] : state.objects.pods)
        if (pod.subject_to_policy())
            for (const auto& address : pod.addresses)
                resolved.owners[address] = &pod;
    for (const auto& [k, slice] : state.objects.endpoint_slices)
        resolved.slices_of_service[{k.namespace_, slice.service}].insert(k);
    auto& every_pod = resolved.queries[model::pod_query::everything()];
    for (const auto& [k, pod] : state.objects.pods)
        if (pod.subject_to_policy())
            every_pod.insert(&pod);
    for (const auto& [id, object] : state.objects.policies) {
        const auto& policy = resolved.policies[id] =
            with_tier_policies().translate(object, state.objects);
        std::vector<model::pod_query> queries{policy.subject};
        const auto add = [&](const model::peers& who) {
            queries.insert(queries.end(), who.pods.begin(), who.pods.end());
        };
        for (const auto& rule : policy.ingress) {
            add(rule.who);
            for (const auto* conditions : {&rule.also, &rule.subject})
                for (const auto& condition : *conditions)
                    add(condition.who);
        }
        for (const auto& [pod_key, pod] : state.objects.pods) {
            for (const auto& query : queries)
                if (selects(state, query, pod))
                    resolved.queries[query].insert(&pod);
            if (selects(state, policy.subject, pod))
                resolved.policies_of_pod[&pod].push_back(&policy);
        }
    }
    for (auto& [pod, policies_of] : resolved.policies_of_pod)
        std::ranges::sort(policies_of, [](const auto* a, const auto* b) {
            return model::policy::asked_before(*a, *b);
        });
}

ruleset::ruleset cluster::compile() {
    resolve();
    compiler::compiler c(settings);
    auto rules = c.compile(state);
    findings_.clear();
    for (const auto& f : *c.findings())
        findings_.push_back(f.subject + ": " + f.text);
    return rules;
}

std::vector<std::string> cluster::findings() const {
    return findings_;
}

bool dial_node(const ruleset::ruleset& rules, std::string_view source, std::uint16_t port,
               model::protocol proto) {
    const auto from = ip(source);
    const auto node = ip(from.fam() == model::family::ipv4 ? "198.51.100.1" : "2001:db8:f::1");
    return ruleset::evaluator(rules).admits({.source = from,
                                             .destination = node,
                                             .proto = proto,
                                             .port = port,
                                             .destination_local = true});
}

bool dial(const ruleset::ruleset& rules, std::string_view source, std::string_view destination,
          std::uint16_t port, model::protocol proto) {
    return ruleset::evaluator(rules).admits(
        {.source = ip(source), .destination = ip(destination), .proto = proto, .port = port});
}

} // namespace nodewall::test
