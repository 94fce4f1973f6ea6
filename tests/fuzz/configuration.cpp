// Any bytes as a configuration file, and as the body of the act CONFIGURED: an error that is one
// line, or a value; and what is recorded of a configuration is what replay reads.
#include "agent/process/configuration.hpp"
#include "agent/process/reload.hpp"

#include <cstdlib>

using namespace nodewall;

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

void require_one_line(const error& e) {
    require(!e.message().empty() && e.message().find('\n') == std::string::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto config = agent::parse_configuration(text, "nodewall.yaml");
    if (config) {
        const auto read =
            agent::settings_of_configured(agent::configured_body(*config, codec::standard_kinds()));
        require(read.has_value() &&
                *read == (agent::recorded_settings{config->gate, config->mark_mask}));
        const auto plan = agent::plan_reload({}, *config);
        require(agent::plan_reload(plan.effective, *config).changed.empty());
    } else {
        require_one_line(config.error());
    }
    if (const auto settings = agent::settings_of_configured(text); !settings)
        require_one_line(settings.error());
    return 0;
}
