// Calico's grammar of selectors (POLICY-APIS section 5):
//
//     expression := and { "||" and }
//     and        := operation { "&&" operation }
//     operation  := { "!" } ( "(" expression ")" | "has(" LABEL ")" | "all()" | "global()"
//                           | LABEL comparison )
//     comparison := "==" STRING | "!=" STRING | "contains" STRING | "starts with" STRING
//                 | "ends with" STRING | "in" SET | "not in" SET
//     SET        := "{" [ STRING { "," STRING } [ "," ] ] "}"
//     STRING     := "'" ... "'" or '"' ... '"', without escapes
//     LABEL      := of A-Z a-z 0-9 _ . / - at most 512
#pragma once

#include "base/error.hpp"
#include "model/labels.hpp"

#include <string_view>

namespace nodewall::model {

enum class calico_selector_errc : std::uint8_t { not_a_selector = 1 };
const char* error_domain(calico_selector_errc);
const char* describe(calico_selector_errc);

/// What the two words mean that are no tests of labels: in a selector of pods both hold for
/// everything, in one of namespaces all() holds for whatever is in one, and global() for the rest.
struct calico_words {
    label_expression all{}, global{};
};
/// Of a `namespaceSelector`: tests of calico_namespace_label.
calico_words words_of_namespaces();

/// Empty and blank texts select everything. An error says what is wrong, and where: "expected a
/// string at 7". Time and memory are linear in the text, whose length and depth are bounded
/// (limits::selector_bytes_max, limits::selector_depth_max).
result<label_expression> parse_calico_selector(std::string_view text,
                                               const calico_words& words = {});

/// As a selector of pods, with what it can say as requirements said so.
label_selector selector_of(const label_expression& expression);

} // namespace nodewall::model
