// The report of a service where all is well.
#pragma once

#include "agent/observe/report.hpp"

namespace nodewall::agent {

inline service_report ready_report() {
    service_report r;
    r.node = "n1";
    r.node_known = true;
    r.applied.enforcing = true;
    r.applied.digest = "00ff";
    r.applied.applied_seq = 9;
    r.rulesets.caught_up_seq = 9;
    stream_report pods;
    pods.stream = "pods";
    pods.state = "watching";
    pods.caught_up = true;
    r.streams = {pods};
    return r;
}

} // namespace nodewall::agent
