// Looking a key up in a map.
#pragma once

namespace nodewall {

/// nullptr where the map does not have the key.
template <class Map, class Key>
const typename Map::mapped_type* find(const Map& map, const Key& key) {
    const auto at = map.find(key);
    return at == map.end() ? nullptr : &at->second;
}

} // namespace nodewall
