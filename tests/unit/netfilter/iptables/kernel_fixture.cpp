#include "kernel_fixture.hpp"

#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace nodewall::test {

namespace {

void write_file(const char* path, const std::string& text) {
    std::ofstream(path) << text;
}

/// As root of a user namespace, where the test was not started as root.
bool enter_user_namespace() {
    const auto uid = std::to_string(::getuid());
    const auto gid = std::to_string(::getgid());
    if (::unshare(CLONE_NEWUSER) != 0)
        return false;
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + uid + " 1");
    write_file("/proc/self/gid_map", "0 " + gid + " 1");
    return true;
}

class private_lock_file final : public testing::Environment {
public:
    void SetUp() override {
        const int file = ::mkstemp(path_.data());
        ASSERT_GE(file, 0);
        ::close(file);
        ::setenv("XTABLES_LOCKFILE", path_.data(), 1);
        may_unshare = ::unshare(CLONE_NEWNET) == 0 || enter_user_namespace();
    }
    void TearDown() override { ::unlink(path_.data()); }

    static inline bool may_unshare = false;

private:
    std::string path_ = testing::TempDir() + "/xtables-XXXXXX";
};

const auto* const environment = testing::AddGlobalTestEnvironment(new private_lock_file);

std::string run(const std::string& command, int& status) {
    std::string output;
    std::array<char, 4096> part;
    auto* pipe = ::popen(("exec 2>&1; PATH=$PATH:/usr/sbin:/sbin; " + command).c_str(), "r");
    while (std::fgets(part.data(), part.size(), pipe) != nullptr)
        output += part.data();
    status = ::pclose(pipe);
    return output;
}

} // namespace

std::string shell(const std::string& command) {
    int status = 0;
    auto output = run(command, status);
    EXPECT_EQ(status, 0) << command << "\n" << output;
    return output;
}

bool shell_succeeds(const std::string& command) {
    int status = 0;
    run(command, status);
    return status == 0;
}

std::string lines_with(const std::string& text, const std::string& part) {
    std::istringstream all(text);
    std::string found;
    for (std::string line; std::getline(all, line);)
        if (line.find(part) != std::string::npos)
            found += line + "\n";
    return found;
}

void KernelTest::SetUp() {
    if (!private_lock_file::may_unshare || ::unshare(CLONE_NEWNET) != 0)
        GTEST_SKIP() << "NOT TESTED: no permission to make a network namespace";
    port = netfilter::iptables::open_live_kernel("/run/xtables.lock");
    backend = netfilter::iptables::open_dataplane({});
}

std::size_t KernelTest::apply(const ruleset::ruleset& rules) {
    read_back();
    const auto outcome = backend->apply(std::make_shared<const ruleset::ruleset>(rules));
    if (outcome.failure)
        ADD_FAILURE() << outcome.failure->message();
    return outcome.commits;
}

ruleset::kernel_view KernelTest::read_back() {
    return backend->read().value();
}

} // namespace nodewall::test
