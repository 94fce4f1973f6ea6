#include "compiler/door_verdict.hpp"

#include "base/sort_unique.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace nodewall::compiler {

namespace {

/// The union of what backends admit, and how they differ.
class sum {
public:
    sum(model::family f, state_reader& reader) : total_(f), reader_(reader) {}

    /// `theirs` must outlive the sum.
    void add(const backend& b, const admission& theirs) {
        ++backends_with_[&theirs];
        if (b.what != backend::sort::pod)
            return;
        // A pod reaches itself through its Service.
        for (const auto& own : b.pod->addresses)
            if (own.fam() == total_.fam && reader_.owner(own) == b.pod)
                own_.push_back(own);
    }

    admission total() && {
        for (const auto& [theirs, count] : backends_with_)
            total_.add(*theirs);
        sort_unique(own_);
        total_.add_pods(own_);
        total_.normalize();
        return std::move(total_);
    }

    std::string mixed() const {
        const auto& first = *backends_with_.begin()->first;
        if (std::all_of(backends_with_.begin(), backends_with_.end(),
                        [&](const auto& entry) { return *entry.first == first; }))
            return {};
        std::size_t everyone = 0;
        std::size_t nobody = 0;
        std::size_t some = 0;
        for (const auto& [theirs, count] : backends_with_)
            (theirs->everyone ? everyone : theirs->nobody() ? nobody : some) += count;
        return fmt::format("{} of its {} backends admit every source, {} some and {} none; it is "
                           "open to whomever one of them admits",
                           everyone, everyone + some + nobody, some, nobody);
    }

private:
    admission total_;
    std::vector<model::ip_address> own_; // of the backends
    state_reader& reader_;
    std::map<const admission*, std::size_t> backends_with_;
};

/// Of the backends of one door: whom outsiders are judged by. Where none is here, they are sent
/// nowhere; they are judged like pods, by all, so that the door stays shut while the endpoints move
/// and kube-proxy lags behind.
std::vector<backend> backends_for_outsiders(const door_backends& door) {
    std::vector<backend> here;
    if (door.judged_as == traffic::local)
        std::ranges::copy_if(door.all, std::back_inserter(here), &backend::local);
    return here.empty() ? door.all : here;
}

/// Local: every pod that some backend on any node admits.
void admit_pods(admission& admitted, std::span<const backend> backends, ingress_judge& judge,
                state_reader& reader) {
    sum of_all(admitted.fam, reader);
    for (const auto& b : backends)
        of_all.add(b, judge.admits(b));
    const auto anywhere = std::move(of_all).total();
    admitted.add_pods(anywhere.pods);
    if (anywhere.everyone || !anywhere.blocks.empty()) {
        auto pods = reader.pod_addresses(admitted.fam);
        std::erase_if(pods, [&](const auto& address) {
            return !anywhere.everyone && !anywhere.blocks.contains(address);
        });
        admitted.add_pods(pods);
    }
    admitted.normalize();
}

} // namespace

door_verdict judge_door(std::span<const door_backends> doors, model::family f,
                        state_reader& reader) {
    door_verdict verdict(f);
    ingress_judge judge(reader, f);
    std::vector<backend> judged;
    std::vector<const door_backends*> partly; // that judge pods by more backends than outsiders
    for (const auto& door : doors) {
        const auto part = backends_for_outsiders(door);
        judged.insert(judged.end(), part.begin(), part.end());
        if (part.size() < door.all.size())
            partly.push_back(&door);
    }
    if (judged.empty())
        return verdict;
    if (doors.size() > 1)
        sort_unique(judged);
    sum of_judged(f, reader);
    for (const auto& b : judged)
        of_judged.add(b, judge.admits(b));
    verdict.mixed = of_judged.mixed();
    verdict.admitted = std::move(of_judged).total();
    verdict.refused = !verdict.admitted.everyone;
    if (verdict.refused)
        for (const auto* door : partly)
            admit_pods(verdict.admitted, door->all, judge, reader);
    verdict.policies.assign(judge.policies().begin(), judge.policies().end());
    return verdict;
}

} // namespace nodewall::compiler
