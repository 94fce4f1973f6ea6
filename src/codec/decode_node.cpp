#include "codec/decode.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::codec {

namespace {

/// status.addresses holds host names too, and one address may stand under several types.
void read_addresses(const dom::value& list, std::vector<model::ip_address>& to) {
    list.each([&](const dom::value& entry) {
        const auto address = model::ip_address::parse(entry["address"].text());
        if (address && std::find(to.begin(), to.end(), *address) == to.end())
            to.push_back(*address);
    });
}

void add_block(const dom::value& text, std::vector<model::cidr>& to) {
    const auto written = text.text();
    if (written.empty())
        return;
    if (const auto block = model::cidr::parse(written))
        to.push_back(*block);
    else
        text.complain(fmt::format("is {}", block.error().message()));
}

} // namespace

void decode_node(const dom::value& object, model::node_object& out) {
    const auto status = object["status"];
    read_addresses(status["addresses"], out.addresses);
    const auto spec = object["spec"];
    const auto blocks = spec["podCIDRs"];
    blocks.each([&](const dom::value& block) { add_block(block, out.pod_cidrs); });
    if (out.pod_cidrs.empty())
        add_block(spec["podCIDR"], out.pod_cidrs);
}

} // namespace nodewall::codec
