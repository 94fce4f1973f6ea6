#include "property/calico_oracle.hpp"

#include "model/calico.hpp"
#include "model/network_policy.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace nodewall::test {

namespace {

using model::calico_entity;
using model::calico_rule;
using model::label_set;

const std::string group = ".projectcalico.org";

/// An end of the connection: an address, and the pod that has it.
struct end {
    model::ip_address address;
    const model::pod_object* pod = nullptr;
};

label_set with(label_set labels, std::initializer_list<std::pair<const char*, std::string>> more) {
    std::vector<std::pair<std::string, std::string>> all(labels.begin(), labels.end());
    for (const auto& [key, value] : more)
        if (!value.empty())
            all.emplace_back(key, value);
    return label_set(std::move(all));
}

class oracle {
public:
    oracle(const model::objects& objects, end source, end subject, std::uint16_t port)
        : objects_(objects), source_(source), subject_(subject), port_(port) {}

    bool admits() const {
        std::vector<entry> all;
        for (const auto& [id, object] : objects_.policies)
            if (auto e = entry_of(object))
                all.push_back(std::move(*e));
        std::sort(all.begin(), all.end(),
                  [](const entry& a, const entry& b) { return a.place < b.place; });
        std::string passed; // the tier that was passed
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto& e = all[i];
            const auto& tier = std::get<1>(e.place);
            if (tier != passed) {
                const auto verdict =
                    e.kubernetes != nullptr ? ask(*e.kubernetes, e.space) : ask(*e.calico, e.space);
                if (verdict == what::admits || verdict == what::refuses)
                    return verdict == what::admits;
                if (verdict == what::passes)
                    passed = tier;
            }
            const bool last = i + 1 == all.size() || std::get<1>(all[i + 1].place) != tier;
            if (last && tier != passed && e.end_denies)
                return false;
        }
        return true;
    }

private:
    enum class what { nothing, admits, refuses, passes };
    struct entry {
        // Order of the tier, its name, order, name, namespace, kind.
        std::tuple<double, std::string, double, std::string, std::string, std::string> place;
        std::string space;
        bool end_denies = true;
        const model::calico_policy_spec* calico = nullptr;
        const model::network_policy_spec* kubernetes = nullptr;
    };

    /// Of a policy that applies to the subject.
    std::optional<entry> entry_of(const model::policy_object& object) const {
        const auto& key = object.meta.key;
        entry e;
        e.space = key.namespace_;
        if (object.stream == model::network_policy_stream) {
            if (key.namespace_ != subject_.pod->meta.key.namespace_)
                return std::nullopt;
            e.kubernetes = &object.as<model::network_policy_spec>();
            // Behind Calico's of order 1000.
            e.place = {1'000'000, "default",      std::nextafter(1000.0, 2000.0),
                       key.name,  key.namespace_, object.stream};
            return e;
        }
        const auto& spec = object.as<model::calico_policy_spec>();
        double order = 1'000'000;
        if (spec.tier != "default") {
            const auto tier = objects_.policy_parts.find({"tiers" + group, {{}, spec.tier}});
            if (tier == objects_.policy_parts.end())
                return std::nullopt;
            const auto& says = tier->second.as<model::calico_tier_spec>();
            order = says.order;
            e.end_denies = says.at_end == model::tier_end::deny;
        }
        if (!selects(spec, key.namespace_))
            return std::nullopt;
        e.calico = &spec;
        e.place = {order, spec.tier, spec.order, key.name, key.namespace_, object.stream};
        return e;
    }

    bool selects(const model::calico_policy_spec& spec, const std::string& space) const {
        calico_entity as_entity;
        as_entity.selector = spec.selector ? spec.selector : model::calico_selector{};
        as_entity.namespaces = spec.namespaces;
        if (spec.accounts)
            as_entity.accounts = model::calico_accounts{.names = {}, .selector = spec.accounts};
        if (spec.accounts && !accounts_known())
            return false;
        return pod_is(as_entity, space, *subject_.pod);
    }

    bool accounts_known() const {
        return std::any_of(objects_.policy_parts.begin(), objects_.policy_parts.end(),
                           [](const auto& p) { return p.first.stream == "serviceaccounts"; });
    }

    what ask(const model::network_policy_spec& spec, const std::string& space) const {
        for (const auto& rule : spec.ingress)
            if (rule.peers.empty() ||
                (source_.pod != nullptr && source_.pod->meta.key.namespace_ == space))
                return what::admits;
        return source_.pod == subject_.pod ? what::admits : what::nothing;
    }

    what ask(const model::calico_policy_spec& spec, const std::string& space) const {
        for (const auto& rule : spec.ingress) {
            const bool unknown = !rule.not_understood.empty() || !tellable(rule);
            if (unknown && (rule.then == model::action::deny || rule.then == model::action::pass))
                return what::refuses;
            if (unknown || rule.then == model::action::log || !meant(rule, space))
                continue;
            return rule.then == model::action::allow  ? what::admits
                   : rule.then == model::action::deny ? what::refuses
                                                      : what::passes;
        }
        return what::nothing;
    }

    /// A rule that never means any of our protocols needs no service account to be told.
    bool tellable(const calico_rule& rule) const {
        if (accounts_known() || (rule.proto && !*rule.proto))
            return true;
        const auto asks = [](const calico_entity& e) { return e.accounts && e.accounts->selector; };
        return !asks(rule.source) && !asks(rule.destination);
    }

    static bool is_tcp(const calico_rule& rule) {
        return (!rule.proto || *rule.proto == model::protocol::tcp) &&
               (!rule.not_proto || *rule.not_proto != model::protocol::tcp);
    }

    bool meant(const calico_rule& rule, const std::string& space) const {
        const auto& to = rule.destination;
        return is_tcp(rule) && (!rule.fam || *rule.fam == source_.address.fam()) &&
               (to.ports.empty() || lists(to.ports)) && !lists(to.not_ports) &&
               is(rule.source, space, source_) && is(to, space, subject_);
    }

    bool lists(const std::vector<model::calico_port>& ports) const {
        return std::any_of(ports.begin(), ports.end(), [&](const model::calico_port& port) {
            if (port.name.empty())
                return port.first <= port_ && port_ <= port.last;
            const auto& own = subject_.pod->ports;
            return std::any_of(own.begin(), own.end(), [&](const auto& p) {
                return p.name == port.name && p.port == port_;
            });
        });
    }

    static bool holds(const std::vector<model::cidr>& nets, const model::ip_address& address) {
        return std::any_of(nets.begin(), nets.end(),
                           [&](const auto& net) { return net.contains(address); });
    }

    bool is(const calico_entity& e, const std::string& space, const end& who) const {
        if (!e.nets.empty() && !holds(e.nets, who.address))
            return false;
        if (holds(e.not_nets, who.address))
            return false;
        if (e.service && !serves(*e.service, who.address))
            return false;
        const bool asks =
            e.selector || e.namespaces || e.accounts || (e.not_selector && !space.empty());
        if (asks && !known_as(e, space, who))
            return false;
        if (!e.not_selector)
            return true;
        calico_entity excluded;
        excluded.selector = e.not_selector;
        return !known_as(excluded, {}, who);
    }

    bool known_as(const calico_entity& e, const std::string& space, const end& who) const {
        return (who.pod != nullptr && pod_is(e, space, *who.pod)) || set_is(e, space, who.address);
    }

    bool pod_is(const calico_entity& e, const std::string& space,
                const model::pod_object& pod) const {
        const auto& own = pod.meta.key.namespace_;
        const auto labels =
            with(pod.meta.labels, {{"projectcalico.org/namespace", own},
                                   {"projectcalico.org/orchestrator", "k8s"},
                                   {"projectcalico.org/serviceaccount", pod.service_account}});
        return in_scope(e, space, own) && (!e.selector || e.selector->holds.holds(labels)) &&
               (!e.accounts || account_is(*e.accounts, pod));
    }

    bool account_is(const model::calico_accounts& which, const model::pod_object& pod) const {
        const auto& name = pod.service_account;
        if (!which.names.empty() &&
            std::find(which.names.begin(), which.names.end(), name) == which.names.end())
            return false;
        if (!which.selector)
            return true;
        const auto account =
            objects_.policy_parts.find({"serviceaccounts", {pod.meta.key.namespace_, name}});
        return account != objects_.policy_parts.end() &&
               which.selector->holds.holds(
                   with(account->second.meta.labels, {{"projectcalico.org/name", name}}));
    }

    bool set_is(const calico_entity& e, const std::string& space,
                const model::ip_address& address) const {
        if (e.accounts)
            return false;
        for (const auto& [id, part] : objects_.policy_parts) {
            const bool of_namespace = id.stream == "networksets" + group;
            if (!of_namespace && id.stream != "globalnetworksets" + group)
                continue;
            const auto labels =
                with(part.meta.labels, {{"projectcalico.org/namespace", id.key.namespace_}});
            if (in_scope(e, space, id.key.namespace_) &&
                (!e.selector || e.selector->holds.holds(labels)) &&
                holds(part.as<model::network_set_spec>().nets, address))
                return true;
        }
        return false;
    }

    /// `of`: the namespace of what is asked about; empty: it is in none.
    bool in_scope(const calico_entity& e, const std::string& space, const std::string& of) const {
        if (!e.namespaces)
            return space.empty() || of == space;
        if (of.empty())
            // Only where global() is what makes it so.
            return e.namespaces->holds.holds(label_set()) &&
                   !e.namespaces->holds.holds(with({}, {{"projectcalico.org/namespace", "x"}}));
        const auto known = objects_.namespaces.find({{}, of});
        const auto own =
            known == objects_.namespaces.end() ? label_set() : known->second.meta.labels;
        return e.namespaces->holds.holds(
            with(own, {{"projectcalico.org/namespace", of}, {"projectcalico.org/name", of}}));
    }

    bool serves(const model::object_key& service, const model::ip_address& address) const {
        for (const auto& [key, slice] : objects_.endpoint_slices)
            if (key.namespace_ == service.namespace_ && slice.service == service.name)
                for (const auto& endpoint : slice.endpoints)
                    if (endpoint.address == address)
                        return true;
        return false;
    }

    const model::objects& objects_;
    end source_, subject_;
    std::uint16_t port_;
};

} // namespace

bool calico_oracle_admits(const model::objects& objects, const model::ip_address& source,
                          const model::pod_object& subject, const model::ip_address& address,
                          std::uint16_t port) {
    end from{source, nullptr};
    for (const auto& [key, pod] : objects.pods)
        if (std::find(pod.addresses.begin(), pod.addresses.end(), source) != pod.addresses.end())
            from.pod = &pod;
    return oracle(objects, from, {address, &subject}, port).admits();
}

} // namespace nodewall::test
