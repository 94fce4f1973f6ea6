// What somebody who wrote an unknown word probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nodewall {

/// The known word that is at most two edits away (a letter inserted, left out, replaced, or two
/// neighbours exchanged) and fewer than the word is long; the nearest, the first of equals. Empty:
/// none. Long words are no near miss of anything.
std::string near_miss(std::string_view word, const std::vector<std::string>& known);

/// " (did you mean KNOWN?)", or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

} // namespace nodewall
