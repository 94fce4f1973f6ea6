// The one spelling of programs: what a program makes of its stages at once is what the same rules,
// applied one by one until none applies, lead to.
#include "cluster.hpp"
#include "compiler/decisions/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::test {
namespace {

using compiler::instruction;
using compiler::outcome;
using compiler::program;
using compiler::sources;
using compiler::stage;
using stage_list = std::vector<stage>;

constexpr auto v4 = model::family::ipv4;

template <class F> void each_outcome(stage_list& stages, F visit) {
    for (auto& s : stages) {
        for (auto& i : s.instructions)
            visit(i.then);
        visit(s.end);
    }
}

/// What leads to a stage without instructions leads to where its end leads.
bool skip_one(stage_list& stages) {
    bool found = false;
    each_outcome(stages, [&](outcome& o) {
        if (!found && o.what == outcome::kind::pass && stages[o.stage].instructions.empty()) {
            found = true;
            o = stages[o.stage].end;
        }
    });
    return found;
}

/// Within a stage: an instruction that means nobody, anyone, or does what stands behind it does.
bool shorten_one(stage_list& stages) {
    for (auto& [all, end] : stages)
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool last = i + 1 == all.size();
            if (all[i].who.anyone) {
                end = all[i].then;
                all.resize(i, {sources(v4), outcome::admit()});
            } else if (all[i].who.nobody() || (last && all[i].then == end)) {
                all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
            } else if (!last && all[i].then == all[i + 1].then) {
                all[i].who.add(all[i + 1].who);
                all.erase(all.begin() + static_cast<std::ptrdiff_t>(i) + 1);
            } else {
                continue;
            }
            return true;
        }
    return false;
}

/// A stage that nothing leads to goes; one that only the end of another leads to stands behind it.
bool join_one(stage_list& stages) {
    std::vector<std::size_t> leads(stages.size());
    each_outcome(stages, [&](const outcome& o) {
        if (o.what == outcome::kind::pass)
            ++leads[o.stage];
    });
    for (std::size_t n = 1; n < stages.size(); ++n) {
        const auto before = std::ranges::find(stages, outcome::pass(n), &stage::end);
        if (leads[n] > 1 || (leads[n] == 1 && before == stages.end()))
            continue;
        if (leads[n] == 1) {
            for (auto& i : stages[n].instructions)
                before->instructions.push_back(std::move(i));
            before->end = stages[n].end;
        }
        stages.erase(stages.begin() + static_cast<std::ptrdiff_t>(n));
        each_outcome(stages, [&](outcome& o) {
            if (o.what == outcome::kind::pass && o.stage > n)
                --o.stage;
        });
        return true;
    }
    return false;
}

stage_list spelled_step_by_step(stage_list stages) {
    while (skip_one(stages) || shorten_one(stages) || join_one(stages)) {
    }
    return stages;
}

stage_list random_stages(std::mt19937_64& random) {
    const auto upto = [&](std::size_t n) { return random() % n; };
    const auto count = 1 + upto(7);
    stage_list stages(count);
    for (std::size_t n = 0; n < count; ++n) {
        const auto any_outcome = [&] {
            const auto kind = upto(n + 1 < count ? 4 : 2);
            return kind == 0 ? outcome::admit()
                   : kind == 1
                       ? outcome::refuse()
                       : outcome::pass(n + 1 + upto(std::min<std::size_t>(count - n - 1, 3)));
        };
        for (auto i = upto(4); i > 0; --i) {
            sources who(v4);
            if (upto(3) == 0) // two of these mean anyone together
                who.blocks.add(net(upto(2) == 0 ? "0.0.0.0/1" : "128.0.0.0/1"));
            else if (upto(6) != 0)
                who.blocks.add(net("10.0.0." + std::to_string(upto(8)) + "/32"));
            stages[n].instructions.push_back({std::move(who), any_outcome()});
        }
        stages[n].end = any_outcome();
    }
    return stages;
}

TEST(ProgramSpelling, IsWhatSingleStepsLeadTo) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 20'000; ++round) {
        const auto stages = random_stages(random);
        ASSERT_EQ(program(v4, stages).stages(), spelled_step_by_step(stages)) << round;
    }
}

} // namespace
} // namespace nodewall::test
