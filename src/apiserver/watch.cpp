#include "apiserver/watch.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace nodewall::apiserver {

std::string whole_object(const api_resource& resource, const stored_object& object) {
    return fmt::format("{{{},{}", resource.type_fields(), std::string_view(object.text).substr(1));
}

std::string watch_stream::frame(std::string_view type, const stored_object& object) const {
    return fmt::format("{{\"type\":\"{}\",\"object\":{}}}\n", type,
                       whole_object(resource_, object));
}

void watch_stream::begin_with_current() {
    const auto page = store_.list(stream_, namespace_, store_.revision(), {}, 0);
    for (const auto& object : page.items)
        waiting_ += frame("ADDED", *object);
    position_ = page.revision;
}

std::string watch_stream::take(std::size_t bytes) {
    static constexpr std::array types{"ADDED", "MODIFIED", "DELETED"};
    auto out = std::exchange(waiting_, {});
    if (!ended_ && position_ < store_.oldest()) {
        ended_ = true;
        const auto gone =
            expired(fmt::format("too old resource version: {} ({})", position_, store_.oldest()));
        return out + fmt::format("{{\"type\":\"ERROR\",\"object\":{}}}\n", gone.to_json());
    }
    while (!ended_ && out.size() < bytes) {
        const auto* change = store_.next_change(position_);
        if (change == nullptr)
            break;
        position_ = change->revision();
        if (change->of == stream_ &&
            (namespace_.empty() || change->after->key.namespace_ == namespace_))
            out += frame(types[static_cast<std::size_t>(change->what)], *change->after);
    }
    return out;
}

std::string watch_stream::bookmark() const {
    if (ended_ || position_ > store_.revision())
        return {};
    return fmt::format("{{\"type\":\"BOOKMARK\",\"object\":{{{},\"metadata\":{{"
                       "\"resourceVersion\":\"{}\",\"creationTimestamp\":null}}}}}}\n",
                       resource_.type_fields(), position_);
}

} // namespace nodewall::apiserver
