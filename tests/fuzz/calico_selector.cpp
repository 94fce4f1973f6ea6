// Any bytes as a selector in Calico's grammar: what is one means the same in its normal form, as
// requirements, and the contrary when it is negated.
#include "model/calico_selector.hpp"

#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

using namespace nodewall;

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

model::label_set labels(std::vector<std::pair<std::string, std::string>> pairs) {
    return model::label_set(std::move(pairs));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::array objects{
        labels({}), labels({{"a", "x"}}), labels({{"a", "y"}, {"b", "x"}}), labels({{"a", ""}}),
        labels({{"b", "xyx"}, {"c", "x"}, {"projectcalico.org/namespace", "own"}})};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& words : {model::calico_words(), model::words_of_namespaces()}) {
        const auto read = model::parse_calico_selector(text, words);
        if (!read) {
            require(!read.error().detail().empty());
            continue;
        }
        const auto negated = read->negated();
        require(negated.negated() == *read);
        const auto again = model::parse_calico_selector(read->to_string());
        // The normal form may nest deeper than what was written.
        require(again ? *again == *read : read.value().to_string().find("((") != std::string::npos);
        const auto selector = model::selector_of(*read);
        for (const auto& own : objects)
            for (const auto& view : {model::label_view(own), model::label_view(own, "x", "y")}) {
                require(read->holds(view) != negated.holds(view));
                require(read->holds(view) == selector.matches(view));
            }
    }
    return 0;
}
