// A kernel in memory: what `--dry-run` applies to, and what tests and simulation look into. Refuses
// what the real one refuses, and shows each instant of an apply.
#pragma once

#include "netfilter/iptables/kernel/port.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

class memory_kernel final : public kernel_port {
public:
    explicit memory_kernel(std::vector<model::family> families = {model::family::ipv4,
                                                                  model::family::ipv6});

    result<void> probe() override { return {}; }
    result<kernel_content> read() override;
    result<void> create(const set_definition& set) override;
    result<void> destroy(const std::string& set) override;
    result<void> flush(const std::string& set) override;
    result<void> add(const set_definition& set, const std::vector<set_member>& members) override;
    result<void> remove(const set_definition& set, const std::vector<set_member>& members) override;
    result<void> add(const set_definition& list, const std::vector<std::string>& names) override;
    result<bool> commit(model::family f, const std::vector<xt_chain>& chains) override;

    struct kernel_set {
        set_definition definition;
        /// By key: a member whose mark is zero, with its mark and mask beside it.
        std::map<set_member, std::pair<std::uint32_t, std::uint32_t>> members;
        std::set<std::string> names; // of list:set
    };
    std::map<model::family, std::vector<xt_chain>> tables;
    std::map<std::string, kernel_set, std::less<>> sets;

    /// Called after each change that a packet could see: each member, each table.
    std::function<void()> on_change;
    /// Asked before each call that changes something, with what it does ("create SET", "commit
    /// ipv4"); an error is the call's outcome.
    std::function<std::optional<error>(const std::string& act)> before_act;
    std::optional<error> read_fails; // the next time

private:
    result<kernel_set*> find(const std::string& set, const char* act);
    bool is_used(const std::string& set) const;
    result<void> may(const std::string& act) const;
    void changed() const;
};

} // namespace nodewall::netfilter::iptables
