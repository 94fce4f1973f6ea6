// A pod as the subject of rules: what a rule says of the end that it protects.
#pragma once

#include "compiler/tracking/state_reader.hpp"
#include "model/tier.hpp"

namespace nodewall::compiler {

/// Asks the reader, so that every look is noted.
class backend_pod {
public:
    backend_pod(const model::pod_object& pod, model::family f, state_reader& reader)
        : pod_(pod), family_(f), reader_(reader) {}

    const model::pod_object& content() const { return pod_; }

    /// Whether all that the rule asks of its subject holds of the pod. Of a pod with several
    /// addresses of the family, of which the rule means some, nobody can tell: a rule that allows
    /// then does not mean it, any other does.
    bool is_meant_by(const model::tier_rule& rule) const;

private:
    bool is_among(const model::peers& who, const model::ip_address& address) const;

    const model::pod_object& pod_;
    model::family family_;
    state_reader& reader_;
};

} // namespace nodewall::compiler
