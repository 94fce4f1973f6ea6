// A strict reader of Prometheus' text format 0.0.4, for tests: more than a server asks for, what
// `promtool check metrics` asks for.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::test {

struct exposition {
    using labels = std::map<std::string, std::string>;
    struct sample {
        std::string name;
        labels with;
        double value = 0;
    };
    struct family {
        std::string type, help;
        std::vector<sample> samples;
    };
    std::map<std::string, family> families;
    std::vector<std::string> problems; // empty: the text is in order

    /// The value of a sample; NaN where there is none.
    double value(std::string_view name, const labels& with = {}) const;
};

/// Each family once, HELP before TYPE before its samples, known types, legal names, unquoted text
/// nowhere, no sample twice; counters end in _total; histograms have _bucket cumulated with rising
/// le up to +Inf, _sum, and _count equal to +Inf.
exposition parse_exposition(std::string_view text);

} // namespace nodewall::test
