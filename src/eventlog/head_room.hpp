// How much of the log the live objects of each namespace take. Under a budget for all of them
// nobody is refused anything; over it, only who takes more than an equal share. So no namespace
// ever stands in another's way, and all heads together take at most twice the budget.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace nodewall::eventlog {

class head_room {
public:
    void set_budget(std::uint64_t bytes) { budget_ = bytes; }

    /// Why a body may not grow so in this namespace; empty: it may. Objects of the cluster, and
    /// agent events, have no namespace, and are never refused: no tenant writes them.
    std::string lacking(std::string_view namespace_, std::uint64_t before,
                        std::uint64_t after) const;

    void take(std::string_view namespace_, std::uint64_t bytes);
    void release(std::string_view namespace_, std::uint64_t bytes);
    void clear();

private:
    std::uint64_t budget_ = UINT64_MAX;
    std::uint64_t total_ = 0;
    std::map<std::string, std::uint64_t, std::less<>> bytes_; // by namespace
};

} // namespace nodewall::eventlog
