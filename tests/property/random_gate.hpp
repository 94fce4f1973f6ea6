// Random rulesets of front doors, and small changes of them: shared peer sets whose members move,
// decisions of one stage and of several, doors in all three maps, some of them one to a packet.
#pragma once

#include "harness/gate.hpp"
#include "ruleset/evaluator.hpp"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace nodewall::test {

class random_gate {
public:
    explicit random_gate(std::uint64_t seed);

    std::shared_ptr<const ruleset::ruleset> rules() const;
    /// One to `count` things of it become others.
    void change(unsigned count);
    /// Also what only a configuration changes.
    void change_configuration();

    /// To every door, from everywhere that makes a difference.
    static std::vector<ruleset::packet> packets();

private:
    struct source {
        std::set<std::size_t> sets; // 0: every pod
        std::set<std::size_t> blocks;
        bool anyone = false;
    };
    struct line {
        source from;
        unsigned verdict = 0; // return, drop, go on, note
        std::size_t stage = 0;
    };
    using program = std::vector<std::vector<line>>;

    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    bool one_in(unsigned n) { return below(n) == 0; }
    source random_source();
    program random_program();
    void move_an_address();
    void change_a_program();
    void change_a_door();
    std::string put(ruleset::gate& g, model::family f, const program& p,
                    std::map<std::size_t, std::string>& names) const;
    std::string name_of(ruleset::gate& g, model::family f, std::size_t set,
                        std::map<std::size_t, std::string>& names) const;

    std::mt19937_64 random_;
    std::vector<std::set<std::size_t>> peers_; // addresses by number
    std::vector<program> programs_;
    std::map<std::size_t, std::size_t> doors_; // by number; the program
    std::set<std::size_t> exempt_;             // blocks by number
    bool some_node_ports_only_ = false;
};

} // namespace nodewall::test
