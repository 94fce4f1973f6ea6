#include "scenario/script.hpp"

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

namespace nodewall::test {

namespace {

constexpr std::string_view divider = "----";

struct outcome {
    std::string text; // the script, each step with what it printed
    bool differs = false;
};

outcome perform(const std::string& path, std::istream& script, const command& perform_line) {
    outcome seen;
    std::string line, printed;
    int number = 0;
    while (std::getline(script, line)) {
        ++number;
        seen.text += line + '\n';
        if (line.empty() || line.starts_with('#'))
            continue;
        if (line != divider) {
            printed += perform_line(line);
            continue;
        }
        std::string expected;
        const int at = number;
        while (std::getline(script, line) && !line.empty()) {
            ++number;
            expected += line + '\n';
        }
        ++number;
        if (printed != expected) {
            std::cout << path << ':' << at << ": expected\n" << expected << "but got\n" << printed;
            seen.differs = true;
        }
        seen.text += printed;
        if (!script.eof())
            seen.text += '\n';
        printed.clear();
    }
    return seen;
}

} // namespace

int run_scripts(int argc, char** argv, const std::function<command()>& make_command) {
    const char* asked = std::getenv("NODEWALL_REWRITE");
    bool rewrite = asked != nullptr && std::string_view(asked) == "1";
    bool differs = false;
    for (int i = 1; i < argc; ++i) {
        const std::string path = argv[i];
        if (path == "--rewrite") {
            rewrite = true;
            continue;
        }
        std::ifstream script(path);
        if (!script) {
            std::cerr << path << ": cannot be read\n";
            return 2;
        }
        try {
            const auto seen = perform(path, script, make_command());
            differs |= seen.differs;
            if (rewrite && seen.differs)
                std::ofstream(path) << seen.text;
        } catch (const std::exception& e) {
            std::cerr << path << ": " << e.what() << '\n';
            return 2;
        }
    }
    return differs && !rewrite ? 1 : 0;
}

} // namespace nodewall::test
