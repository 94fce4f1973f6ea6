#include "netfilter/iptables/kernel/xtables_lock.hpp"

#include "netfilter/iptables/kernel/refusal.hpp"
#include "ruleset/dataplane.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace nodewall::netfilter::iptables {

result<xtables_lock> xtables_lock::try_take(const std::string& path) {
    file_descriptor file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
    if (!file)
        return refusal("lock file " + path, errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
        return xtables_lock(std::move(file));
    if (errno == EWOULDBLOCK)
        return error(ruleset::dataplane_errc::busy, path);
    return refusal("lock file " + path, errno);
}

} // namespace nodewall::netfilter::iptables
