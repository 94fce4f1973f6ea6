#include "exposition_parser.hpp"

#include <cmath>
#include <regex>
#include <set>
#include <sstream>

namespace nodewall::test {

namespace {

class parser {
public:
    exposition parse(std::string_view text) {
        if (!text.empty() && text.back() != '\n')
            problem("the last line has no end");
        std::istringstream lines{std::string(text)};
        while (std::getline(lines, line_))
            take_line();
        for (auto& [name, f] : out_.families)
            check(name, f);
        return std::move(out_);
    }

private:
    void problem(const std::string& what) { out_.problems.push_back(what + ": " + line_); }

    void take_line() {
        std::smatch found;
        static const std::regex comment(R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
        static const std::regex sample(
            R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([-+0-9.eE]+|NaN|[-+]?Inf))re");
        if (std::regex_match(line_, found, comment))
            take_comment(found[1], found[2], found[3]);
        else if (std::regex_match(line_, found, sample))
            take_sample(found[1], found[2], found[3]);
        else
            problem("neither a comment nor a sample");
    }

    void take_comment(const std::string& what, const std::string& name, const std::string& text) {
        const bool is_help = what == "HELP";
        if (is_help == out_.families.contains(name))
            problem(is_help ? "a family twice" : "TYPE without HELP before it");
        auto& f = out_.families[name];
        if (is_help)
            f.help = text;
        else if (!f.type.empty() || current_ != name || !f.samples.empty())
            problem("a TYPE that is out of place");
        else if (!std::set<std::string>{"counter", "gauge", "histogram"}.contains(text))
            problem("an unknown type");
        else
            f.type = text;
        current_ = name;
    }

    void take_sample(const std::string& name, std::string labels, const std::string& value) {
        auto& f = out_.families[current_];
        const bool suffixed =
            f.type == "histogram" && (name == current_ + "_bucket" || name == current_ + "_sum" ||
                                      name == current_ + "_count");
        if (f.type.empty() || (name != current_ && !suffixed) ||
            (f.type == "histogram" && !suffixed))
            problem("a sample outside of its family");
        exposition::sample s{name, {}, std::stod(value)};
        static const std::regex label(
            R"re(([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$))re");
        for (std::smatch found; !labels.empty(); labels = found.suffix()) {
            if (!std::regex_search(labels, found, label, std::regex_constants::match_continuous))
                return problem("a broken label");
            if (!s.with.emplace(found[1], found[2]).second)
                problem("a label twice");
        }
        for (const auto& other : f.samples)
            if (other.name == s.name && other.with == s.with)
                problem("a sample twice");
        f.samples.push_back(std::move(s));
    }

    void check(const std::string& name, const exposition::family& f) {
        line_ = name;
        if (f.type.empty() || f.help.empty())
            problem("a family without HELP or TYPE");
        if ((f.type == "counter") != name.ends_with("_total"))
            problem("counters end in _total, and nothing else does");
        for (const auto& s : f.samples)
            if (f.type != "gauge" && !(s.value >= 0))
                problem("a count below zero");
        if (f.type == "histogram")
            check_histogram(name, f);
    }

    void check_histogram(const std::string& name, const exposition::family& f) {
        struct one {
            double le = -HUGE_VAL, below = 0, count = std::nan(""), sum = std::nan("");
        };
        std::map<exposition::labels, one> all;
        for (const auto& s : f.samples) {
            auto with = s.with;
            const auto le = with.contains("le") ? std::stod(with["le"]) : NAN;
            with.erase("le");
            auto& h = all[with];
            if (s.name == name + "_sum") {
                h.sum = s.value;
            } else if (s.name == name + "_count") {
                h.count = s.value;
            } else {
                if (!(le > h.le) || s.value < h.below)
                    problem("buckets that do not rise");
                h.le = le;
                h.below = s.value;
            }
        }
        for (const auto& [with, h] : all)
            if (!std::isinf(h.le) || h.count != h.below || std::isnan(h.sum))
                problem("a histogram without +Inf, _sum or the right _count");
    }

    exposition out_;
    std::string current_, line_;
};

} // namespace

double exposition::value(std::string_view name, const labels& with) const {
    for (const auto& [family_name, f] : families)
        for (const auto& s : f.samples)
            if (s.name == name && s.with == with)
                return s.value;
    return NAN;
}

exposition parse_exposition(std::string_view text) {
    return parser().parse(text);
}

} // namespace nodewall::test
