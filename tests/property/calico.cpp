// Calico's policies by chance: the compiled door, what is compiled anew of what changed, explain
// and a plain reading of the objects agree.
#include "compiler/compiler.hpp"

#include "codec/json_reader.hpp"
#include "codec/manifest.hpp"
#include "explain/explainer.hpp"
#include "projection/projector.hpp"
#include "property/calico_objects.hpp"
#include "property/calico_oracle.hpp"
#include "property/seeds.hpp"
#include "ruleset/evaluator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace nodewall::test {
namespace {

constexpr std::uint64_t seeds = 60;
constexpr std::size_t steps_in_history = 100;

const model::gate_settings settings{.node_name = "node-1", .vital_ports = {}};

std::string text_of(const ruleset::ruleset& rules) {
    std::string text;
    for (const auto& unit : rules.units())
        text += unit->name + ":\n" + unit->text();
    return text;
}

class reader {
public:
    model::event read(const calico_step& step) {
        const auto yaml = "---\n" + step.object;
        auto manifest = codec::read_manifest(json_, yaml, codec::body_mode::narrowed).value();
        auto& item = manifest.items.at(0);
        model::event event;
        event.seq = ++seq_;
        event.stream = item.stream;
        event.type = step.gone ? model::event_type::deleted : model::event_type::modified;
        event.namespace_ = item.event.object.namespace_;
        event.name = item.event.object.name;
        event.uid = item.event.object.uid;
        event.body = item.event.object.body;
        return event;
    }

private:
    codec::json_reader json_;
    std::uint64_t seq_ = 0;
};

std::string why(const explain::answer& answer) {
    std::string text;
    for (const auto& step : answer.steps)
        text += "\n  " +
                (step.object ? step.object->kind + ' ' + step.object->key.to_string() + ' '
                             : std::string()) +
                step.why;
    return text;
}

std::string yaml_of(const std::map<std::string, std::string>& objects) {
    std::string text;
    for (const auto& [name, object] : objects)
        text += "\n- " + object;
    return text;
}

TEST(CalicoProperty, DoorsAreOpenToExactlyWhomAPlainReadingAdmits) {
    std::size_t refused = 0;
    std::size_t asked = 0;
    for_each_seed(seeds, [&](std::uint64_t seed) {
        reader read;
        projection::projector projector;
        compiler::compiler incremental(settings);
        std::map<std::string, std::string> there;
        std::size_t number = 0;
        for (const auto& step : random_calico_history(seed, steps_in_history)) {
            const auto event = read.read(step);
            const auto name = event.stream + ' ' + event.namespace_ + '/' + event.name;
            step.gone ? void(there.erase(name)) : void(there[name] = step.object);
            projector.apply(event);
            if (++number < 9 || number % 3 != 0) // batches of several events
                continue;
            const auto& state = projector.state();
            const auto rules = incremental.recompile(state, projector.take_changes());
            const ruleset::evaluator evaluator(rules);
            const explain::explainer explainer({.objects = state.objects,
                                                .endpoint_slices_known = true,
                                                .undecodable = state.undecodable,
                                                .settings = settings});
            const auto& site = state.objects.pods.at({"web", "site"});
            for (const auto& text : calico_sources()) {
                const auto source = model::ip_address::parse(text).value();
                const bool expected =
                    calico_oracle_admits(state.objects, source, site, site.addresses.front(), 8080);
                const auto answer = explainer.explain({.from = source,
                                                       .to = explain::node_port_name{},
                                                       .proto = model::protocol::tcp,
                                                       .port = 30051});
                ASSERT_EQ(answer.gate_admits, std::optional(expected))
                    << text << why(answer) << yaml_of(there);
                ASSERT_EQ(evaluator.admits(
                              {.source = source,
                               .destination = model::ip_address::parse("192.0.2.250").value(),
                               .proto = model::protocol::tcp,
                               .port = 30051,
                               .destination_local = true}),
                          expected)
                    << "the rules, of " << text << why(answer) << yaml_of(there);
                refused += expected ? 0 : 1;
                ++asked;
            }
        }
    });
    if (asked > 10'000) { // all seeds
        EXPECT_GT(refused, asked / 10);
        EXPECT_GT(asked - refused, asked / 10);
    }
}

TEST(CalicoProperty, WhatIsTranslatedAnewEqualsATranslationOfAll) {
    for_each_seed(seeds, [](std::uint64_t seed) {
        reader read;
        projection::projector projector;
        compiler::compiler incremental(settings);
        std::map<std::string, model::event> last;
        std::size_t number = 0;
        for (const auto& step : random_calico_history(seed, steps_in_history)) {
            const auto event = read.read(step);
            last[event.stream + ' ' + event.namespace_ + '/' + event.name] = event;
            projector.apply(event);
            if (++number % 2 != 0)
                continue;
            const auto rules = incremental.recompile(projector.state(), projector.take_changes());
            // Only what is known last, in another order.
            projection::projector fresh;
            for (const auto& [name, known] : last)
                fresh.apply(known);
            const auto& a = projector.state().resolved;
            const auto& b = fresh.state().resolved;
            ASSERT_TRUE(std::equal(a.policies.begin(), a.policies.end(), b.policies.begin(),
                                   b.policies.end()));
            ASSERT_EQ(text_of(rules), text_of(compiler::compiler(settings).compile(fresh.state())))
                << "after " << event.type << ' ' << event.stream << ' ' << event.namespace_ << '/'
                << event.name;
        }
    });
}

} // namespace
} // namespace nodewall::test
