#include "model/objects.hpp"

namespace nodewall::model {

const object_meta& meta_of(const object& o) {
    return std::visit([](const auto& value) -> const object_meta& { return value.meta; }, o);
}

object_meta& meta_of(object& o) {
    return std::visit([](auto& value) -> object_meta& { return value.meta; }, o);
}

} // namespace nodewall::model
