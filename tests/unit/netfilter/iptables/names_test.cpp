#include "base/limits.hpp"
#include "netfilter/iptables/layout/marks.hpp"
#include "netfilter/iptables/layout/names.hpp"
#include "netfilter/iptables/layout/shape.hpp"
#include "netfilter/iptables/layout/tree.hpp"

#include "harness/gate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace nodewall::netfilter::iptables {

namespace {

using model::family;
using ruleset::block;

constexpr slot_number largest = 255 * 1023;

TEST(Names, OfSlotsReadBackAndFitTheKernel) {
    for (const slot_number slot : {1U, 999U, 9999U, 10'000U, largest})
        for (const std::size_t more : {0U, 1U, 99U}) {
            const auto chain = slot_chain(slot, more);
            const auto read = parse_slot_chain(chain);
            ASSERT_TRUE(read) << chain;
            EXPECT_EQ(read->slot, slot);
            EXPECT_EQ(read->stage, more);
            EXPECT_LE(chain.size(), limits::chain_name_max);
            for (const auto kind : {slot_set_kind::inline_, slot_set_kind::list}) {
                const auto set = slot_set(family::ipv6, slot, kind, more);
                const auto of_set = parse_slot_set(set);
                ASSERT_TRUE(of_set) << set;
                EXPECT_EQ(of_set->slot, slot);
                EXPECT_EQ(of_set->kind, kind);
                EXPECT_EQ(of_set->source, more);
                EXPECT_EQ(family_in_name(set), family::ipv6);
                EXPECT_LE(set.size(), limits::set_name_max);
            }
        }
    for (const auto* other : {"NW-SLOT-", "NW-SLOT-0000", "NW-SLOT-1", "NW-SLOT-00001",
                              "NW-SLOT-0001-", "NW-SLOT-0001-0", "NW-SLOT-0001-01",
                              "NW-SLOT-0001-1x", "NW-SLOTS", "NW-SLOT-99999999999"})
        EXPECT_FALSE(parse_slot_chain(other)) << other;
    for (const auto* other :
         {"NW-SLOT-4-0001", "NW-SLOT-4-0001-", "NW-SLOT-4-0001-x0", "NW-SLOT-4-0001-i",
          "NW-SLOT-4-0001-i00", "NW-SLOT-5-0001-i0", "NW-SLOT-0001-i0"})
        EXPECT_FALSE(parse_slot_set(other)) << other;
}

TEST(Names, OfInstancesAndMapsReadBack) {
    for (const std::string set :
         {"NW-EXEMPT-4", "NW-PEERS-6-0123456789abcdef", "NW-BLOCKS-4-0123456789abcdef"})
        for (const unsigned generation : {0U, 1U, 17U}) {
            const auto name = instance_name(set, generation);
            EXPECT_EQ(parse_instance(name), (instance{set, generation})) << name;
            EXPECT_LE(name.size(), limits::set_name_max);
        }
    for (const auto* other : {"NW-PEERS-4-0123", "NW-PEERS-4-0123456789abcdef-",
                              "NW-PEERS-4-0123456789abcdef-0", "NW-PEERS-4-0123456789abcdef-01",
                              "NW-EXEMPT-5", "NW-EXEMPT-4x", "NW-DOORS-4-nodeport", "foreign"})
        EXPECT_FALSE(parse_instance(other)) << other;
    using kind = map_part::kind;
    for (const std::string map : {"NW-DOORS-4-nodeport", "NW-DOORS-6-clusterip"})
        for (const unsigned generation : {0U, 3U})
            for (const auto& part :
                 {map_part{kind::whole, 0}, map_part{kind::pages, 0}, map_part{kind::page, 255}}) {
                const auto name = map_name(map, generation, part);
                const auto read = parse_map(name);
                ASSERT_TRUE(read) << name;
                EXPECT_EQ(read->map, map);
                EXPECT_EQ(read->generation, generation);
                EXPECT_EQ(read->part, part);
                EXPECT_LE(name.size(), limits::set_name_max);
            }
    for (const auto* other :
         {"NW-DOORS-4-nodeport.", "NW-DOORS-4-nodeport.p", "NW-DOORS-4-nodeport-",
          "NW-DOORS-4-nodeport.page", "NW-PEERS-4-0123456789abcdef"})
        EXPECT_FALSE(parse_map(other)) << other;
}

TEST(Marks, SpreadANumberOverTheMasksBitsAndReadItBack) {
    for (const std::uint32_t mask : {default_mark_mask, 0x3U, 0x80000001U, 0xff00f0U}) {
        const mark_bits bits(mask);
        std::set<std::uint32_t> marks;
        for (std::uint32_t number = 0; number <= bits.capacity(); ++number) {
            const auto mark = bits.mark_of(number);
            EXPECT_EQ(mark & ~mask, 0U);
            EXPECT_EQ(bits.number_of(mark | ~mask), number);
            marks.insert(mark);
        }
        EXPECT_EQ(marks.size(), bits.capacity() + 1U);
    }
    EXPECT_EQ(mark_bits(default_mark_mask).capacity(), 1023U);
}

/// Every number is found, by at most four comparisons for each two bits.
TEST(MarkTree, LeadsEachNumberToItsChainAndNoOther) {
    const mark_bits bits(default_mark_mask);
    for (const std::uint32_t count : {1U, 3U, 4U, 17U, 1023U}) {
        std::vector<std::pair<std::uint32_t, std::string>> leaves;
        for (std::uint32_t n = 1; n <= count; ++n)
            leaves.emplace_back(n, "leaf" + std::to_string(n));
        const auto chains = mark_tree("NW-SLOTS", bits, leaves);
        const auto walk = [&](std::uint32_t number) {
            std::string at = "NW-SLOTS";
            std::size_t compared = 0;
            for (;;) {
                const auto chain = std::ranges::find(chains, at, &xt_chain::name);
                if (chain == chains.end())
                    return std::pair(at, compared);
                const auto rule = std::ranges::find_if(chain->rules, [&](const xt_rule& r) {
                    ++compared;
                    return (bits.mark_of(number) & r.mark->mask) == r.mark->value;
                });
                if (rule == chain->rules.end())
                    return std::pair(std::string("none"), compared);
                at = chain_of(*rule);
            }
        };
        for (const auto& [number, leaf] : leaves) {
            EXPECT_EQ(walk(number).first, leaf);
            EXPECT_LE(walk(number).second, 20U);
        }
        EXPECT_EQ(walk(0).first, "none");
    }
}

TEST(Blocks, OfEveryAddressAreTwoHalvesInTheKernel) {
    EXPECT_EQ(to_nets({block("0.0.0.0/0")}),
              (std::vector{block("0.0.0.0/1"), block("128.0.0.0/1")}));
    EXPECT_EQ(from_nets({block("128.0.0.0/1"), block("0.0.0.0/1")}),
              std::vector{block("0.0.0.0/0")});
    EXPECT_EQ(from_nets({block("128.0.0.0/1")}), std::vector{block("128.0.0.0/1")});
    EXPECT_EQ(to_nets({block("::/0")}), (std::vector{block("::/1"), block("8000::/1")}));
}

} // namespace

} // namespace nodewall::netfilter::iptables
