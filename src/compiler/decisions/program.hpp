// An ordered decision over the source of a connection: what tiers say of one backend at one port,
// and what all backends of a front door say together. The first instruction whose sources hold the
// connection's source decides; where none does, the stage's end decides.
//
//     stage 0   admit  {sources}          admit and refuse are final
//               refuse {sources}          pass leads to the beginning of a later stage
//               pass 1 {sources}
//               end: refuse
//     stage 1   ...
#pragma once

#include "compiler/decisions/sources.hpp"
#include "ruleset/unit.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nodewall::compiler {

struct outcome {
    enum class kind : std::uint8_t { admit, refuse, pass };
    kind what = kind::admit;
    std::size_t stage = 0; // of a pass: a later one
    auto operator<=>(const outcome&) const = default;

    static outcome admit() { return {kind::admit, 0}; }
    static outcome refuse() { return {kind::refuse, 0}; }
    static outcome pass(std::size_t to) { return {kind::pass, to}; }
};

struct instruction {
    sources who;
    outcome then;
    bool operator==(const instruction&) const = default;
};

struct stage {
    std::vector<instruction> instructions;
    outcome end;
    bool operator==(const stage&) const = default;
};

class program {
public:
    /// `stages` are not empty, and pass forward only.
    explicit program(model::family f, std::vector<stage> stages);
    static program admit_everyone(model::family f);
    static program refuse_everyone(model::family f);
    /// Admits these, refuses all others.
    static program admit_only(sources who);

    model::family fam() const { return family_; }
    const std::vector<stage>& stages() const { return stages_; }
    /// Whether it is plain that nobody is ever refused, or nobody ever admitted.
    bool admits_everyone() const { return ends_at_once(outcome::kind::admit); }
    bool admits_nobody() const { return ends_at_once(outcome::kind::refuse); }
    /// The sources of a program that admits these and refuses all others; nullptr for any other.
    const sources* admits_only() const;
    /// Every peer set that it reads, by name, each once.
    std::vector<shared_peer_set> sets() const;

    /// Admits whom one of them admits. Of none: refuses everyone.
    static program any_of(model::family f, std::vector<program> programs);
    /// Admits whom each of them admits. Of none: admits everyone.
    static program all_of(model::family f, std::vector<program> programs);
    /// What `those` says of whom `who` holds, and `others` of everybody else.
    static program choose(const sources& who, const program& those, const program& others);
    /// The same for those whom `who` holds; refuses all others.
    program limited_to(const sources& who) const;

    ruleset::decision as_decision() const;

    bool operator==(const program&) const = default;

private:
    /// Admits whom this one refuses, and the other way round.
    program turned_round() const;
    bool ends_at_once(outcome::kind what) const;
    void normalize();
    void resolve_ends();
    void shorten(stage& s) const;
    bool join_stages();

    model::family family_;
    std::vector<stage> stages_; // normalized: one spelling for nearly every meaning
};

} // namespace nodewall::compiler
