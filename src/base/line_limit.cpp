#include "base/line_limit.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <utility>

namespace nodewall {

/// A clock that steps back begins a new window, too.
bool line_limit::window::over(instant now) const {
    return now < begun || now - begun >= limits::log_repeat_window;
}

bool line_limit::admit(log_level level, std::string_view form, std::string_view line, instant now) {
    if (all_.over(now))
        all_ = {now, 0};
    auto at = forms_.find(form);
    if (at == forms_.end())
        at = forms_.emplace(std::string(form), form_state{{now, 0}, {}, {level, {}, 0}}).first;
    auto& state = at->second;
    if (state.current.over(now)) {
        state.current = {now, 0};
        state.last_line.clear();
    }
    const bool repeats = state.current.printed > 0 && state.last_line == line;
    if (repeats || state.current.printed >= limits::log_lines_of_a_form_max ||
        all_.printed >= limits::log_lines_max) {
        state.missing.level = std::max(state.missing.level, level);
        ++state.missing.count;
        return false;
    }
    ++state.current.printed;
    ++all_.printed;
    state.last_line = line;
    return true;
}

std::vector<line_limit::left_out> line_limit::take_left_out(instant now) {
    std::vector<left_out> told;
    std::erase_if(forms_, [&](auto& entry) {
        auto& [form, state] = entry;
        if (!state.current.over(now))
            return false;
        if (state.missing.count > 0)
            told.push_back({state.missing.level, form, state.missing.count});
        return true;
    });
    return told;
}

std::vector<line_limit::left_out> line_limit::take_all_left_out() {
    std::vector<left_out> told;
    for (const auto& [form, state] : std::exchange(forms_, {}))
        if (state.missing.count > 0)
            told.push_back({state.missing.level, form, state.missing.count});
    return told;
}

} // namespace nodewall
