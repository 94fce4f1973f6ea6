#include "unit/projection/objects.hpp"

#include <boost/json.hpp>

namespace nodewall::test {

namespace json = boost::json;

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parts;
}

model::object_key key_of(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos)
        return {.namespace_ = {}, .name = std::string(text)};
    return {.namespace_ = std::string(text.substr(0, slash)),
            .name = std::string(text.substr(slash + 1))};
}

namespace {

json::object labels_of(std::string_view text) {
    json::object labels;
    for (const auto& pair : split(text, ',')) {
        const auto equals = pair.find('=');
        labels[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return labels;
}

json::object requirement_of(std::string_view text) {
    if (text.starts_with('!'))
        return {{"key", text.substr(1)}, {"operator", "DoesNotExist"}};
    const auto equals = text.find('=');
    if (equals == std::string_view::npos)
        return {{"key", text}, {"operator", "Exists"}};
    const bool negated = equals > 0 && text[equals - 1] == '!';
    json::array values;
    for (const auto& value : split(text.substr(equals + 1), '|'))
        values.emplace_back(value);
    return {{"key", text.substr(0, equals - (negated ? 1 : 0))},
            {"operator", negated ? "NotIn" : "In"},
            {"values", values}};
}

json::object selector_of(std::string_view text) {
    if (text == "*")
        return {};
    json::array requirements;
    for (const auto& part : split(text, ','))
        requirements.push_back(requirement_of(part));
    return {{"matchExpressions", requirements}};
}

json::object peer_of(std::string_view text) {
    json::object peer;
    for (const auto& part : split(text, '+')) {
        if (part.starts_with("pods:"))
            peer["podSelector"] = selector_of(part.substr(5));
        else if (part.starts_with("namespaces:"))
            peer["namespaceSelector"] = selector_of(part.substr(11));
        else
            peer["ipBlock"] = {{"cidr", part}};
    }
    return peer;
}

json::array peers_of(const std::vector<std::string>& texts) {
    json::array peers;
    for (const auto& text : texts)
        peers.push_back(peer_of(text));
    return peers;
}

/// Completes the body with its metadata.
object make(model::kind what, std::string_view key_text, std::string_view uid, json::object body,
            json::object labels = {}) {
    const auto key = key_of(key_text);
    auto& meta = body["metadata"].is_object() ? body["metadata"].as_object()
                                              : body["metadata"].emplace_object();
    meta["name"] = key.name;
    if (!key.namespace_.empty())
        meta["namespace"] = key.namespace_;
    if (!uid.empty())
        meta["uid"] = uid;
    if (!labels.empty())
        meta["labels"] = std::move(labels);
    return {.what = what, .key = key, .uid = std::string(uid), .body = json::serialize(body)};
}

} // namespace

object namespace_(std::string_view name, std::string_view labels) {
    return make(model::kind::namespace_, name, {}, {}, labels_of(labels));
}

object node(std::string_view name, std::string_view address) {
    json::array addresses{json::object{{"type", "InternalIP"}, {"address", address}}};
    return make(model::kind::node, name, {}, {{"status", {{"addresses", addresses}}}});
}

object pod(const pod_words& words) {
    json::object body, status{{"phase", words.phase}};
    if (!words.started.empty())
        status["startTime"] = words.started;
    json::array addresses;
    for (const auto& address : words.addresses)
        addresses.push_back(json::object{{"ip", address}});
    if (!addresses.empty())
        status["podIPs"] = addresses;
    body["status"] = status;
    body["spec"] = {{"nodeName", "n1"}, {"hostNetwork", words.host_network}};
    if (words.terminating)
        body["metadata"] = {{"deletionTimestamp", "2026-11-23T10:00:00Z"}};
    return make(model::kind::pod, words.key, words.uid, body, labels_of(words.labels));
}

object service(std::string_view key, std::string_view selector_labels, unsigned node_port) {
    json::object port{{"port", 80}};
    if (node_port != 0)
        port["nodePort"] = node_port;
    json::object spec{{"type", "NodePort"}, {"ports", json::array{port}}};
    if (!selector_labels.empty())
        spec["selector"] = labels_of(selector_labels);
    return make(model::kind::service, key, {}, {{"spec", spec}});
}

object slice(std::string_view key, std::string_view service,
             const std::vector<std::string>& endpoints) {
    json::array list;
    for (const auto& text : endpoints) {
        const auto at = text.rfind('@');
        json::object endpoint{{"addresses", json::array{text.substr(0, at)}}};
        if (at != std::string::npos)
            endpoint["targetRef"] = {{"kind", "Pod"}, {"name", text.substr(at + 1)}};
        list.push_back(endpoint);
    }
    json::object labels;
    if (!service.empty())
        labels["kubernetes.io/service-name"] = service;
    return make(model::kind::endpoint_slice, key, {},
                {{"addressType", "IPv4"},
                 {"endpoints", list},
                 {"ports", json::array{json::object{{"port", 80}}}}},
                labels);
}

object policy(const policy_words& words) {
    json::object spec{{"podSelector", selector_of(words.pods)}};
    if (!words.from.empty())
        spec["ingress"] = json::array{json::object{{"from", peers_of(words.from)}}};
    if (!words.to.empty())
        spec["egress"] = json::array{json::object{{"to", peers_of(words.to)}}};
    return make(model::kind::network_policy, words.key, {}, {{"spec", spec}},
                labels_of(words.labels));
}

object broken(model::kind what, std::string_view key) {
    return {.what = what, .key = key_of(key), .uid = {}, .body = "{"};
}

namespace {

model::event about(const object& o, std::string_view type) {
    model::event e;
    e.stream = stream_name(o.what);
    e.type = type;
    e.namespace_ = o.key.namespace_;
    e.name = o.key.name;
    e.uid = o.uid;
    e.body = o.body;
    return e;
}

} // namespace

model::event added(const object& o) {
    return about(o, model::event_type::added);
}

model::event deleted(const object& o) {
    return about(o, model::event_type::deleted);
}

model::event listed(model::kind what) {
    return about({.what = what, .key = {}, .uid = {}, .body = "{}"}, model::event_type::listed);
}

} // namespace nodewall::test
