#include "compiler/decisions/program.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <string>
#include <utility>

namespace nodewall::compiler {

namespace {

/// The stages of `p`, to stand behind `before` stages, with `refused` in place of its refusals.
std::vector<stage> moved(const program& p, std::size_t before, outcome refused) {
    const auto move = [&](outcome& o) {
        if (o.what == outcome::kind::pass)
            o.stage += before;
        else if (o.what == outcome::kind::refuse)
            o = refused;
    };
    auto stages = p.stages();
    for (auto& s : stages) {
        for (auto& i : s.instructions)
            move(i.then);
        move(s.end);
    }
    return stages;
}

ruleset::verdict verdict_of(const outcome& o) {
    switch (o.what) {
    case outcome::kind::admit:
        return ruleset::return_{};
    case outcome::kind::refuse:
        return ruleset::drop{};
    case outcome::kind::pass:
        break;
    }
    return ruleset::go_to{std::to_string(o.stage)};
}

} // namespace

program::program(model::family f, std::vector<stage> stages)
    : family_(f), stages_(std::move(stages)) {
    assert(!stages_.empty());
    normalize();
}

program program::admit_everyone(model::family f) {
    return program(f, {{.instructions = {}, .end = outcome::admit()}});
}

program program::refuse_everyone(model::family f) {
    return program(f, {{.instructions = {}, .end = outcome::refuse()}});
}

program program::admit_only(sources who) {
    const auto f = who.blocks.fam();
    return program(
        f, {{.instructions = {{std::move(who), outcome::admit()}}, .end = outcome::refuse()}});
}

bool program::ends_at_once(outcome::kind what) const {
    return stages_.front().instructions.empty() && stages_.front().end.what == what;
}

const sources* program::admits_only() const {
    const auto& first = stages_.front();
    const bool plain = stages_.size() == 1 && first.instructions.size() == 1 &&
                       first.instructions.front().then == outcome::admit() &&
                       first.end == outcome::refuse();
    return plain ? &first.instructions.front().who : nullptr;
}

std::vector<shared_peer_set> program::sets() const {
    std::vector<shared_peer_set> all;
    for (const auto& s : stages_)
        for (const auto& i : s.instructions)
            all.insert(all.end(), i.who.sets.begin(), i.who.sets.end());
    keep_each_once(all);
    return all;
}

/// Takes out what nothing reaches and what changes nothing, until there is no such thing. Each
/// round costs n log n in what the program holds. Two are enough for nearly all programs: only
/// where instructions that have come together mean anyone is there more to do, and so deep as to
/// need more rounds than there are, a program is left with a longer spelling.
void program::normalize() {
    constexpr int rounds_max = 32;
    int rounds = 0;
    do
        resolve_ends();
    while (join_stages() && ++rounds < rounds_max);
}

/// From the last stage on: a stage without instructions is what its end says.
void program::resolve_ends() {
    for (std::size_t n = stages_.size(); n-- > 0;) {
        auto& s = stages_[n];
        const auto resolve = [&](outcome& o) {
            if (o.what != outcome::kind::pass)
                return;
            assert(o.stage > n && o.stage < stages_.size());
            // The end of a later stage is resolved already.
            if (const auto& next = stages_[o.stage]; next.instructions.empty())
                o = next.end;
        };
        for (auto& i : s.instructions)
            resolve(i.then);
        resolve(s.end);
        shorten(s);
    }
}

void program::shorten(stage& s) const {
    std::erase_if(s.instructions, [](const instruction& i) { return i.who.nobody(); });
    std::vector<instruction> kept;
    for (auto at = s.instructions.begin(); at != s.instructions.end();) {
        // Those that follow each other with one outcome are one.
        auto& first = *at;
        std::vector<const sources*> further;
        while (++at != s.instructions.end() && at->then == first.then)
            further.push_back(&at->who);
        if (!further.empty())
            first.who.add(further);
        if (first.who.anyone) {
            s.end = first.then;
            break;
        }
        kept.push_back(std::move(first));
    }
    while (!kept.empty() && kept.back().then == s.end)
        kept.pop_back();
    s.instructions = std::move(kept);
}

/// Appends stages to those whose end alone leads to them, and takes out stages that nothing leads
/// to. Returns whether there were any.
bool program::join_stages() {
    struct place {
        std::size_t leads = 0;  // that lead to the stage
        std::size_t end_of = 0; // the last stage whose end does
        bool by_an_end = false;
        std::size_t now = 0; // where it stands among those that are kept
    };
    std::vector<place> places(stages_.size());
    std::vector<stage> kept;
    // Passes lead forward: whatever leads to a stage has been kept already, or never will be.
    for (std::size_t n = 0; n < stages_.size(); ++n) {
        auto& here = places[n];
        if (n > 0 && here.leads == 0)
            continue;
        const bool joins = here.leads == 1 && here.by_an_end;
        here.now = joins ? here.end_of : kept.size();
        auto& s = stages_[n];
        for (const auto& i : s.instructions)
            if (i.then.what == outcome::kind::pass)
                ++places[i.then.stage].leads;
        if (s.end.what == outcome::kind::pass) {
            auto& next = places[s.end.stage];
            ++next.leads;
            next.by_an_end = true;
            next.end_of = here.now;
        }
        if (!joins) {
            kept.push_back(std::move(s));
            continue;
        }
        auto& before = kept[here.now];
        std::ranges::move(s.instructions, std::back_inserter(before.instructions));
        before.end = s.end;
    }
    const auto renumber = [&](outcome& o) {
        if (o.what == outcome::kind::pass)
            o.stage = places[o.stage].now;
    };
    for (auto& s : kept) {
        for (auto& i : s.instructions)
            renumber(i.then);
        renumber(s.end);
    }
    const bool fewer = kept.size() < stages_.size();
    stages_ = std::move(kept);
    return fewer;
}

/// Those that plainly admit some and refuse the others are one; the others are asked one after the
/// other, in the order of their names, each refusal leading to the next.
program program::any_of(model::family f, std::vector<program> programs) {
    sources plain(f);
    std::vector<const sources*> admitted;
    std::vector<std::pair<std::string, program>> others;
    for (auto& p : programs) {
        if (p.admits_everyone())
            return admit_everyone(f);
        if (const auto* who = p.admits_only())
            admitted.push_back(who);
        else if (!p.admits_nobody())
            others.emplace_back(p.as_decision().name(), std::move(p));
    }
    plain.add(admitted);
    std::ranges::sort(others, {}, &std::pair<std::string, program>::first);
    const auto same_name = [](const auto& a, const auto& b) { return a.first == b.first; };
    others.erase(std::unique(others.begin(), others.end(), same_name), others.end());

    std::vector<stage> all{{.instructions = {{std::move(plain), outcome::admit()}},
                            .end = others.empty() ? outcome::refuse() : outcome::pass(1)}};
    for (std::size_t n = 0; n < others.size(); ++n) {
        const auto& p = others[n].second;
        const auto behind = all.size() + p.stages().size();
        const bool last = n + 1 == others.size();
        std::ranges::move(moved(p, all.size(), last ? outcome::refuse() : outcome::pass(behind)),
                          std::back_inserter(all));
    }
    return program(f, std::move(all));
}

program program::turned_round() const {
    const auto turn = [](outcome& o) {
        if (o.what != outcome::kind::pass)
            o = o.what == outcome::kind::admit ? outcome::refuse() : outcome::admit();
    };
    auto stages = stages_;
    for (auto& s : stages) {
        for (auto& i : s.instructions)
            turn(i.then);
        turn(s.end);
    }
    return program(family_, std::move(stages));
}

/// Whom one of them refuses is not admitted.
program program::all_of(model::family f, std::vector<program> programs) {
    for (auto& p : programs)
        p = p.turned_round();
    return any_of(f, std::move(programs)).turned_round();
}

program program::choose(const sources& who, const program& those, const program& others) {
    const auto behind = 1 + those.stages().size();
    std::vector<stage> all{
        {.instructions = {{who, outcome::pass(1)}}, .end = outcome::pass(behind)}};
    std::ranges::move(moved(those, 1, outcome::refuse()), std::back_inserter(all));
    std::ranges::move(moved(others, behind, outcome::refuse()), std::back_inserter(all));
    return program(those.fam(), std::move(all));
}

program program::limited_to(const sources& who) const {
    std::vector<stage> all{{.instructions = {{who, outcome::pass(1)}}, .end = outcome::refuse()}};
    std::ranges::move(moved(*this, 1, outcome::refuse()), std::back_inserter(all));
    return program(family_, std::move(all));
}

ruleset::decision program::as_decision() const {
    std::vector<std::vector<ruleset::rule>> chains;
    for (const auto& s : stages_) {
        auto& rules = chains.emplace_back();
        for (const auto& i : s.instructions)
            rules.push_back({.matches = {*i.who.as_match()}, .then = verdict_of(i.then)});
        rules.push_back({.matches = {}, .then = verdict_of(s.end)});
    }
    return ruleset::named_by_content(std::move(chains));
}

} // namespace nodewall::compiler
