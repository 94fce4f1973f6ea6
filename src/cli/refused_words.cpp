#include "cli/refused_words.hpp"

#include "base/near_miss.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace nodewall::cli {

namespace {

/// What stands under a verb: its own verbs and flags.
std::vector<std::string> words_of(const CLI::App& verb) {
    std::vector<std::string> words;
    for (const auto* below : verb.get_subcommands({}))
        words.push_back(below->get_name());
    for (const auto* option : verb.get_options())
        for (const auto& name : option->get_lnames())
            words.push_back("--" + name);
    return words;
}

/// The first word that no verb took, flags before others, and what was meant; empty: there is none,
/// or it is an argument that may be anything.
std::string unknown_word(const CLI::App& app) {
    const auto* verb = &app;
    while (!verb->get_subcommands().empty())
        verb = verb->get_subcommands().front();
    const auto is_flag = [](const std::string& word) { return word.starts_with("--"); };
    const auto left = app.remaining_for_passthrough(true);
    auto word = std::find_if(left.begin(), left.end(), is_flag);
    if (word == left.end())
        word = left.begin();
    if (word == left.end() || (!is_flag(*word) && verb->get_subcommands({}).empty()))
        return {};
    const auto name = word->substr(0, word->find('='));
    return fmt::format("unknown {} '{}'{}", is_flag(name) ? "flag" : "verb", name.substr(0, 100),
                       did_you_mean(name, words_of(*verb)));
}

} // namespace

answer refused(const CLI::App& app, const CLI::ParseError& e) {
    if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
        std::ostringstream out;
        std::ostringstream err;
        app.exit(e, out, err);
        return {exit_code::done, out.str()};
    }
    const auto code = static_cast<CLI::ExitCodes>(e.get_exit_code());
    std::string said;
    if (code == CLI::ExitCodes::ExtrasError || code == CLI::ExitCodes::RequiredError)
        said = unknown_word(app);
    return {exit_code::usage,
            fmt::format("nodewall: {}\nTry --help.\n", said.empty() ? e.what() : said)};
}

} // namespace nodewall::cli
