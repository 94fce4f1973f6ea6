// The backend without the capabilities that it needs.
#include "kernel_fixture.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace nodewall::test {

namespace {

using ruleset::dataplane_errc;

class DataplanePermission : public KernelTest {};

TEST_F(DataplanePermission, SaysThatPermissionIsMissing) {
    const auto child = ::fork();
    if (child == 0) {
        __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
        const std::array<__user_cap_data_struct, 2> none{};
        const bool dropped = ::syscall(SYS_capset, &header, none.data()) == 0;
        const auto denied = [](const auto& outcome) {
            return !outcome && outcome.error().is(dataplane_errc::no_permission);
        };
        const auto unprivileged = netfilter::iptables::open_dataplane({});
        ::_exit(dropped && denied(unprivileged->probe()) && denied(unprivileged->read()) ? 0 : 1);
    }
    int status = 1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

} // namespace

} // namespace nodewall::test
