#include "sim/workload.hpp"

#include "property/compiler_history.hpp"

#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <array>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace nodewall::sim {

using namespace std::chrono_literals;

namespace {

/// Longer than all that may be waited for: a watch's time, then the backoffs of a few refusals.
constexpr auto quiet_time = 15min;

template <class List> const auto& any_of(const List& list, chance& c) {
    return list.at(below(c, list.size()));
}

/// Created or replaced. Whatever the workload makes, the server takes.
void put(apiserver::object_store& store, const apiserver::resource_name& what,
         const model::object_key& key, boost::json::object body) {
    if (const auto done = store.put(what, key, std::move(body)); !done)
        throw std::runtime_error(done.error().message);
}

} // namespace

workload::workload(world& w, std::uint64_t seed, std::size_t changes)
    : world_(w), chance_(seed), changes_(test::random_cluster_history(seed, changes)) {
    put(world_.server().store(), model::kind::node, {"", node_name}, {});
}

void workload::step() {
    change_cluster();
    if (one_in(chance_, 3))
        change_fences();
    if (one_in(chance_, 4))
        trouble();
    elapse();
}

void workload::change_cluster() {
    auto& store = world_.server().store();
    for (auto n = 1 + below(chance_, 4); n > 0 && !over(); --n) {
        const auto& change = changes_.at(next_++);
        const std::string& what = change.stream;
        const model::object_key key{change.namespace_, change.name};
        const bool goes = change.type == model::event_type::deleted;
        if (goes && what == "nodes")
            continue; // without its Node a service is rightly not ready
        // An object that went with its namespace is not there to be deleted.
        if (goes)
            static_cast<void>(store.remove(what, key));
        else
            put(store, what, key, boost::json::parse(change.body).as_object());
    }
    world_.server().wake();
}

/// The definition comes or goes, or one of its objects does.
void workload::change_fences() {
    static constexpr std::array names{"one", "two"};
    static constexpr std::array namespaces{"a", "b"};
    static constexpr std::array sources{"192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32"};
    auto& server = world_.server();
    const model::object_key key{"", any_of(names, chance_)};
    switch (below(chance_, fences_served_ ? 5 : 2)) {
    case 0:
        fences_served_ = !fences_served_;
        if (fences_served_)
            server.install(fence_resource());
        else
            server.uninstall(fence_stream);
        if (one_in(chance_, 4))
            server.store().compact(); // and nobody hears of what was deleted
        break;
    case 1:
        if (fences_served_)
            static_cast<void>(server.store().remove(std::string(fence_stream), key));
        break;
    default:
        put(server.store(), std::string(fence_stream), key,
            fence(key.name, any_of(namespaces, chance_), any_of(sources, chance_)));
    }
    server.wake();
}

void workload::change_whole_cluster() {
    while (!over())
        change_cluster();
}

void workload::trouble() {
    switch (below(chance_, 9)) {
    case 0:
        world_.server().store().compact();
        break;
    case 1:
    case 2:
        break_server();
        break;
    case 3:
        world_.control(R"({"bookmark":true})");
        break;
    case 4:
        world_.control(fmt::format(R"({{"gone":"{}"}})", one_in(chance_, 2) ? "http" : "event"));
        break;
    case 5:
        world_.cut_connections();
        world_.reachable = !world_.reachable;
        break;
    case 6:
        world_.kernel.failing = one_in(chance_, 2) ? 0.5 : 0;
        break;
    case 7:
        world_.disk_failing = one_in(chance_, 2) ? 0.3 : 0;
        break;
    default:
        tamper_with_kernel();
    }
}

void workload::break_server() {
    static constexpr std::array faults{"html", "hang", "end", "frame", "close",
                                       "401",  "403",  "429", "500",   "503"};
    static constexpr std::array plurals{"namespaces", "nodes",          "pods",
                                        "services",   "endpointslices", "networkpolicies"};
    world_.control(fmt::format(R"({{"break":"{}","kind":"{}","count":{}}})",
                               any_of(faults, chance_), any_of(plurals, chance_),
                               1 + below(chance_, 3)));
}

/// Somebody else takes something of ours away.
void workload::tamper_with_kernel() {
    auto& now = world_.kernel.inside;
    auto& chains = std::next(now.tables.begin(),
                             static_cast<std::ptrdiff_t>(below(chance_, now.tables.size())))
                       ->second;
    if (!now.sets.empty() && one_in(chance_, 2))
        std::next(now.sets.begin(), static_cast<std::ptrdiff_t>(below(chance_, now.sets.size())))
            ->second.members.clear();
    else if (!chains.empty())
        chains.at(below(chance_, chains.size())).rules.clear();
}

void workload::elapse() {
    switch (below(chance_, 5)) {
    case 0:
        break;
    case 1:
        world_.run(below(chance_, 100));
        break;
    case 2:
        world_.pass(0s);
        break;
    case 3:
        world_.pass(std::chrono::milliseconds(below(chance_, 3000)));
        break;
    default:
        world_.pass(std::chrono::seconds(below(chance_, 90)));
    }
}

void workload::quiet() {
    world_.reachable = true;
    world_.kernel.failing = 0;
    world_.disk_failing = 0;
    world_.pass(quiet_time);
}

} // namespace nodewall::sim
