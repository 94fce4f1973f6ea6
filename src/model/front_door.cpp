#include "model/front_door.hpp"

#include <fmt/core.h>

namespace nodewall::model {

std::string_view to_string(door_class c) {
    switch (c) {
    case door_class::nodeport:
        return "nodeport";
    case door_class::external:
        return "external";
    case door_class::clusterip:
        return "clusterip";
    case door_class::hostport:
        return "hostport";
    case door_class::local:
        break;
    }
    return "local";
}

std::optional<door_class> door_class_of(std::string_view name) {
    for (const auto c : classes_asked)
        if (to_string(c) == name)
            return c;
    return std::nullopt;
}

std::string front_door::unit_name() const {
    const auto where = anywhere() ? std::string{} : address.to_string() + "/";
    return fmt::format("door/{}/{}/{}{}/{}", model::to_string(fam), to_string(what), where,
                       model::to_string(proto), port);
}

std::string front_door::describe() const {
    const auto where = anywhere() ? std::string{} : address.to_string() + " ";
    return fmt::format("front door {} {}{}/{}", to_string(what), where, model::to_string(proto),
                       port);
}

} // namespace nodewall::model
