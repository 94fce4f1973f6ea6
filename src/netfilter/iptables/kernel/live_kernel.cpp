#include "netfilter/iptables/kernel/live_kernel.hpp"

#include "netfilter/iptables/ipset/sets.hpp"
#include "netfilter/iptables/kernel/xtables_lock.hpp"
#include "netfilter/iptables/table/snapshot.hpp"
#include "ruleset/dataplane.hpp"

#include <cstdlib>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

/// The table is locked, so a commit that finds it changed means a program that ignores the lock.
constexpr unsigned commit_attempts_max = 8;

class live_kernel final : public kernel_port {
public:
    explicit live_kernel(std::string lock) : lock_(std::move(lock)) {}

    result<void> probe() override {
        for (const auto f : present_families()) {
            if (auto tables = probe_mangle(f); !tables)
                return tables;
            if (auto types = sets_.probe(f); !types)
                return types;
        }
        return {};
    }

    result<kernel_content> read() override {
        const auto ids = read_set_ids();
        if (!ids)
            return ids.error();
        auto found = sets_.read(*ids);
        if (!found)
            return found.error();
        kernel_content content{.tables = {},
                               .sets = std::move(found->sets),
                               .foreign_sets = std::move(found->foreign),
                               .remarks = std::move(found->remarks)};
        for (const auto f : present_families()) {
            const auto table = take_snapshot(f, *ids);
            if (!table)
                return table.error();
            content.tables.push_back({.fam = f, .content = describe(**table, f)});
        }
        return content;
    }

    result<void> create(const set_definition& set) override { return sets_.create(set); }
    result<void> destroy(const std::string& set) override { return sets_.destroy(set); }
    result<void> flush(const std::string& set) override { return sets_.flush(set); }
    result<void> add(const set_definition& set, const std::vector<set_member>& members) override {
        return sets_.add(set, members);
    }
    result<void> remove(const set_definition& set,
                        const std::vector<set_member>& members) override {
        return sets_.remove(set, members);
    }
    result<void> add(const set_definition& list, const std::vector<std::string>& names) override {
        return sets_.add(list, names);
    }

    /// The lock is held from the snapshot to the commit: the kernel notices a foreign change in
    /// between only where it changed the number of rules.
    result<bool> commit(model::family f, const std::vector<xt_chain>& chains) override {
        const auto lock = xtables_lock::try_take(lock_);
        if (!lock)
            return lock.error();
        const auto ids = read_set_ids();
        if (!ids)
            return ids.error();
        for (unsigned attempt = 0; attempt < commit_attempts_max; ++attempt) {
            const auto table = take_snapshot(f, *ids);
            if (!table)
                return table.error();
            const auto edited = edit(**table, chains);
            if (!edited)
                return edited.error();
            if (!*edited)
                return false;
            const auto committed = (*table)->commit();
            if (!committed)
                return committed.error();
            if (*committed)
                return true;
        }
        return error(ruleset::dataplane_errc::kernel_refused,
                     "table mangle is being changed by a program that ignores the xtables lock");
    }

private:
    static std::vector<model::family> present_families() {
        std::vector<model::family> present{model::family::ipv4};
        if (has_family(model::family::ipv6))
            present.push_back(model::family::ipv6);
        return present;
    }

    std::string lock_;
    iptables::sets sets_;
};

} // namespace

std::unique_ptr<kernel_port> open_live_kernel(std::string xtables_lock) {
    if (const char* file = std::getenv("XTABLES_LOCKFILE"); file != nullptr)
        xtables_lock = file;
    return std::make_unique<live_kernel>(std::move(xtables_lock));
}

} // namespace nodewall::netfilter::iptables
