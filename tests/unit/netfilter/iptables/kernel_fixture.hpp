// Tests against the real kernel, each in a network namespace of its own.
#pragma once

#include "netfilter/iptables/dataplane.hpp"
#include "netfilter/iptables/kernel/live_kernel.hpp"
#include "ruleset/ruleset.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace nodewall::test {

/// Runs the command in a shell; its standard output and error. A failure fails the test.
std::string shell(const std::string& command);

/// Whether it succeeds.
bool shell_succeeds(const std::string& command);

/// The lines that contain `part`.
std::string lines_with(const std::string& text, const std::string& part);

class KernelTest : public testing::Test {
protected:
    void SetUp() override;

    /// From what the kernel holds to `rules`, without a failure; returns the commits.
    std::size_t apply(const ruleset::ruleset& rules);
    ruleset::kernel_view read_back();

    std::unique_ptr<netfilter::iptables::kernel_port> port; // the kernel itself
    std::unique_ptr<ruleset::dataplane> backend;
};

} // namespace nodewall::test
