#include "cluster.hpp"

#include "codec/manifest.hpp"
#include "door_check.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nodewall::test {

namespace {

std::string metadata(std::string_view key, std::string_view labels) {
    const auto slash = key.find('/');
    const auto name = slash == std::string_view::npos ? key : key.substr(slash + 1);
    const auto namespace_ = slash == std::string_view::npos ? "" : key.substr(0, slash);
    return fmt::format("{{name: {}, namespace: '{}', uid: '{}', labels: {{{}}}}}", name, namespace_,
                       key, labels);
}

std::string object(std::string_view api_version, std::string_view kind, std::string_view meta,
                   std::string_view rest = {}) {
    return fmt::format("{{apiVersion: {}, kind: {}, metadata: {}{}{}}}", api_version, kind, meta,
                       rest.empty() ? "" : ", ", rest);
}

/// `text` before `defaults`: a key that stands twice is not taken from the defaults.
std::string with_default(std::string_view text, std::string_view key, std::string_view value) {
    if (text.find(std::string(key) + ":") != std::string_view::npos)
        return std::string(text);
    return fmt::format("{}{}{}: {}", text, text.empty() ? "" : ", ", key, value);
}

template <class F> void each_word(std::string_view text, char separator, F visit) {
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        visit(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::string endpoint(std::string_view word) {
    std::vector<std::string_view> parts;
    each_word(word, '@', [&](auto part) { parts.push_back(part); });
    auto text = fmt::format("{{addresses: ['{}']", parts.at(0));
    if (parts.size() > 1)
        text += fmt::format(", targetRef: {{kind: Pod, name: {}}}", parts[1]);
    if (parts.size() > 2)
        text += fmt::format(", nodeName: {}", parts[2]);
    return text + "}";
}

} // namespace

std::string a_namespace(std::string_view name, std::string_view labels) {
    return object("v1", "Namespace", metadata(name, labels));
}

std::string a_node(std::string_view name, std::string_view address, std::string_view labels) {
    return object(
        "v1", "Node", metadata(name, labels),
        fmt::format("status: {{addresses: [{{type: InternalIP, address: '{}'}}]}}", address));
}

std::string a_pod(std::string_view key, std::string_view addresses, std::string_view labels,
                  std::string_view spec, std::string_view status) {
    std::string list;
    each_word(addresses, ' ', [&](auto word) {
        if (word.ends_with(','))
            word.remove_suffix(1);
        list += fmt::format("{}{{ip: '{}'}}", list.empty() ? "" : ", ", word);
    });
    return object("v1", "Pod", metadata(key, labels),
                  fmt::format("spec: {{{}}}, status: {{{}, podIPs: [{}]}}",
                              with_default(spec, "nodeName", "node-1"),
                              with_default(status, "phase", "Running"), list));
}

std::string a_policy(std::string_view key, std::string_view spec) {
    return object("networking.k8s.io/v1", "NetworkPolicy", metadata(key, {}),
                  fmt::format("spec: {{{}}}", spec));
}

std::string a_service(std::string_view key, std::string_view spec, std::string_view status) {
    auto whole = with_default(spec, "type", "NodePort");
    whole = with_default(whole, "ports", "[{port: 80, targetPort: 8080, nodePort: 30051}]");
    whole = with_default(whole, "clusterIPs", "[10.96.0.1]");
    return object("v1", "Service", metadata(key, {}),
                  fmt::format("spec: {{{}}}, status: {{{}}}", whole, status));
}

std::string a_slice(std::string_view service, std::string_view endpoints, std::string_view ports) {
    const auto name = service.substr(service.find('/') + 1);
    std::string list;
    each_word(endpoints, ' ',
              [&](auto word) { list += (list.empty() ? "" : ", ") + endpoint(word); });
    return object("discovery.k8s.io/v1", "EndpointSlice",
                  metadata(service, fmt::format("kubernetes.io/service-name: {}", name)),
                  fmt::format("addressType: {}, endpoints: [{}], ports: [{}]",
                              endpoints.find(':') == std::string_view::npos ? "IPv4" : "IPv6", list,
                              ports));
}

cluster::cluster(std::initializer_list<std::string> objects) {
    for (const auto& o : objects)
        add(o);
}

void cluster::add(std::string_view object) {
    apply(object, model::event_type::added);
}

void cluster::remove(std::string_view object) {
    apply(object, model::event_type::deleted);
}

void cluster::put(model::kind what, std::string_view namespace_, std::string_view name,
                  std::string_view body) {
    model::event event;
    event.seq = ++seq_;
    event.stream = stream_name(what);
    event.type = model::event_type::modified;
    event.namespace_ = namespace_;
    event.name = name;
    event.body = body;
    apply(std::move(event));
}

void cluster::add_tiered(std::string_view name, std::string_view words) {
    auto object = tier_policy(name, words, ++seq_);
    const auto id = object.id();
    tiered_.insert_or_assign(id, std::move(object));
}

void cluster::apply(std::string_view object, std::string_view type) {
    codec::json_reader reader;
    const auto yaml = "---\n" + std::string(object); // a brace alone would begin JSON
    const auto manifest = codec::read_manifest(reader, yaml, codec::body_mode::narrowed).value();
    for (const auto& item : manifest.items) {
        model::event event;
        event.seq = ++seq_;
        event.stream = item.stream;
        event.type = type;
        event.namespace_ = item.event.object.namespace_;
        event.name = item.event.object.name;
        event.uid = item.event.object.uid;
        event.body = item.event.object.body;
        apply(std::move(event));
    }
}

void cluster::apply(model::event event) {
    projector_.apply(event);
    events_.push_back(std::move(event));
}

std::optional<cluster> cluster::with_door_to(const model::pod_object& pod, model::family f,
                                             model::protocol proto, std::uint16_t port,
                                             std::uint16_t node_port) const {
    const auto address =
        std::ranges::find(pod.addresses, f, [](const auto& known) { return known.fam(); });
    if (address == pod.addresses.end())
        return std::nullopt;
    cluster more({});
    more.translators = translators;
    more.settings = settings;
    for (auto event : events_)
        more.apply(std::move(event));
    more.seq_ = seq_;
    const auto service = pod.meta.key.namespace_ + "/the-door";
    more.add(
        a_service(service, fmt::format("clusterIPs: ['{}'], ports: [{{protocol: {}, port: {}, "
                                       "targetPort: {}, nodePort: {}}}]",
                                       f == model::family::ipv4 ? "10.96.77.77" : "fd00:96::77",
                                       to_string(proto), port, port, node_port)));
    more.add(a_slice(service, fmt::format("{}@{}", address->to_string(), pod.meta.key.name),
                     fmt::format("{{protocol: {}, port: {}}}", to_string(proto), port)));
    return more;
}

explain::answer cluster::answer(std::string_view from, std::string_view to,
                                std::string_view backend) const {
    explain::question_text text{.from = from, .to = to};
    if (const auto space = to.find(' '); space != std::string_view::npos) {
        const auto slash = to.rfind('/');
        text.to = to.substr(0, space);
        text.protocol = to.substr(space + 1, slash - space - 1);
        text.port = std::stoull(std::string(to.substr(slash + 1)));
    }
    if (!backend.empty())
        text.backend = backend;
    const auto& now = state();
    auto objects = now.objects;
    objects.policies.insert(tiered_.begin(), tiered_.end());
    return explain::explainer({.objects = objects,
                               .endpoint_slices_known = now.endpoint_slices_known,
                               .undecodable = now.undecodable,
                               .settings = settings,
                               .translators = translators})
        .explain(explain::parse_question(text).value());
}

void expect(const cluster& c, std::initializer_list<expectation> table) {
    for (const auto& e : table) {
        const auto answer = c.answer(e.from, e.to);
        EXPECT_EQ(to_string(answer.verdict), e.verdict) << e.from << " to " << e.to << "\n"
                                                        << steps(answer);
        expect_same_at_a_door(c, e);
    }
}

void expect_gate(const cluster& c, std::initializer_list<expectation> table) {
    for (const auto& e : table) {
        const auto answer = c.answer(e.from, e.to);
        const auto* const said = !answer.gate_admits   ? "none"
                                 : *answer.gate_admits ? "open"
                                                       : "shut";
        EXPECT_EQ(said, e.verdict) << e.from << " to " << e.to << "\n" << steps(answer);
    }
}

std::string backends(const explain::answer& a) {
    std::string text(to_string(a.verdict));
    for (const auto& b : a.backends)
        text +=
            fmt::format(" {}={}", b.address ? b.address->to_string() : "?", to_string(b.verdict));
    return text;
}

std::string steps(const explain::answer& a) {
    std::string text;
    for (const auto& s : a.steps) {
        text +=
            fmt::format("{}{} {}", text.empty() ? "" : "; ", to_string(s.where), to_string(s.then));
        if (s.object)
            text += fmt::format(" {} #{}", s.object->key.to_string(), s.object->seq);
        if (s.rule)
            text += fmt::format(" [{}]", *s.rule);
    }
    return text;
}

} // namespace nodewall::test
