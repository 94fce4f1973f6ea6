#include "compiler/doors/ignored.hpp"

#include "model/service_proxy.hpp"

namespace nodewall::compiler {

std::vector<finding> ignored_of(const model::service_object& service, const state_reader& reader,
                                const model::gate_settings& s) {
    std::vector<finding> all;
    if (auto why = model::why_ignored(service.meta, s); !why.empty()) {
        all.push_back({finding::kind::ignored, "Service " + service.meta.key.to_string(),
                       std::move(why) + "; it has no front doors here"});
        return all;
    }
    for (const auto* slice : reader.slices(service.meta.key))
        if (!model::same_proxy(service.meta, slice->meta))
            all.push_back({finding::kind::ignored, "EndpointSlice " + slice->meta.key.to_string(),
                           "is not for the proxy that serves Service " +
                               service.meta.key.to_string() + "; it has no backends here"});
    return all;
}

} // namespace nodewall::compiler
