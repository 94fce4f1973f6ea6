// Scenario scripts of the reconciler: a machine without I/O, so the script is the dataplane too.
//
//     want SEQ [NUMBER]       a ruleset that shuts so many NodePorts (1 where absent)
//     next                    prints what is to be done now
//     read [NUMBER]           the kernel was read, and holds the ruleset of this number (0:
//     nothing) read-fails              ... could not be read applied [STEPS [COMMITS]] [untidy] the
//     apply is whole; untidy: something is left behind applied-fails, busy     the kernel refused;
//     the xtables lock is held tidied, tidied-fails resync                  forget what the kernel
//     is believed to hold restart                 the outcome that is waited for never comes pass
//     MILLISECONDS       time passes told                    prints what ended, and the failure
//     that is being retried
//
// `applied-refused`: the apply failed, and the failure is about the decisions of the ruleset alone.
#include "applier/reconciler.hpp"

#include "harness/gate.hpp"
#include "scenario/object_words.hpp"
#include "scenario/script.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>

namespace nodewall::test {

namespace {

using shared_ruleset = std::shared_ptr<const ruleset::ruleset>;

/// The same object for the same number, as the compiler gives it.
shared_ruleset ruleset_of(std::size_t number) {
    static std::map<std::size_t, shared_ruleset> made;
    auto& rules = made[number];
    if (rules != nullptr)
        return rules;
    if (number == 0)
        return rules = std::make_shared<const ruleset::ruleset>();
    ruleset::gate g;
    for (std::size_t port = 30000; port < 30000 + number; ++port)
        g.shut(ruleset::nodeport(static_cast<std::uint16_t>(port)),
               g.decide(model::family::ipv4, ruleset::admit_only({})));
    return rules = std::make_shared<const ruleset::ruleset>(g.rules);
}

class session {
public:
    std::string perform(const std::string& line) {
        const auto words = words_of(line);
        const auto& what = words.at(0);
        if (what == "next")
            return next();
        if (what == "told")
            return told();
        if (what == "want")
            machine_.want(wanted_ = ruleset_of(number(words, 2, 1)), number(words, 1, 0));
        else if (what.starts_with("read"))
            read(words);
        else if (what == "resync")
            machine_.resync();
        else if (what == "restart")
            machine_.restart();
        else if (what == "pass")
            now_ += std::chrono::milliseconds(number(words, 1, 0));
        else if (what.starts_with("tidied"))
            machine_.on_tidied(outcome(words), now_);
        else if (what.starts_with("applied") || what == "busy")
            machine_.on_applied(outcome(words), now_);
        else
            throw std::invalid_argument("no such command: " + what);
        return {};
    }

private:
    static std::size_t number(const std::vector<std::string>& words, std::size_t at,
                              std::size_t otherwise) {
        return words.size() > at && words[at] != "untidy" ? std::stoul(words[at]) : otherwise;
    }

    ruleset::apply_outcome outcome(const std::vector<std::string>& words) {
        ruleset::apply_outcome o{.steps = number(words, 1, 0), .commits = number(words, 2, 0)};
        o.untidy = std::find(words.begin(), words.end(), "untidy") != words.end();
        if (words[0] == "busy") {
            o.failure = error(ruleset::dataplane_errc::busy, "test");
        } else if (words[0] == "applied-refused") {
            o.failure = error(ruleset::dataplane_errc::kernel_refused, "test");
            for (const auto& unit : wanted_->units())
                if (std::holds_alternative<ruleset::decision>(unit->content))
                    o.refused_units.push_back(unit->name);
        } else if (words[0].ends_with("-fails")) {
            o.failure = error(ruleset::dataplane_errc::kernel_refused, "test");
        }
        return o;
    }

    void read(const std::vector<std::string>& words) {
        if (words[0] == "read-fails")
            machine_.on_read(error(ruleset::dataplane_errc::kernel_refused, "test"));
        else
            machine_.on_read(
                ruleset::kernel_view{.rules = *ruleset_of(number(words, 1, 0)),
                                     .families = {model::families.begin(), model::families.end()},
                                     .remarks = {}});
    }

    std::string next() {
        const auto todo = machine_.next(now_);
        if (std::holds_alternative<applier::read_kernel>(todo))
            return "read the kernel\n";
        if (std::holds_alternative<applier::tidy_up>(todo))
            return "tidy up\n";
        if (const auto* wait = std::get_if<applier::wait_for>(&todo))
            return fmt::format("wait for {} ms\n", wait->delay / std::chrono::milliseconds(1));
        if (const auto* apply = std::get_if<applier::apply_ruleset>(&todo))
            return fmt::format("apply the ruleset of number {}\n", doors_of(*apply->to));
        return "idle\n";
    }

    static std::size_t doors_of(const ruleset::ruleset& rules) {
        std::size_t doors = 0;
        for (const auto& unit : rules.units())
            doors += std::holds_alternative<ruleset::entry>(unit->content) ? 1U : 0U;
        return doors;
    }

    std::string told() {
        std::string text;
        if (const auto done = machine_.take_applied())
            text += fmt::format("the kernel is at event {} (steps {}, commits {}{}{})\n", done->seq,
                                done->steps, done->commits, done->drift ? "; after a drift" : "",
                                done->set_apart.empty() ? "" : "; without " + done->set_apart[0]);
        if (const auto& failure = machine_.failure())
            text += "retrying: " + failure->message() + '\n';
        return text.empty() ? "nothing\n" : text;
    }

    shared_ruleset wanted_;
    applier::reconciler machine_{[] { return 0.5; }};
    applier::reconciler::nanoseconds now_{};
};

} // namespace

} // namespace nodewall::test

int main(int argc, char** argv) {
    return nodewall::test::run_scripts_of<nodewall::test::session>(argc, argv);
}
