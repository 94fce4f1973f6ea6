// table_snapshot over libiptc, the same for both families. `Api` names the family's functions of
// the library, and its entry format; included by ipv4_mangle.cpp and ipv6_mangle.cpp only.
#pragma once

#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/kernel/file_descriptor.hpp"
#include "netfilter/iptables/kernel/refusal.hpp"
#include "netfilter/iptables/table/snapshot.hpp"
#include "netfilter/iptables/xt/rule_codec.hpp"
#include "ruleset/dataplane.hpp"

#include <fmt/core.h>
#include <libiptc/xtcshared.h>
#include <linux/netfilter/x_tables.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace nodewall::netfilter::iptables {

template <class Api> class iptc_snapshot final : public table_snapshot {
public:
    using format = typename Api::format;
    using entry = typename format::entry;

    static result<std::unique_ptr<table_snapshot>> take(const set_ids& ids) {
        handle table(Api::init("mangle"));
        if (!table)
            return table_refusal(errno);
        return std::unique_ptr<table_snapshot>(
            std::make_unique<iptc_snapshot>(std::move(table), ids));
    }

    std::vector<std::string> chains() override {
        std::vector<std::string> names;
        for (const char* name = Api::first_chain(table_.get()); name != nullptr;
             name = Api::next_chain(table_.get()))
            names.emplace_back(name);
        return names;
    }

    bool is_builtin(const std::string& chain) override {
        return Api::builtin(chain.c_str(), table_.get()) != 0;
    }

    std::vector<seen_rule> rules(const std::string& chain) override {
        std::vector<seen_rule> seen;
        for (const entry* e = Api::first_rule(chain.c_str(), table_.get()); e != nullptr;
             e = Api::next_rule(e, table_.get())) {
            const std::string target = Api::get_target(e, table_.get());
            const bool to_chain = Api::is_chain(target.c_str(), table_.get()) != 0;
            seen.push_back({.target = target,
                            .rule = decode<format>(*e, target, to_chain, ids_),
                            .packets = e->counters.pcnt});
        }
        return seen;
    }

    result<void> create_chain(const std::string& chain) override {
        return outcome(Api::create_chain(label(chain).data(), table_.get()), "create", chain);
    }

    result<void> flush_chain(const std::string& chain) override {
        return outcome(Api::flush_entries(label(chain).data(), table_.get()), "flush", chain);
    }

    result<void> delete_chain(const std::string& chain) override {
        return outcome(Api::delete_chain(label(chain).data(), table_.get()), "delete", chain);
    }

    result<void> insert(const std::string& chain, std::size_t position,
                        const xt_rule& rule) override {
        const auto bytes = encode<format>(rule, ids_);
        if (!bytes)
            return bytes.error().within("rule of " + chain);
        return outcome(Api::insert_entry(label(chain).data(),
                                         reinterpret_cast<const entry*>(bytes->data()),
                                         static_cast<unsigned>(position), table_.get()),
                       "insert a rule into", chain);
    }

    result<void> erase(const std::string& chain, std::size_t position) override {
        return outcome(Api::delete_num_entry(label(chain).data(), static_cast<unsigned>(position),
                                             table_.get()),
                       "delete a rule of", chain);
    }

    result<bool> commit() override {
        keep_policy_counters();
        if (Api::commit(table_.get()) != 0)
            return true;
        if (errno == EAGAIN)
            return false;
        return refusal(table_name() + ", commit", errno, Api::error_text(errno));
    }

    static result<void> probe() {
        if (const handle table(Api::init("mangle")); !table)
            return table_refusal(errno);
        const file_descriptor socket(::socket(Api::domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
        if (!socket)
            return refusal("raw socket", errno);
        for (const auto& kind : matches_needed)
            if (!knows(socket.get(), Api::match_revision, kind))
                return lacking("match", kind, errno);
        for (const auto& kind : targets_needed)
            if (!knows(socket.get(), Api::target_revision, kind))
                return lacking("target", kind, errno);
        return {};
    }

    struct free_table {
        void operator()(xtc_handle* table) const { Api::free(table); }
    };
    using handle = std::unique_ptr<xtc_handle, free_table>;

    iptc_snapshot(handle table, const set_ids& ids) : table_(std::move(table)), ids_(ids) {}

private:
    /// libiptc would start them from zero.
    void keep_policy_counters() {
        for (const auto& chain : chains()) {
            xt_counters counters{};
            if (const char* policy = Api::get_policy(chain.c_str(), &counters, table_.get()))
                Api::set_policy(label(chain).data(), label(policy).data(), &counters, table_.get());
        }
    }

    /// libiptc copies 32 bytes, whatever the name's length.
    static std::array<char, sizeof(xt_chainlabel)> label(const std::string& chain) {
        std::array<char, sizeof(xt_chainlabel)> bytes{};
        std::copy_n(chain.data(), std::min(chain.size(), bytes.size() - 1), bytes.data());
        return bytes;
    }

    static std::string table_name() { return fmt::format("{} table mangle", Api::program); }

    static result<void> outcome(int succeeded, const char* act, const std::string& chain) {
        if (succeeded != 0)
            return {};
        return refusal(fmt::format("{}, {} {}", table_name(), act, chain), errno,
                       Api::error_text(errno));
    }

    static error table_refusal(int errno_value) {
        if (errno_value == EPERM || errno_value == EACCES)
            return refusal(table_name(), errno_value);
        return {ruleset::dataplane_errc::no_legacy_tables,
                fmt::format("{}: {} (modprobe {})", table_name(), std::strerror(errno_value),
                            Api::modules)};
    }

    static bool knows(int socket, int question, const extension& kind) {
        xt_get_revision wanted{};
        std::strncpy(wanted.name, kind.name, sizeof wanted.name - 1);
        wanted.revision = kind.revision;
        socklen_t size = sizeof wanted;
        return ::getsockopt(socket, Api::level, question, &wanted, &size) == 0;
    }

    static error lacking(const char* what, const extension& kind, int errno_value) {
        if (errno_value == EPERM || errno_value == EACCES)
            return refusal(table_name(), errno_value);
        return {ruleset::dataplane_errc::no_match,
                fmt::format("{} {} revision {} in {}: {} (modprobe {})", what, kind.name,
                            kind.revision, table_name(), std::strerror(errno_value), kind.module)};
    }

    handle table_;
    const set_ids& ids_;
};

} // namespace nodewall::netfilter::iptables
