// Who has a front door: a Service, or a local pod by a hostPort.
#pragma once

#include "model/kind.hpp"
#include "model/objects.hpp"

#include <compare>
#include <string>

namespace nodewall::compiler {

struct door_holder {
    model::kind what = model::kind::service; // or pod
    model::object_key key;
    auto operator<=>(const door_holder&) const = default;

    static door_holder service(model::object_key key) {
        return {model::kind::service, std::move(key)};
    }
    static door_holder pod(model::object_key key) { return {model::kind::pod, std::move(key)}; }

    std::string_view kind() const { return model::object_kind(what); }
    /// "Service web/site", "Pod web/site-1".
    std::string to_string() const { return std::string(kind()) + ' ' + key.to_string(); }
};

} // namespace nodewall::compiler
