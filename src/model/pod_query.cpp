#include "model/pod_query.hpp"

#include <string_view>

namespace nodewall::model {

namespace {

/// Length and text: so no two lists of texts give one string.
void append(std::string& out, std::string_view text) {
    out += std::to_string(text.size());
    out += ':';
    out += text;
}

} // namespace

std::string pod_query::to_string() const {
    if (*this == everything())
        return "every pod";
    std::string text("pods");
    if (!pods.selects_everything())
        text += ' ' + pods.to_string();
    if (!namespaces)
        return text + " of namespace " + namespace_;
    return text + (namespaces->selects_everything() ? " of every namespace"
                                                    : " of namespaces " + namespaces->to_string());
}

std::string pod_query::identity() const {
    std::string text;
    if (namespaces) {
        text += 's';
        append(text, namespaces->canonical_text());
    } else {
        text += 'n';
        append(text, namespace_);
    }
    append(text, pods.canonical_text());
    return text;
}

} // namespace nodewall::model
