// The kinds of objects that nodewall follows, a row each: where the API serves them, how their
// bodies are narrowed, and how they are decoded. A new kind is a decoder with its row here and a
// translator with its row in policy/.
//
// A registry is a value: the composition root makes it and passes it down, so that a test can add a
// row. Copies share their rows, and a row never changes, so a `const kind_row*` is valid as long as
// any copy that has it.
#pragma once

#include "base/error.hpp"
#include "model/kind.hpp"
#include "model/objects.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nodewall::codec {

namespace dom {
class value;
}
struct shape;

/// Reads an object whose identity, labels and times stand in `meta` already. What it does not
/// understand it notes in the value's complaints (codec/dom.hpp), and leaves out.
using object_decoder = std::function<model::object(const dom::value& object, model::object_meta)>;

struct kind_row {
    /// A required kind is served by every API server: nothing is applied from a first list before
    /// it was listed. An optional one comes and goes, with the server's age or with its
    /// CustomResourceDefinition.
    enum class need : std::uint8_t { required, optional };

    std::string group;                 // empty: the core group
    std::vector<std::string> versions; // that the decoder reads, the most preferred first
    std::string resource;              // the plural: "networkpolicies"
    std::string object_kind;           // "NetworkPolicy"
    bool namespaced = true;
    need needed = need::optional;
    object_decoder decode;
    const shape* kept = nullptr; // of a body, narrowed (codec/narrow.hpp); null: see there
    std::vector<std::string> older_groups; // that served the same objects: read in old logs
    /// Another group that may serve the same objects. Where both are served exactly one is read:
    /// the offered one if CustomResourceDefinitions serve it, the stored one if an aggregated API
    /// server offers what it keeps there.
    enum class twin : std::uint8_t { none, offered, stored };
    twin role = twin::none;
    std::string twin_group{};
    /// Followed only where one of these groups is served; empty: in any case.
    std::vector<std::string> only_beside{};
    /// Objects that policies speak of and that mean nothing without them: its decoder gives a
    /// model::policy_part.
    bool part_of_policies = false;
    /// The kinds that have a place of their own in the model. Every other is a kind of policies or
    /// of their parts: its decoder gives a model::policy_object, whose stream is filled in for it.
    std::optional<model::kind> core;
    /// Its name in the log, which kind_registry::add() makes: the resource and, outside the core
    /// group, its group: "pods", "networkpolicies.networking.k8s.io".
    std::string stream = {};

    /// Whether an object of these words is of this kind: ("networking.k8s.io/v1", "NetworkPolicy").
    bool describes(std::string_view api_version, std::string_view object_kind) const;
    bool required() const { return needed == need::required; }
};

class kind_registry {
public:
    using row_list = std::vector<std::shared_ptr<const kind_row>>;

    /// Its stream must be no other row's.
    void add(kind_row row);

    /// In the order in which they were added.
    const row_list& rows() const noexcept { return rows_; }
    /// Null: no row has it.
    const kind_row* find_stream(std::string_view stream) const;
    const kind_row* find_object(std::string_view api_version, std::string_view object_kind) const;
    /// Null for a kind that was left out of this registry.
    const kind_row* find(model::kind core) const;

private:
    row_list rows_;
};

/// The kinds that this version of nodewall knows.
kind_registry standard_kinds();

/// The decoder that fills an Object in by `read`.
template <class Object>
object_decoder decoder_of(void (*read)(const dom::value& object, Object& out)) {
    return [read](const dom::value& object, model::object_meta meta) {
        Object out{.meta = std::move(meta)};
        read(object, out);
        return model::object(std::move(out));
    };
}

} // namespace nodewall::codec
