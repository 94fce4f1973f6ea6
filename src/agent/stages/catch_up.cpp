#include "agent/stages/catch_up.hpp"

#include "base/limits.hpp"

namespace nodewall::agent {

bool catch_up::open(const streams& s, instant now) {
    // The first stream back after all were lost begins an episode. One that fails while the others
    // go on does not: they must not wait for it.
    if (settled_before_ == 0 && s.settled > 0 && now - episode_ > limits::catch_up_max)
        episode_ = now;
    settled_before_ = s.settled;
    deadline_.reset();
    if (s.settled == s.all)
        return true;
    if (!s.every_one_listed)
        return false;
    if (now - episode_ >= limits::catch_up_max)
        return true;
    deadline_ = episode_ + limits::catch_up_max;
    return false;
}

} // namespace nodewall::agent
