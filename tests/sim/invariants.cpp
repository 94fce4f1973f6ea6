#include "sim/invariants.hpp"

#include "agent/history/history.hpp"
#include "eventlog/digest.hpp"
#include "eventlog/fold.hpp"
#include "ruleset/set_apart.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace nodewall::sim {

namespace {

std::string digest_of(const model::cluster_state& state, const model::gate_settings& settings,
                      const std::set<std::string>& apart = {}) {
    const auto rules = compiler::compiler(settings).compile(state);
    return to_hex(ruleset::without(rules, apart).rules.digest());
}

std::string digest_of(const faulty_kernel& kernel) {
    return to_hex(kernel.held().digest());
}

agent::history end_of(const world& w) {
    return agent::history_at(w.log(), w.known, {}, {}).value();
}

/// "pods web/a uid@resourceVersion"
std::string identity(std::string_view stream, const model::object_key& key, std::string_view uid,
                     std::string_view resource_version) {
    return fmt::format("{} {} {}@{}", stream, key.to_string(), uid, resource_version);
}

/// An object of the server as the first list of a log would record it.
std::vector<model::event> first_list_of(world& w) {
    auto& store = w.server().store();
    std::vector<model::event> events;
    for (const auto& kind : w.known.registry.rows())
        for (const auto& object : store.list(kind->stream, {}, store.revision(), {}, 0).items) {
            const auto body = boost::json::parse(object->text);
            model::event e;
            e.seq = events.size() + 1;
            e.stream = kind->stream;
            e.type = model::event_type::added;
            e.namespace_ = object->key.namespace_;
            e.name = object->key.name;
            e.uid = body.at("metadata").at("uid").as_string();
            e.resource_version = std::to_string(object->revision);
            e.body = object->text;
            events.push_back(std::move(e));
        }
    return events;
}

model::event slices_listed(std::uint64_t seq) {
    model::event e;
    e.seq = seq;
    e.stream = model::stream_name(model::kind::endpoint_slice);
    e.type = model::event_type::listed;
    return e;
}

/// The rules of eventlog::verify for a log that is no file.
void check_rows(const eventlog::log_reader& log) {
    eventlog::fold fold;
    eventlog::row_digester digester;
    sha256_digest digest = eventlog::no_digest;
    std::uint64_t seq = 0;
    for (const auto& e : log.read({}, SIZE_MAX).value()) {
        const auto row = eventlog::row_of(e);
        ASSERT_EQ(e.seq, ++seq);
        ASSERT_EQ(e.previous, fold.head_before(row)) << "event " << seq;
        digest = digester(digest, row);
        ASSERT_EQ(e.digest, digest) << "event " << seq;
        fold.apply(row);
    }
    EXPECT_EQ(log.tail().value().seq, seq);
    EXPECT_EQ(log.tail().value().digest, digest);
    std::vector<std::uint64_t> heads;
    const auto info = log.heads([&](const model::event& e) { heads.push_back(e.seq); }).value();
    EXPECT_EQ(heads, fold.heads());
    std::map<std::string, std::string> cursors;
    for (const auto& [stream, cursor] : fold.cursors())
        cursors[stream] = cursor.resource_version;
    EXPECT_EQ(info.cursors, cursors);
}

} // namespace

void the_service_is_ready(const world& w) {
    ASSERT_FALSE(w.ended()) << *w.ended();
    EXPECT_EQ(agent::not_ready_because(w.report()), std::vector<std::string>{});
}

void the_kernel_holds_what_the_log_says(const world& w) {
    const auto end = end_of(w);
    const auto settings = agent::settings_at(end, std::nullopt).value();
    EXPECT_EQ(digest_of(w.kernel), digest_of(end.projected.state(), settings.gate));
}

void the_log_holds_what_the_server_holds(world& w) {
    std::vector<std::string> logged, served;
    w.log()
        .heads([&](const model::event& e) {
            if (e.concerns_object())
                logged.push_back(
                    identity(e.stream, {e.namespace_, e.name}, e.uid, e.resource_version));
        })
        .value();
    for (const auto& e : first_list_of(w))
        served.push_back(identity(e.stream, {e.namespace_, e.name}, e.uid, e.resource_version));
    std::sort(logged.begin(), logged.end());
    std::sort(served.begin(), served.end());
    EXPECT_EQ(logged, served);
}

void the_kernel_holds_what_the_server_says(world& w) {
    const auto events = first_list_of(w);
    auto projected = w.known.projector(projection::projector::scope::everything);
    for (const auto& e : events)
        projected.apply(e);
    projected.apply(slices_listed(events.size() + 1));
    EXPECT_EQ(digest_of(w.kernel), digest_of(projected.state(), {.node_name = node_name}));
}

void the_log_is_whole(const world& w) {
    if (w.log_file().empty())
        check_rows(w.log());
    else
        EXPECT_EQ(eventlog::verify(w.log_file(), {}).value().problems, std::vector<std::string>{});
}

void every_apply_can_be_repeated(const world& w) {
    const auto events = w.log().read({}, SIZE_MAX).value();
    struct what_was_applied {
        std::string digest;
        std::set<std::string> without;
    };
    std::multimap<std::uint64_t, what_was_applied> applied;
    for (const auto& e : events)
        if (e.type == model::event_type::applied) {
            const auto said = boost::json::parse(e.body);
            what_was_applied one{.digest = std::string(said.at("digest").as_string()),
                                 .without = {}};
            if (const auto* apart = said.as_object().if_contains("setApart"))
                for (const auto& unit : apart->as_array())
                    one.without.emplace(unit.as_string());
            applied.emplace(said.at("seq").to_number<std::uint64_t>(), std::move(one));
        }
    EXPECT_FALSE(applied.empty());
    const model::gate_settings settings{.node_name = node_name};
    auto projected = w.known.projector(projection::projector::scope::everything);
    for (const auto& e : events) {
        projected.apply(e);
        const auto [first, last] = applied.equal_range(e.seq);
        for (auto one = first; one != last; ++one)
            ASSERT_EQ(one->second.digest,
                      digest_of(projected.state(), settings, one->second.without))
                << "at seq " << e.seq;
    }
}

} // namespace nodewall::sim
