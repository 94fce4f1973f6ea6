// Where the policies need more than the kernel's sets hold, the compiled rules refuse whom the
// policies admit (compiler/layout/bounds.hpp). explain reads policies alone and knows no compiler,
// so its answers are corrected here: they tell what the kernel does.
#pragma once

#include "cli/console.hpp"
#include "explain/explainer.hpp"
#include "ruleset/evaluator.hpp"

#include <optional>

namespace nodewall::cli {

class explain_bounds {
public:
    /// Compiles only where a bound can have been reached; mostly the objects are far below it. `v`
    /// was loaded by `options`, and outlives this.
    static result<explain_bounds> of(const view& v, const view_options& options,
                                     const agent::known_kinds& known);

    /// Where the compiled rules do otherwise at the gate, the answer says that, and why.
    void correct(const explain::question& asked, explain::answer& answer) const;

private:
    explicit explain_bounds(const view& v) : view_(&v) {}

    const view* view_;
    std::optional<ruleset::evaluator> rules_; // nothing: no bound was reached
};

} // namespace nodewall::cli
