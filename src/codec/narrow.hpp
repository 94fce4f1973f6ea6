// What is kept of a body. Private to codec/.
#pragma once

#include "codec/json_reader.hpp"

#include <span>
#include <string_view>

namespace nodewall::codec {

struct shape;

/// What becomes of one field.
struct keep {
    enum class how {
        shaped,          ///< kept, its objects (or those of its array) in the shape `below`
        last_manager,    ///< metadata.managedFields: [{"manager":NAME}] of who wrote last
        ready_condition, ///< of an array, the elements with "type":"Ready", in the shape `below`
    };

    std::string_view key;
    const shape* below = nullptr; // null: whole
    how as = how::shaped;
};

struct shape {
    std::span<const keep> fields;
    bool others = false; // keep fields that `fields` does not name, whole
};

/// Keeps everything.
extern const shape whole;
/// Of the kinds that are mostly noise: what policy, ownership and history need of them.
extern const shape kept_of_pod, kept_of_node, kept_of_endpoint_slice, kept_of_service_account;
/// Of kinds of policies into whose status others write.
extern const shape kept_of_cluster_policy;

/// A row that names no shape keeps everything but all managers other than the last.
const shape& kept_shape(const kind_row& what, body_mode mode);

} // namespace nodewall::codec
