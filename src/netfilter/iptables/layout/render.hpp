// The table that a layout comes to.
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/layout/image.hpp"
#include "netfilter/iptables/xt/rule.hpp"

#include <map>
#include <vector>

namespace nodewall::netfilter::iptables {

/// All our chains, by their names.
result<std::vector<xt_chain>> render(model::family f, const mark_bits& bits, const table_layout& t,
                                     const std::map<slot_number, const shape*>& slots);

} // namespace nodewall::netfilter::iptables
