// What happens to the world, as chance says: the cluster changes, and everything goes wrong that
// may go wrong.
#pragma once

#include "model/event.hpp"
#include "sim/world.hpp"

namespace nodewall::sim {

class workload {
public:
    workload(world& w, std::uint64_t seed, std::size_t changes);

    bool over() const { return next_ == changes_.size(); }
    /// Some changes of the cluster, perhaps a trouble, and some time, perhaps none.
    void step();
    /// All changes that are left, at once.
    void change_whole_cluster();
    /// Ends every trouble that goes on, and lets time pass until nothing can be under way.
    void quiet();

private:
    void change_cluster();
    void change_fences();
    void trouble();
    void break_server();
    void tamper_with_kernel();
    void elapse();

    world& world_;
    chance chance_;
    std::vector<model::event> changes_;
    std::size_t next_ = 0;
    bool fences_served_ = false;
};

} // namespace nodewall::sim
