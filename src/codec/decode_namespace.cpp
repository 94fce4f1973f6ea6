#include "codec/decode.hpp"

namespace nodewall::codec {

void decode_namespace(const dom::value&, model::namespace_object& out) {
    out.meta.labels.add_if_absent("kubernetes.io/metadata.name", out.meta.key.name);
}

} // namespace nodewall::codec
