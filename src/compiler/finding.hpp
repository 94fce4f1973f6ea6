// Something a person should know about how a front door or a policy was read.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::compiler {

struct finding {
    enum class kind : std::uint8_t {
        mixed,          ///< backends differ: the door stays open to whom one of them admits
        not_understood, ///< a part of an object that was left out; it admits nobody
        not_enforced,   ///< a policy that selects nobody, because its subject is not understood
        equal_priority, ///< policies whose kind leaves open which of them is asked first
        undecodable,    ///< an object that counts as absent
        collision,      ///< several Services claim one front door
        over_budget,    ///< an object, or those of a namespace, cost too much: it refuses everyone
        ignored,        ///< a Service or an EndpointSlice that another proxy serves, or none
        too_many,       ///< a bound was reached; what did not fit is refused
    };
    kind what = kind::mixed;
    std::string subject; // "front door nodeport TCP/30051", "NetworkPolicy web/deny"
    std::string text;
    auto operator<=>(const finding&) const = default;
};

/// "mixed", "notUnderstood", "notEnforced", "equalPriority", "undecodable", "collision",
/// "overBudget", "ignored", "tooMany".
std::string_view to_string(finding::kind k);

using finding_list = std::shared_ptr<const std::vector<finding>>; // sorted

} // namespace nodewall::compiler
