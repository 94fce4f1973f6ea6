// A translator that only tests have, in the place of NetworkPolicy's: labels of the object say
// where it stands and what its rules do, so that policies of every tier can come by a log.
//
//     tier=admin|baseline        else: default
//     order=N                    within the tier; else NetworkPolicy's own
//     action=allow|deny|pass|log of each rule; A.B.C of the first, the second, the third, and again
//     subject=everywhere         its pod selector is asked in every namespace
//     nodes=ROLE                 its rules mean nodes labelled role=ROLE too, and nobody at large
//     staged=yes                 it enforces nothing
#pragma once

#include "policy/translators.hpp"

namespace nodewall::test {

policy::translators tiered_by_labels();

} // namespace nodewall::test
