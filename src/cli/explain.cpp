#include "cli/console.hpp"
#include "cli/explain_bounds.hpp"
#include "cli/explain_lines.hpp"
#include "cli/explain_output.hpp"
#include "cli/verbs.hpp"

#include "explain/explainer.hpp"
#include <iostream>

namespace nodewall::cli {

namespace {

int exit_code_of(explain::verdict v) {
    switch (v) {
    case explain::verdict::allow:
        return exit_code::done;
    case explain::verdict::deny:
        return exit_code::negative;
    case explain::verdict::mixed:
    case explain::verdict::unknown:
        break;
    }
    return exit_code::neither;
}

result<bool> print(const explain::answer& a, const view& v, output out) {
    event_book events(*v.log);
    if (out == output::json) {
        std::string line;
        const auto written = append_json(a, v, events, line);
        return written ? result<bool>(print_line(line)) : written.error();
    }
    const auto lines = to_lines(a, v, events);
    if (!lines)
        return lines.error();
    for (const auto& line : *lines)
        if (!print_line(line))
            return false;
    return true;
}

} // namespace

int explain_connections(const explain_options& options, const agent::known_kinds& known) {
    const auto v = load_view(options.view, known, agent::projected::objects);
    if (!v)
        return fail(v.error());
    const auto& state = v->history.projected.state();
    const explain::explainer explainer({.objects = state.objects,
                                        .endpoint_slices_known = state.endpoint_slices_known,
                                        .undecodable = state.undecodable,
                                        .settings = v->settings,
                                        .translators = known.translators});
    const auto bounds = explain_bounds::of(*v, options.view, known);
    if (!bounds)
        return fail(bounds.error());
    const auto explain = [&](const explain::question& asked) {
        auto answer = explainer.explain(asked);
        bounds->correct(asked, answer);
        return answer;
    };
    if (!options.asked) {
        std::ios::sync_with_stdio(false);
        return answer_lines(explain, *v, std::cin);
    }
    const auto answer = explain(*options.asked);
    if (const auto printed = print(answer, *v, options.view.out); !printed)
        return fail(printed.error());
    return exit_code_of(answer.verdict);
}

} // namespace nodewall::cli
