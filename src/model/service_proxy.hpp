// Which proxy serves a Service or an EndpointSlice: kube-proxy passes over those that name another
// one, and those that are labelled as headless (SEMANTICS section 6).
#pragma once

#include "model/gate_settings.hpp"
#include "model/objects.hpp"

#include <string>
#include <string_view>

namespace nodewall::model {

inline constexpr std::string_view label_service_proxy = "service.kubernetes.io/service-proxy-name";
inline constexpr std::string_view label_headless = "service.kubernetes.io/headless";

/// Why no proxy that works through netfilter on this node serves the object: a sentence; empty
/// where one does.
std::string why_ignored(const object_meta& meta, const gate_settings& s);

/// Whether the proxy that serves the Service takes the slice for its own.
bool same_proxy(const object_meta& service, const object_meta& slice);

} // namespace nodewall::model
