#include "ruleset/rule.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <array>

namespace nodewall::ruleset {

namespace {

constexpr std::array<std::string_view, 5> hook_names{"prerouting", "input", "forward", "output",
                                                     "postrouting"};

struct match_text {
    std::string& text;

    void operator()(const in_interface& m) const { text += "from " + m.name; }
    void operator()(const protocol_is& m) const { text += model::to_lower_string(m.proto); }
    void operator()(const destination_ports& m) const {
        text += fmt::format("to ports {}", fmt::join(m.ports, ","));
    }
    void operator()(const destination_in& m) const {
        text += "to ";
        m.block.append_to(text);
    }
    void operator()(const destination_local&) const { text += "to local"; }
    void operator()(const original_direction&) const { text += "original-direction"; }
    void operator()(const source_in& m) const {
        text += "source in {";
        const auto begin = text.size();
        const auto separate = [&] {
            if (text.size() != begin)
                text += ' ';
        };
        for (const auto& set : m.sets) {
            separate();
            text += set;
        }
        for (const auto& block : m.blocks) {
            separate();
            block.append_to(text);
        }
        text += '}';
    }
    void operator()(const destination_in_set& m) const { text += "to in " + m.set; }
};

struct verdict_text {
    std::string& text;

    void operator()(const return_&) const { text += "return"; }
    void operator()(const drop&) const { text += "drop"; }
    void operator()(const jump& v) const { text += "jump " + v.chain; }
    void operator()(const go_to& v) const { text += "goto " + v.chain; }
    void operator()(const dispatch_by& v) const { text += "dispatch by " + v.map; }
    void operator()(const note& v) const { text += fmt::format("note {}", v.group); }
};

} // namespace

std::string_view to_string(hook h) {
    return hook_names[static_cast<std::size_t>(h)];
}

std::string rule::to_string() const {
    std::string text;
    for (const auto& m : matches) {
        if (!text.empty())
            text += ", ";
        std::visit(match_text{text}, m);
    }
    if (!text.empty())
        text += ": ";
    std::visit(verdict_text{text}, then);
    return text;
}

} // namespace nodewall::ruleset
