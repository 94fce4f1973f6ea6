// Scenario scripts of explain, seen from node n1. Commands are those of scenario/object_words.hpp,
// and:
//
//     tiered NAME WORD...                  a TierPolicy (unit/policy/tier_words.hpp)
//     object YAML                          an object as people write it, in one line
//     ask FROM TO PROTOCOL/PORT            prints the verdict, and each step that leads to it
//     ask FROM nodeport:PROTOCOL/PORT
#include "codec/manifest.hpp"
#include "explain/explainer.hpp"

#include "projection/projector.hpp"
#include "scenario/object_words.hpp"
#include "scenario/script.hpp"
#include "unit/policy/tier_words.hpp"

#include <fmt/core.h>

#include <stdexcept>

namespace nodewall::test {

namespace {

std::string text_of(const explain::step& s, const explain::answer& a) {
    auto text = fmt::format("  {} {}: ", to_string(s.where), to_string(s.then));
    if (s.backend)
        text += fmt::format("at {}: ", a.backends.at(*s.backend).address->to_string());
    if (s.object)
        text += fmt::format("{} {} ", s.object->kind, s.object->key.to_string());
    return text + s.why + '\n';
}

class session {
public:
    std::string perform(const std::string& line) {
        const auto words = words_of(line);
        if (words.at(0) == "ask")
            return ask(words);
        ++seq_;
        if (words[0] == "tiered")
            add_tiered(words.at(1), line.substr(line.find(words[1]) + words[1].size()));
        else if (words[0] == "object")
            add_object(line.substr(line.find(words.at(1))));
        else
            apply(event_from(words));
        return {};
    }

private:
    void apply(model::event e) {
        e.seq = seq_;
        projector_.apply(e);
    }

    void add_tiered(const std::string& name, const std::string& words) {
        auto object = tier_policy(name, words, seq_);
        const auto id = object.id();
        tiered_.insert_or_assign(id, std::move(object));
    }

    void add_object(const std::string& yaml) {
        codec::json_reader reader;
        // A brace alone would begin JSON.
        const auto read = codec::read_manifest(reader, "---\n" + yaml, codec::body_mode::narrowed);
        const auto& item = read.value().items.at(0);
        model::event event;
        event.stream = item.stream;
        event.type = model::event_type::added;
        event.namespace_ = item.event.object.namespace_;
        event.name = item.event.object.name;
        event.body = item.event.object.body;
        apply(std::move(event));
    }

    std::string ask(const std::vector<std::string>& words) const {
        explain::question_text text{.from = words.at(1), .to = words.at(2)};
        if (words.size() > 3) {
            const auto slash = words[3].find('/');
            text.protocol = std::string_view(words[3]).substr(0, slash);
            text.port = std::stoull(words[3].substr(slash + 1));
        }
        const auto& now = projector_.state();
        auto objects = now.objects;
        objects.policies.insert(tiered_.begin(), tiered_.end());
        const auto answer = explain::explainer({.objects = objects,
                                                .endpoint_slices_known = now.endpoint_slices_known,
                                                .undecodable = now.undecodable,
                                                .settings = {.node_name = "n1"},
                                                .translators = translators_})
                                .explain(explain::parse_question(text).value());
        std::string printed(to_string(answer.verdict));
        if (answer.gate_admits)
            printed += *answer.gate_admits ? ", the gate admits" : ", the gate refuses";
        printed += '\n';
        for (const auto& s : answer.steps)
            printed += text_of(s, answer);
        return printed;
    }

    projection::projector projector_;
    std::map<model::policy_id, model::policy_object> tiered_;
    policy::translators translators_ = with_tier_policies();
    std::uint64_t seq_ = 0;
};

} // namespace

} // namespace nodewall::test

int main(int argc, char** argv) {
    return nodewall::test::run_scripts_of<nodewall::test::session>(argc, argv);
}
