// One family's table mangle, as it was at one moment, to be read or edited and committed.
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/xt/rule.hpp"
#include "netfilter/iptables/xt/set_ids.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

struct seen_rule {
    std::string target;          // a chain, a verdict or an extension; empty: goes on
    std::optional<xt_rule> rule; // nothing: not of a form that nodewall writes
    std::uint64_t packets = 0;   // that it met
};

/// Positions count from 0 and are those after all edits so far. Nothing reaches the kernel before
/// commit(), which counts on the xtables lock being held since the snapshot was taken.
class table_snapshot {
public:
    virtual ~table_snapshot() = default;

    virtual std::vector<std::string> chains() = 0;
    virtual bool is_builtin(const std::string& chain) = 0;
    virtual std::vector<seen_rule> rules(const std::string& chain) = 0;

    virtual result<void> create_chain(const std::string& chain) = 0;
    virtual result<void> flush_chain(const std::string& chain) = 0;
    /// An empty chain that no rule leads to.
    virtual result<void> delete_chain(const std::string& chain) = 0;
    virtual result<void> insert(const std::string& chain, std::size_t position,
                                const xt_rule& rule) = 0;
    virtual result<void> erase(const std::string& chain, std::size_t position) = 0;

    /// False: the table changed since the snapshot; take another one. Counters of rules that were
    /// not edited go on.
    virtual result<bool> commit() = 0;
};

/// `ids` must outlive the snapshot: the sets that rules are read and written with.
result<std::unique_ptr<table_snapshot>> take_snapshot(model::family f, const set_ids& ids);

/// Whether the kernel speaks this family at all.
bool has_family(model::family f);
/// Whether the table, every match and every target is there; loads modules where that is possible.
result<void> probe_mangle(model::family f);

} // namespace nodewall::netfilter::iptables
