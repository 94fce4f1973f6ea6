// A kernel in memory: refuses what the real one refuses, and shows each instant of an apply.
#pragma once

#include "model/dataplane.hpp"

#include <functional>
#include <optional>

namespace nodewall::test {

class memory_kernel final : public model::dataplane {
public:
    explicit memory_kernel(std::vector<model::family> families = {model::family::ipv4,
                                                                  model::family::ipv6});

    result<void> probe() override { return {}; }
    result<model::kernel_snapshot> read() override;
    model::apply_outcome apply(const model::plan& p, std::size_t first = 0) override;

    model::kernel_snapshot now;
    /// Called after each change that a packet could see: each member, each table.
    std::function<void()> on_change;
    /// The next calls end so instead: read() with the error, apply() at the step.
    std::optional<error> read_fails;
    struct failing_step {
        std::size_t step = 0;
        error why;
    };
    std::optional<failing_step> apply_fails;

private:
    result<void> perform(const model::create_set& step);
    result<void> perform(const model::add_members& step);
    result<void> perform(const model::remove_members& step);
    result<void> perform(const model::commit_table& step);
    result<void> perform(const model::destroy_set& step);

    model::kernel_snapshot::set* find(const std::string& name);
    bool is_used(const std::string& set) const;
    void changed() const;
};

} // namespace nodewall::test
