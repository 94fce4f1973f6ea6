// Calico's kinds (projectcalico.org/v3 and crd.projectcalico.org/v1; model/calico.hpp). Private to
// codec/.
#pragma once

#include "codec/dom.hpp"
#include "codec/kind_registry.hpp"
#include "model/calico.hpp"
#include "model/calico_selector.hpp"

#include <optional>
#include <vector>

namespace nodewall::codec {

/// A row for each kind, of both groups, and for the service accounts that policies select.
void add_calico_kinds(kind_registry& to);

/// Absent or empty: not given.
std::optional<model::calico_selector> read_calico_selector(const dom::value& field,
                                                           const model::calico_words& words = {});
/// The same of a `namespaceSelector`.
std::optional<model::calico_selector> read_calico_namespaces(const dom::value& field);
/// A block or a bare address.
void add_calico_net(const dom::value& field, std::vector<model::cidr>& to);
/// A rule of which anything is not understood says why, and nothing else but its action.
model::calico_rule read_calico_rule(const dom::value& entry);

} // namespace nodewall::codec
