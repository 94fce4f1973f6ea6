// Golden rulesets: a cluster as YAML, through manifest, projector and compiler, against the text of
// what it compiles to on node `node-1`. NODEWALL_REWRITE=1 writes the expected texts anew.
#include "codec/manifest.hpp"
#include "compiler/compiler.hpp"
#include "projection/projector.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace nodewall {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

projection::projector project(std::string_view yaml) {
    codec::json_reader reader;
    projection::projector projector;
    std::uint64_t seq = 0;
    for (auto& item :
         codec::read_manifest(reader, yaml, codec::body_mode::narrowed).value().items) {
        model::event event;
        event.seq = ++seq;
        event.stream = item.stream;
        event.type = model::event_type::added;
        event.namespace_ = item.event.object.namespace_;
        event.name = item.event.object.name;
        event.uid = item.event.object.uid;
        event.body = item.event.object.body;
        projector.apply(event);
    }
    return projector;
}

std::string compiled_text(const model::cluster_state& state) {
    compiler::compiler compiler({.node_name = "node-1"});
    const auto rules = compiler.compile(state);
    std::string text;
    for (const auto& finding : *compiler.findings())
        text += fmt::format("# {}: {}\n", finding.subject, finding.text);
    for (const auto& unit : rules.units()) {
        text += "== " + unit->name + '\n' + unit->text();
        for (const auto& cause : unit->causes)
            text += fmt::format("-- because of {} {}\n", cause.kind, cause.key.to_string());
    }
    return text + "== digests\n" + rules.digest_lines();
}

/// Names the first line that differs.
void complain(const std::filesystem::path& path, const std::string& expected,
              const std::string& actual) {
    std::istringstream a(expected), b(actual);
    std::string wanted, got;
    for (int line = 1;; ++line) {
        const bool more = static_cast<bool>(std::getline(a, wanted));
        const bool more_got = static_cast<bool>(std::getline(b, got));
        if (more && more_got && wanted == got)
            continue;
        std::cerr << fmt::format("{}:{}: expected \"{}\"\n  but got \"{}\"\n", path.string(), line,
                                 more ? wanted : "the end", more_got ? got : "the end");
        return;
    }
}

bool check(const std::filesystem::path& yaml) {
    const auto projector = project(read_file(yaml));
    const auto actual = compiled_text(projector.state());
    auto expected_path = yaml;
    expected_path.replace_extension(".expected");
    if (std::getenv("NODEWALL_REWRITE") != nullptr)
        return static_cast<bool>(std::ofstream(expected_path) << actual);
    const auto expected = read_file(expected_path);
    if (actual != expected)
        complain(expected_path, expected, actual);
    return actual == expected;
}

} // namespace
} // namespace nodewall

int main(int argc, char** argv) {
    bool good = argc > 1;
    for (int i = 1; i < argc; ++i)
        good = nodewall::check(argv[i]) && good;
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
