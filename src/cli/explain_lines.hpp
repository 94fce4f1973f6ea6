// `explain --stdin`: a line of JSON for each question, for whole matrices.
#pragma once

#include "cli/console.hpp"
#include "explain/explainer.hpp"

#include <functional>
#include <istream>

namespace nodewall::cli {

using answering = std::function<explain::answer(const explain::question&)>;

/// Answers {"from","to","port","protocol","backend"} (port, protocol and backend where the question
/// has them) line by line, in order. A line that is no such object is answered by {"error"}, and
/// makes the exit code that of wrong usage; the others are answered all the same.
int answer_lines(const answering& explain, const view& v, std::istream& questions);

} // namespace nodewall::cli
