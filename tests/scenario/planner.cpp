// Scenario scripts of the iptables backend's planner, on a kernel in memory: which acts, in which
// order.
//
//     peers NAME [ADDRESS...]              a peer set and its members
//     door PORT admit SOURCE[,SOURCE...]   this NodePort admits these and refuses all others
//     door PORT refuse SOURCE[,SOURCE...]  it refuses these and admits all others
//     door PORT open
//     refuse-from N                        the kernel refuses from act N on of the next apply
//     lock, unlock                         somebody else holds the xtables lock
//     apply, tidy, read                    each prints its acts and its outcome; sets of slots that
//                                          are made or destroyed in a row are counted
//     check                                whether the kernel holds what is wanted
// A SOURCE is the name of a peer set, or a block.
#include "harness/gate.hpp"
#include "netfilter/iptables/dataplane.hpp"
#include "netfilter/iptables/kernel/memory_kernel.hpp"
#include "scenario/object_words.hpp"
#include "scenario/script.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

namespace nodewall::test {

namespace {

namespace ipt = netfilter::iptables;

ruleset::gate::stages refuse_only(ruleset::source_in who) {
    return {{{{std::move(who)}, ruleset::drop{}}, {{}, ruleset::return_{}}}};
}

class session {
public:
    session() {
        kernel_.before_act = [this](const std::string& act) { return before(act); };
        backend_->read().value();
    }

    std::string perform(const std::string& line) {
        const auto words = words_of(line);
        const auto& what = words.at(0);
        acts_.clear();
        if (what == "peers")
            peers_[words.at(1)] = {words.begin() + 2, words.end()};
        else if (what == "door")
            set_door(words);
        else if (what == "refuse-from")
            refused_from_ = std::stoul(words.at(1));
        else if (what == "lock" || what == "unlock")
            locked_ = what == "lock";
        else if (what == "apply")
            return told(backend_->apply(wanted()));
        else if (what == "tidy")
            return told(backend_->tidy());
        else if (what == "read")
            return backend_->read() ? "read\n" : "could not be read\n";
        else if (what == "check")
            return check();
        else
            throw std::invalid_argument("no such command: " + what);
        return {};
    }

private:
    struct door {
        bool admits = true; // these, and no others; else the other way round
        std::vector<std::string> sources;
    };

    void set_door(const std::vector<std::string>& words) {
        const auto port = static_cast<std::uint16_t>(std::stoul(words.at(1)));
        if (words.at(2) == "open") {
            doors_.erase(port);
            return;
        }
        door d{.admits = words[2] == "admit", .sources = {}};
        std::string list = words.at(3);
        for (std::size_t comma; (comma = list.find(',')) != std::string::npos;
             list = list.substr(comma + 1))
            d.sources.push_back(list.substr(0, comma));
        d.sources.push_back(list);
        doors_[port] = std::move(d);
    }

    /// The same object as long as nothing of it changes, as the reconciler gives it.
    std::shared_ptr<const ruleset::ruleset> wanted() {
        auto made = make();
        if (wanted_ == nullptr || wanted_->digest() != made->digest())
            wanted_ = std::move(made);
        return wanted_;
    }

    std::shared_ptr<const ruleset::ruleset> make() const {
        ruleset::gate g;
        std::map<std::string, std::string> names;
        for (const auto& [name, members] : peers_) {
            std::vector<model::ip_address> addresses;
            for (const auto& member : members)
                addresses.push_back(ruleset::ip(member));
            names[name] = g.peers(model::family::ipv4, name, addresses);
        }
        for (const auto& [port, d] : doors_) {
            ruleset::source_in who;
            for (const auto& source : d.sources)
                if (const auto set = names.find(source); set != names.end())
                    who.sets.push_back(set->second);
                else
                    who.blocks.push_back(ruleset::block(source));
            std::sort(who.sets.begin(), who.sets.end());
            auto stages = d.admits ? ruleset::admit_only(who) : refuse_only(who);
            g.shut(ruleset::nodeport(port), g.decide(model::family::ipv4, std::move(stages)));
        }
        return std::make_shared<const ruleset::ruleset>(g.rules);
    }

    std::optional<error> before(const std::string& act) {
        if (refused_from_ && acts_.size() + 1 >= *refused_from_)
            return error(ruleset::dataplane_errc::kernel_refused, "test");
        if (locked_ && act.starts_with("commit"))
            return error(ruleset::dataplane_errc::busy, "test");
        acts_.push_back(act);
        return std::nullopt;
    }

    std::string told(const ruleset::apply_outcome& outcome) {
        std::string text;
        std::string slots; // that are made or destroyed one behind another
        std::size_t count = 0;
        const auto end_of_slots = [&] {
            if (count > 0)
                text += fmt::format("{} {} sets of slots\n", slots, count);
            count = 0;
        };
        for (const auto& act : acts_) {
            const auto what = act.substr(0, act.find(' '));
            const bool of_slot = act.starts_with(what + " NW-SLOT-") && what != "add";
            if (count > 0 && (!of_slot || what != slots))
                end_of_slots();
            if (!of_slot)
                text += act + '\n';
            else {
                slots = what;
                ++count;
            }
        }
        end_of_slots();
        refused_from_.reset();
        if (outcome.failure)
            return text + "failed: " + outcome.failure->message() + '\n';
        return text + (outcome.untidy ? "done, something is to be tidied up\n" : "done\n");
    }

    std::string check() {
        auto copy = kernel_;
        copy.before_act = nullptr;
        const auto held = ipt::dataplane_on(copy)->read().value().rules.digest();
        return held == wanted()->digest() ? "the kernel holds what is wanted\n"
                                          : "the kernel holds something else\n";
    }

    std::map<std::string, std::vector<std::string>> peers_;
    std::map<std::uint16_t, door> doors_;
    std::shared_ptr<const ruleset::ruleset> wanted_;
    std::optional<std::size_t> refused_from_;
    bool locked_ = false;
    std::vector<std::string> acts_;
    ipt::memory_kernel kernel_;
    std::unique_ptr<ruleset::dataplane> backend_ = ipt::dataplane_on(kernel_);
};

} // namespace

} // namespace nodewall::test

int main(int argc, char** argv) {
    return nodewall::test::run_scripts_of<nodewall::test::session>(argc, argv);
}
