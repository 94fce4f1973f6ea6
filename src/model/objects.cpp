#include "model/objects.hpp"

namespace nodewall::model {

const object_meta& meta_of(const object& o) {
    return std::visit([](const auto& value) -> const object_meta& { return value.meta; }, o);
}

object_meta& meta_of(object& o) {
    return std::visit([](auto& value) -> object_meta& { return value.meta; }, o);
}

bool operator==(const policy_object& a, const policy_object& b) {
    return a.meta == b.meta && a.stream == b.stream && a.staged == b.staged &&
           a.document->equals(*b.document);
}

} // namespace nodewall::model
