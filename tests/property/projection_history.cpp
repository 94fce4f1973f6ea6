#include "property/projection_history.hpp"

#include "unit/projection/objects.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace nodewall::test {

namespace {

using words = std::vector<std::string>;

class generator {
public:
    explicit generator(std::uint64_t seed) : chance_(seed) {}

    std::vector<model::event> run(std::size_t events) {
        std::vector<model::event> history;
        while (history.size() < events) {
            const auto what = pick<model::kind>(weighted_);
            object o = make(what);
            const bool live = live_.contains({what, o.key});
            if (live && one_in(4)) {
                history.push_back(deleted(live_.at({what, o.key})));
                live_.erase({what, o.key});
                continue;
            }
            if (what == model::kind::pod && one_in(20))
                o = broken(what, o.key.to_string());
            history.push_back(added(o));
            live_[{what, o.key}] = o;
        }
        return history;
    }

private:
    std::size_t below(std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(chance_);
    }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <class T> T pick(const std::vector<T>& choices) {
        return choices[below(choices.size())];
    }
    std::string pick(const words& choices) { return pick<std::string>(choices); }

    std::string key(const std::string& name, std::size_t count) {
        return pick({"a", "b", "c"}) + "/" + name + std::to_string(below(count));
    }
    std::string selector() {
        return pick({"*", "app=x", "app=y", "app=x|y", "app=x,role=r", "app!=x", "app", "!role",
                     "role=r|s,!app", "app="});
    }
    std::string peer() {
        auto namespaces = "namespaces:" + pick({"*", "team=u", "team=u|v", "team!=u", "!team",
                                                "kubernetes.io/metadata.name=b", "team="});
        switch (below(4)) {
        case 0:
            return "pods:" + selector();
        case 1:
            return namespaces;
        case 2:
            return namespaces + "+pods:" + selector();
        default:
            return "10.0.0.0/8";
        }
    }
    words peers() {
        words made;
        for (auto n = below(3); n > 0; --n)
            made.push_back(peer());
        return made;
    }
    words addresses() {
        words made;
        for (auto n = below(3); n > 0; --n)
            made.push_back(pick({"10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1", "fd00::2",
                                 one_in(4) ? "nowhere" : "10.0.0.1"}));
        return made;
    }
    /// Where a policy stands (unit/projection/tiered_policies.hpp).
    std::string place() {
        return pick({"", "", "order=5", "tier=admin,action=deny", "tier=admin,order=5,action=pass",
                     "tier=admin,order=5,action=log,subject=everywhere",
                     "tier=baseline,action=deny,subject=everywhere"});
    }
    std::string labels() {
        return pick({"", "app=x", "app=y", "app=x,role=r", "app=y,role=s", "role=r"});
    }

    object make(model::kind what) {
        switch (what) {
        case model::kind::namespace_:
            return namespace_(pick({"a", "b", "c"}), pick({"", "team=u", "team=v"}));
        case model::kind::node:
            return node(pick({"n1", "n2"}), pick({"192.0.2.1", "192.0.2.2"}));
        case model::kind::pod:
            return make_pod();
        case model::kind::service:
            return service(key("s", 2), labels());
        case model::kind::endpoint_slice:
            return make_slice();
        case model::kind::network_policy:
            break;
        }
        return policy({.key = key("q", 3),
                       .pods = selector(),
                       .from = peers(),
                       .to = peers(),
                       .labels = place()});
    }

    /// A live pod keeps its UID; UIDs grow in no order of time.
    object make_pod() {
        pod_words made{.key = key("p", 4)};
        const auto live = live_.find({model::kind::pod, key_of(made.key)});
        made.uid = live != live_.end() && !live->second.uid.empty() ? live->second.uid
                                                                    : std::to_string(chance_());
        made.labels = labels();
        made.addresses = addresses();
        made.started = pick({"", "2026-11-23T09:00:00Z", "2026-11-23T09:00:01Z"});
        made.phase = pick({"Pending", "Running", "Running", "Running", "Succeeded", "Failed"});
        made.host_network = one_in(10);
        made.terminating = one_in(4);
        return pod(made);
    }

    object make_slice() {
        words endpoints;
        for (auto n = below(4); n > 0; --n)
            endpoints.push_back((one_in(10) ? "nowhere" : "10.0.0.") +
                                std::to_string(below(4) + 1) +
                                (one_in(4) ? "" : "@p" + std::to_string(below(4))));
        return slice(key("e", 3), pick({"s0", "s1", ""}), endpoints);
    }

    std::mt19937_64 chance_;
    std::map<std::pair<model::kind, model::object_key>, object> live_;
    const std::vector<model::kind> weighted_{model::kind::pod,
                                             model::kind::pod,
                                             model::kind::pod,
                                             model::kind::pod,
                                             model::kind::pod,
                                             model::kind::network_policy,
                                             model::kind::network_policy,
                                             model::kind::namespace_,
                                             model::kind::service,
                                             model::kind::endpoint_slice,
                                             model::kind::node};
};

} // namespace

std::vector<model::event> random_history(std::uint64_t seed, std::size_t events) {
    return generator(seed).run(events);
}

histories by_object(const std::vector<model::event>& history) {
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<model::event>> objects;
    for (const auto& e : history)
        objects[{e.stream, e.namespace_, e.name}].push_back(e);
    histories found;
    for (auto& [name, events] : objects)
        found.push_back(std::move(events));
    return found;
}

std::vector<model::event> shuffled(const histories& objects, std::mt19937_64& chance) {
    std::vector<std::size_t> turns; // each object as often as it has events
    for (std::size_t i = 0; i < objects.size(); ++i)
        turns.insert(turns.end(), objects[i].size(), i);
    std::shuffle(turns.begin(), turns.end(), chance);
    std::vector<std::size_t> next(objects.size());
    std::vector<model::event> history;
    history.reserve(turns.size());
    for (const auto i : turns)
        history.push_back(objects[i][next[i]++]);
    return history;
}

std::vector<model::event> reversed(const histories& objects) {
    std::vector<model::event> history;
    for (auto i = objects.size(); i-- > 0;)
        history.insert(history.end(), objects[i].begin(), objects[i].end());
    return history;
}

std::vector<model::event> squashed(const histories& objects) {
    std::vector<model::event> history;
    for (const auto& events : objects)
        if (events.back().type != model::event_type::deleted)
            history.push_back(events.back());
    return history;
}

} // namespace nodewall::test
