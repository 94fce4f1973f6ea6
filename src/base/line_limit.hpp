// How much a log may say: a machine without a clock. Within limits::log_repeat_window
//
// - a line that equals the last one of its form is left out,
// - of one form limits::log_lines_of_a_form_max lines are printed,
// - of all forms together limits::log_lines_max.
//
// What is left out is counted by form. Memory is bounded: forms are literals of the program.
#pragma once

#include "base/log.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall {

class line_limit {
public:
    using instant = std::chrono::nanoseconds;

    struct left_out {
        log_level level{}; // the most severe of them
        std::string form;
        std::size_t count = 0;
    };

    /// Whether this line is to be printed.
    bool admit(log_level level, std::string_view form, std::string_view line, instant now);
    /// What was left out in windows that are over; each count is told once.
    std::vector<left_out> take_left_out(instant now);
    /// The same for all windows: nothing more will come.
    std::vector<left_out> take_all_left_out();

private:
    struct window {
        instant begun{};
        std::size_t printed = 0;

        bool over(instant now) const;
    };
    struct form_state {
        window current;
        std::string last_line;
        left_out missing;
    };

    std::map<std::string, form_state, std::less<>> forms_;
    window all_;
};

} // namespace nodewall
