// Scenario scripts of the compiler, on node n1. Commands are those of scenario/object_words.hpp;
// labels of a policy may put it into a tier (unit/projection/tiered_policies.hpp). Each that prints
// recompiles what changed, and compares the result with a compilation of everything:
//
//     ruleset                   the units that came (+), changed (~) and went (-) since the last
//     time findings                  what a person should know ask FROM TO PROTO/PORT    whether
//     the ruleset admits it; TO may be "node"
#include "compiler/compiler.hpp"

#include "projection/projector.hpp"
#include "ruleset/evaluator.hpp"
#include "scenario/object_words.hpp"
#include "scenario/script.hpp"
#include "unit/projection/tiered_policies.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

namespace nodewall::test {

namespace {

const model::gate_settings settings{.node_name = "n1"};

/// Each line of the text, indented.
std::string indented(const std::string& text) {
    std::string to;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find('\n', begin), text.size());
        to += "    " + text.substr(begin, end - begin) + '\n';
        begin = end + 1;
    }
    return to;
}

class session {
public:
    std::string perform(const std::string& line) {
        const auto words = words_of(line);
        if (words.at(0) == "ruleset")
            return differences();
        if (words[0] == "forget") {
            static_cast<void>(differences());
            return {};
        }
        if (words[0] == "findings")
            return findings();
        if (words[0] == "ask")
            return ask(words);
        auto e = event_from(words);
        e.seq = ++seq_;
        projector_.apply(e);
        return {};
    }

private:
    void recompile() {
        const auto changes = projector_.take_changes();
        if (!changes.empty())
            rules_ = compiler_.recompile(projector_.state(), changes);
        const auto anew = compiler::compiler(settings).compile(projector_.state());
        if (rules_.digest() != anew.digest())
            throw std::runtime_error("what was recompiled is not what everything compiles to");
    }

    std::string differences() {
        recompile();
        std::string text;
        for (const auto& [before, after] :
             ruleset::unit_map::differences(told_.units(), rules_.units())) {
            if (after == nullptr)
                text += "- " + before->name + '\n';
            else if (before == nullptr || !before->same_content(*after))
                text += (before == nullptr ? "+ " : "~ ") + after->name + '\n' +
                        indented(after->text());
        }
        told_ = rules_;
        return text.empty() ? "nothing changed\n" : text;
    }

    std::string findings() {
        recompile();
        std::string text;
        for (const auto& finding : *compiler_.findings())
            text += finding.subject + ": " + finding.text + '\n';
        return text.empty() ? "nothing found\n" : text;
    }

    std::string ask(const std::vector<std::string>& words) {
        recompile();
        const bool local = words.at(2) == "node";
        const auto& target = words.at(3);
        const auto slash = target.find('/');
        ruleset::packet p;
        p.source = model::ip_address::parse(words.at(1)).value();
        p.destination = model::ip_address::parse(local ? "192.0.2.1" : words.at(2)).value();
        p.proto = model::parse_protocol(target.substr(0, slash)).value();
        p.port = static_cast<std::uint16_t>(std::stoul(target.substr(slash + 1)));
        p.destination_local = local;
        return ruleset::evaluator(rules_).admits(p) ? "admitted\n" : "refused\n";
    }

    projection::projector projector_{projection::projector::scope::everything, tiered_by_labels()};
    compiler::compiler compiler_{settings};
    ruleset::ruleset rules_, told_;
    std::uint64_t seq_ = 0;
};

} // namespace

} // namespace nodewall::test

int main(int argc, char** argv) {
    return nodewall::test::run_scripts_of<nodewall::test::session>(argc, argv);
}
