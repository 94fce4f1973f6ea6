#include "cli/console.hpp"
#include "cli/state_json.hpp"
#include "cli/state_text.hpp"
#include "cli/verbs.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace nodewall::cli {

namespace {

/// Whether the cluster-wide policy stands above or below one of the namespaces; where not all that
/// do are named, it may.
bool concerns(const compiler::policy_name& policy,
              const std::vector<compiler::namespace_overview>& namespaces) {
    const auto names = [&](const compiler::policy_names& policies) {
        const auto& named = policies.named();
        return policies.further() > 0 || std::ranges::find(named, policy) != named.end();
    };
    return std::ranges::any_of(namespaces, [&](const auto& space) {
        return std::ranges::any_of(
            std::array{&space.ingress, &space.egress},
            [&](const auto* side) { return names(side->above) || names(side->below); });
    });
}

void keep_namespace(compiler::overview& all, const std::string& wanted) {
    std::erase_if(all.namespaces, [&](const auto& n) { return n.name != wanted; });
    std::erase_if(all.policies, [&](const auto& p) {
        return p.name.key.namespace_ != wanted && !concerns(p.name, all.namespaces);
    });
    std::erase_if(all.doors,
                  [&](const auto& d) { return d.compiled.holder.key.namespace_ != wanted; });
    std::erase_if(all.pods, [&](const auto& p) { return p.key.namespace_ != wanted; });
}

} // namespace

int show_state(const state_options& options, const agent::known_kinds& known) {
    const auto v = load_view(options.view, known);
    if (!v)
        return fail(v.error());
    compiler::compiler compiled(v->settings);
    (void)compiled.compile(v->history.projected.state());
    auto all = compiler::look_over(v->history.projected.state(), compiled);
    if (!options.namespace_.empty())
        keep_namespace(all, options.namespace_);
    if (options.view.out == output::json)
        return print_json(state_json(*v, all)) ? exit_code::done : exit_code::failed;
    return print_state(*v, all) ? exit_code::done : exit_code::failed;
}

} // namespace nodewall::cli
