#include "compiler/finding.hpp"

namespace nodewall::compiler {

std::string_view to_string(finding::kind k) {
    switch (k) {
    case finding::kind::mixed:
        return "mixed";
    case finding::kind::not_understood:
        return "notUnderstood";
    case finding::kind::not_enforced:
        return "notEnforced";
    case finding::kind::equal_priority:
        return "equalPriority";
    case finding::kind::undecodable:
        return "undecodable";
    case finding::kind::collision:
        return "collision";
    case finding::kind::over_budget:
        return "overBudget";
    case finding::kind::ignored:
        return "ignored";
    case finding::kind::too_many:
        break;
    }
    return "tooMany";
}

} // namespace nodewall::compiler
