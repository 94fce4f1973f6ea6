#include "ruleset/unit.hpp"

#include "base/sort_unique.hpp"

#include <fmt/core.h>

#include <cassert>
#include <charconv>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace nodewall::ruleset {

namespace {

constexpr std::size_t hash_digits = 16; // of a name that tells its content

std::string short_hash(std::string_view text) {
    return to_hex(sha256(text)).substr(0, hash_digits);
}

void append_rules(const std::vector<rule>& rules, std::string& text) {
    for (const auto& r : rules) {
        text += "rule ";
        text += r.to_string();
        text += '\n';
    }
}

struct content_text {
    std::string& text;

    void operator()(const chain& c) const {
        text += "chain " + c.name;
        if (c.at)
            text += fmt::format(" at {}", to_string(*c.at));
        text += '\n';
        append_rules(c.rules, text);
    }
    void operator()(const set& s) const {
        text += fmt::format("set {} {} {} {}\n", s.name, model::to_string(s.fam), to_string(s.what),
                            to_string(s.type));
    }
    void operator()(const members& m) const {
        text += fmt::format("members {} {}\n", m.set, to_string(m.type));
        constexpr std::size_t usual_bytes = 20; // of a member
        text.reserve(text.size() + m.keys.size() * usual_bytes);
        for (const auto& k : m.keys) {
            k.append_to(text, m.type);
            text += '\n';
        }
    }
    void operator()(const decision& d) const {
        for (const auto& c : d.chains)
            (*this)(c);
    }
    void operator()(const entry& e) const {
        text += fmt::format("entry {} {} {}: {}\n", e.map, to_string(e.type),
                            e.at.to_string(e.type), e.decision);
    }
};

/// Puts what has no order into the one that the texts have.
void sort_matches(std::vector<rule>& rules) {
    for (auto& r : rules)
        for (auto& m : r.matches) {
            if (auto* ports = std::get_if<destination_ports>(&m)) {
                sort_unique(ports->ports);
            } else if (auto* source = std::get_if<source_in>(&m)) {
                sort_unique(source->sets);
                sort_unique(source->blocks);
            }
        }
}

std::string unit_name(std::string_view kind, model::family f, std::string_view name) {
    return fmt::format("{}/{}/{}", kind, model::to_string(f), name);
}

std::shared_ptr<const unit> seal(std::string name, model::family f, unit_content content,
                                 std::vector<cause> causes = {}) {
    sort_unique(causes);
    return std::make_shared<const unit>(unit{.name = std::move(name),
                                             .fam = f,
                                             .content = std::move(content),
                                             .causes = std::move(causes),
                                             .digest_of_text = {}});
}

/// The stage that a decimal number names; throws for any other text, which a decision never holds.
std::size_t stage_number(std::string_view text, std::size_t stages) {
    std::size_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size() || number >= stages)
        throw std::invalid_argument("'" + std::string(text) + "' is no stage of the decision");
    return number;
}

std::string stages_text(const std::vector<std::vector<rule>>& stages) {
    std::string text;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        text += fmt::format("chain {}\n", i);
        append_rules(stages[i], text);
    }
    return text;
}

} // namespace

sha256_digest unit::digest() const {
    return digest_of_text.get([this] { return sha256(text()); });
}

std::string unit::text() const {
    std::string text;
    std::visit(content_text{text}, content);
    return text;
}

std::size_t unit::rule_count() const {
    if (const auto* c = std::get_if<chain>(&content))
        return c->rules.size();
    if (const auto* d = std::get_if<decision>(&content))
        return std::accumulate(
            d->chains.begin(), d->chains.end(), std::size_t{0},
            [](std::size_t sum, const chain& c) { return sum + c.rules.size(); });
    return 0;
}

std::size_t unit::member_count() const {
    if (const auto* m = std::get_if<members>(&content))
        return m->keys.size();
    return std::holds_alternative<entry>(content) ? 1 : 0;
}

std::shared_ptr<const unit> make_unit(model::family f, chain content) {
    sort_matches(content.rules);
    auto name = unit_name("chain", f, content.name);
    return seal(std::move(name), f, std::move(content));
}

std::shared_ptr<const unit> make_unit(set content) {
    const auto f = content.fam;
    auto name = set_unit_name(f, content.name);
    return seal(std::move(name), f, std::move(content));
}

std::shared_ptr<const unit> make_unit(model::family f, members content,
                                      const std::optional<model::cidr>& block) {
    sort_unique(content.keys);
    content.keys.shrink_to_fit();
    auto name = members_unit_name(f, content.set, block);
    return seal(std::move(name), f, std::move(content));
}

std::shared_ptr<const unit> make_unit(model::family f, decision content,
                                      std::vector<cause> causes) {
    assert(!content.chains.empty());
    for (auto& c : content.chains)
        sort_matches(c.rules);
    auto name = unit_name("decision", f, content.name());
    return seal(std::move(name), f, std::move(content), std::move(causes));
}

std::shared_ptr<const unit> make_unit(std::string name, model::family f, entry content,
                                      std::vector<cause> causes) {
    return seal(std::move(name), f, std::move(content), std::move(causes));
}

std::string set_unit_name(model::family f, std::string_view set) {
    return unit_name("set", f, set);
}

std::string members_unit_name(model::family f, std::string_view set,
                              const std::optional<model::cidr>& block) {
    auto name = unit_name("members", f, set);
    if (block) {
        name += '/';
        block->append_to(name);
    }
    return name;
}

decision named_by_content(std::vector<std::vector<rule>> stages) {
    if (stages.empty())
        throw std::invalid_argument("a decision has at least one stage");
    for (auto& rules : stages)
        sort_matches(rules);
    const auto name = "NW-D-" + short_hash(stages_text(stages));
    const auto name_of = [&](std::size_t stage) {
        return stage == 0 ? name : fmt::format("{}-{}", name, stage);
    };
    decision named;
    named.chains.reserve(stages.size());
    for (std::size_t i = 0; i < stages.size(); ++i) {
        for (auto& r : stages[i])
            if (auto* to = std::get_if<go_to>(&r.then))
                to->chain = name_of(stage_number(to->chain, stages.size()));
        named.chains.push_back({.name = name_of(i), .rules = std::move(stages[i]), .at = {}});
    }
    return named;
}

std::string hashed_set_name(purpose p, model::family f, std::string_view identity) {
    assert(p == purpose::peers || p == purpose::blocks);
    return fmt::format("NW-{}-{}-{}", p == purpose::peers ? "PEERS" : "BLOCKS",
                       f == model::family::ipv4 ? '4' : '6', short_hash(identity));
}

} // namespace nodewall::ruleset
