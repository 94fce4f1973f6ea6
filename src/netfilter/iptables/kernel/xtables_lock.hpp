// The lock that every user of the legacy tables takes (iptables/xshared.c: flock on the file).
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/kernel/file_descriptor.hpp"

#include <string>

namespace nodewall::netfilter::iptables {

/// Held while the object lives.
class xtables_lock {
public:
    /// `busy` when another program holds it; never waits.
    static result<xtables_lock> try_take(const std::string& path);

private:
    explicit xtables_lock(file_descriptor file) : file_(std::move(file)) {}
    file_descriptor file_;
};

} // namespace nodewall::netfilter::iptables
