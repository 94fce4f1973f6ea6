// What people have in files: `kubectl get -o json` lists, single objects, several YAML documents,
// lines of {"type":...,"object":...}; in the encodings that kubectl takes (codec/encoding.hpp).
#pragma once

#include "codec/json_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nodewall::codec {

struct manifest {
    std::vector<manifest_item> items;
    /// Objects of kinds that nodewall does not read, for a line to the user: "Deployment web/api".
    std::vector<std::string> skipped;
};

/// An error names the document or line and the object; then nothing of the file counts.
/// Objects of namespaced kinds without a namespace belong to `default`, as with kubectl.
result<manifest> read_manifest(json_reader& reader, std::string_view text, body_mode mode);

} // namespace nodewall::codec
