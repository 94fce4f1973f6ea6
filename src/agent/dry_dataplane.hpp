// A kernel in memory: what `--dry-run` applies to, and what tests and simulation look into.
#pragma once

#include "model/dataplane.hpp"

#include <map>
#include <string>

namespace nodewall::agent {

class dry_dataplane final : public model::dataplane {
public:
    result<void> probe() override { return {}; }
    result<model::kernel_snapshot> read() override;
    model::apply_outcome apply(const model::plan& p, std::size_t first) override;

private:
    void perform(const model::create_set& s);
    void perform(const model::add_members& s);
    void perform(const model::remove_members& s);
    void perform(const model::commit_table& s);
    void perform(const model::destroy_set& s);

    std::map<model::family, std::vector<model::chain>> tables_;
    std::map<std::string, model::kernel_snapshot::set> sets_;
};

} // namespace nodewall::agent
