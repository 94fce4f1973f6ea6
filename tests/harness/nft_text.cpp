// Rulesets told in lines on standard input, as a text for `nft -f` on standard output, and what the
// evaluator says about packets.
//
//     peers NAME ADDRESS...                the first one tells the family, of blocks too
//     blocks NAME BLOCK...
//     exempt BLOCK...
//     decision FAMILY NAME                 4 or 6; the rules and stages that follow are its own
//     rule VERDICT... [: SOURCE...]        "return", "drop", "note GROUP", "goto STAGE"; SOURCE is
//     a
//                                          NAME or a BLOCK; without any, every packet
//     stage
//     nodeport FAMILY PROTOCOL PORT DECISION
//     external ADDRESS PROTOCOL PORT DECISION
//     ask SOURCE DESTINATION PROTOCOL PORT [local]
//
// A "#" line of the output answers each `ask`, in their order: "# admitted", "# refused".
#include "netfilter/nftables/nft_text.hpp"
#include "harness/gate.hpp"
#include "ruleset/evaluator.hpp"

#include <fmt/core.h>

#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace {

using namespace nodewall;
using namespace nodewall::ruleset;
using model::family;

class description {
public:
    void take(const std::string& line) {
        std::istringstream words(line);
        std::string what, name;
        words >> what;
        if (what == "peers") {
            words >> name;
            const auto all = rest<model::ip_address>(words, ip);
            sets_[name] = made_.peers(all.at(0).fam(), name, all);
        } else if (what == "blocks") {
            words >> name;
            const auto all = rest<model::cidr>(words, block);
            sets_[name] = made_.blocks(all.at(0).fam(), all);
        } else if (what == "exempt") {
            const auto all = rest<model::cidr>(words, block);
            made_.exempt(all.at(0).fam(), all);
        } else if (what == "decision") {
            finish();
            fam_ = read_family(words);
            words >> deciding_;
            stages_ = {{}};
        } else if (what == "stage") {
            stages_.emplace_back();
        } else if (what == "rule") {
            stages_.at(stages_.size() - 1).push_back(read_rule(words));
        } else if (what == "nodeport") {
            finish();
            const auto f = read_family(words);
            const auto proto = read_protocol(words);
            const auto port = read_port(words);
            words >> name;
            made_.shut(nodeport(port, f, proto), decisions_.at(name));
        } else if (what == "external") {
            finish();
            std::string address;
            words >> address;
            const auto proto = read_protocol(words);
            const auto port = read_port(words);
            words >> name;
            made_.shut(external(address, port, proto), decisions_.at(name));
        } else if (what == "ask") {
            questions_.push_back(read_question(words));
        } else if (!what.empty()) {
            throw std::invalid_argument(line);
        }
    }

    void print() {
        finish();
        fmt::print("{}", netfilter::to_nft(made_.rules));
        const evaluator ruled(made_.rules);
        for (const auto& p : questions_)
            fmt::print("# {}\n", ruled.admits(p) ? "admitted" : "refused");
    }

private:
    template <class T, class F> static std::vector<T> rest(std::istream& words, F parse) {
        std::vector<T> all;
        for (std::string word; words >> word;)
            all.push_back(parse(word));
        return all;
    }
    static family read_family(std::istream& words) {
        int digit = 0;
        words >> digit;
        return digit == 4 ? family::ipv4 : family::ipv6;
    }
    static model::protocol read_protocol(std::istream& words) {
        std::string word;
        words >> word;
        return model::parse_protocol(word).value();
    }
    static std::uint16_t read_port(std::istream& words) {
        std::uint16_t port = 0;
        words >> port;
        return port;
    }
    static packet read_question(std::istream& words) {
        std::string source, destination, local;
        words >> source >> destination;
        packet p{.source = ip(source), .destination = ip(destination)};
        p.proto = read_protocol(words);
        p.port = read_port(words);
        words >> local;
        p.destination_local = local == "local";
        return p;
    }

    rule read_rule(std::istream& words) const {
        rule r;
        std::string word;
        words >> word;
        if (word == "drop")
            r.then = drop{};
        else if (word == "note")
            r.then = note{read_port(words)};
        else if (word == "goto" && words >> word)
            r.then = go_to{word};
        if (!(words >> word))
            return r;
        source_in source;
        while (words >> word) {
            if (const auto set = sets_.find(word); set != sets_.end())
                source.sets.push_back(set->second);
            else
                source.blocks.push_back(block(word));
        }
        r.matches.emplace_back(std::move(source));
        return r;
    }

    /// The decision whose stages were told, if any.
    void finish() {
        if (!deciding_.empty())
            decisions_[deciding_] = made_.decide(fam_, std::move(stages_));
        deciding_.clear();
    }

    gate made_;
    std::map<std::string, std::string> sets_, decisions_; // names in the ruleset
    std::string deciding_;
    family fam_ = family::ipv4;
    gate::stages stages_;
    std::vector<packet> questions_;
};

} // namespace

int main() {
    description told;
    for (std::string line; std::getline(std::cin, line);)
        told.take(line);
    told.print();
    return 0;
}
