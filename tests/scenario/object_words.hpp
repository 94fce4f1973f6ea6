// Kubernetes objects and events out of the words of a scenario's command line, which are separated
// by spaces; in the words of unit/projection/objects.hpp:
//
// clang-format off
//     namespace NAME [labels=...]                 node NAME ip=ADDRESS
//     pod NS/NAME [uid=..] [ip=A,B] [labels=..] [started=TIME] [phase=..] [hostNetwork] [terminating]
//     service NS/NAME [selector=LABELS] [nodePort=N]
//     slice NS/NAME service=NAME [endpoints=ADDRESS@POD,...]
//     policy NS/NAME [pods=SELECTOR] [from=PEER]... [to=PEER]... [labels=..]
//     delete KIND NAME [uid=..]     broken KIND NAME     listed KIND
// clang-format on
#pragma once

#include "unit/projection/objects.hpp"

#include <string>
#include <vector>

namespace nodewall::test {

/// The words of a line, without empty ones.
std::vector<std::string> words_of(const std::string& line);

/// `words` begins with a command of those above; anything else is an exception.
model::event event_from(const std::vector<std::string>& words);

} // namespace nodewall::test
