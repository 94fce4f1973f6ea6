// How much history the objects of each namespace leave in the log between two cuts. Who changes
// more than the budget loses history of its own: the version that a change replaces goes with it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace nodewall::eventlog {

class history_room {
public:
    void set_budget(std::uint64_t bytes) { budget_ = bytes; }
    std::uint64_t budget() const noexcept { return budget_; }

    enum class answer {
        keep,
        let_go_first, ///< of this namespace, since the last clear(): the log is to say so
        let_go,
    };
    /// What is to become of so many bytes that were replaced. Objects of the cluster have no
    /// namespace, and keep their history: no tenant writes them.
    answer ask(std::string_view namespace_, std::uint64_t bytes) {
        if (namespace_.empty())
            return answer::keep;
        auto found = taken_.find(namespace_);
        if (found == taken_.end())
            found = taken_.emplace(namespace_, taken{}).first;
        auto& taken = found->second;
        if (bytes <= budget_ - taken.bytes) {
            taken.bytes += bytes;
            return answer::keep;
        }
        const bool told = taken.told;
        taken.told = true;
        return told ? answer::let_go : answer::let_go_first;
    }
    /// A cut made room, or the log was read anew.
    void clear() { taken_.clear(); }

private:
    struct taken {
        std::uint64_t bytes = 0; // at most the budget
        bool told = false;
    };
    std::uint64_t budget_ = UINT64_MAX;
    std::map<std::string, taken, std::less<>> taken_; // by namespace
};

} // namespace nodewall::eventlog
