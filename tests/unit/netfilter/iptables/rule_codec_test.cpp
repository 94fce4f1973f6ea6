#include "netfilter/iptables/xt/rule_codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <numeric>
#include <random>

namespace nodewall::test {

namespace {

using model::family;
namespace ipt = netfilter::iptables;
using ipt::ipv4_format;
using ipt::ipv6_format;

constexpr unsigned rules_per_family = 5000;

ipt::set_ids example_ids() {
    ipt::set_ids ids;
    for (std::uint16_t i = 0; i < 8; ++i)
        ids.add("NW-SET-" + std::to_string(i), static_cast<std::uint16_t>(i * 37));
    return ids;
}

class generator {
public:
    explicit generator(unsigned seed) : random_(seed) {}

    ipt::xt_rule rule(family f) {
        ipt::xt_rule r;
        if (one_in(2))
            r.destination = destination(f);
        if (one_in(3))
            r.in_interface = std::string(1 + below(15), 'e');
        if (one_in(2))
            r.proto =
                pick(std::array{model::protocol::tcp, model::protocol::udp, model::protocol::sctp});
        r.destination_local = one_in(2);
        r.original_direction = one_in(2);
        if (r.proto && one_in(2))
            for (auto left = 1 + below(15); left != 0; --left)
                r.ports.push_back(static_cast<std::uint16_t>(below(65536)));
        for (auto left = below(4); left != 0; --left)
            r.sets.push_back(set());
        if (one_in(3))
            r.mark = ipt::mark_match{below(0x10000), below(0x10000), one_in(2)};
        r.then = target();
        return r;
    }

private:
    unsigned below(unsigned n) {
        return std::uniform_int_distribution<unsigned>(0, n - 1)(random_);
    }
    bool one_in(unsigned n) { return below(n) == 0; }
    template <class Value, std::size_t N> Value pick(const std::array<Value, N>& values) {
        return values[below(static_cast<unsigned>(N))];
    }

    model::cidr destination(family f) {
        std::array<std::uint8_t, 16> bytes{};
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(below(256));
        return model::cidr::of(model::ip_address::from_raw(f, bytes.data()),
                               1 + below(model::address_bits(f)));
    }

    std::string set_name() { return "NW-SET-" + std::to_string(below(8)); }
    std::vector<ipt::direction> directions() {
        std::vector<ipt::direction> all;
        for (auto left = 1 + below(3); left != 0; --left)
            all.push_back(pick(std::array{ipt::direction::src, ipt::direction::dst}));
        return all;
    }
    ipt::set_match set() {
        return {.set = set_name(), .directions = directions(), .negated = one_in(4)};
    }
    ipt::xt_target target() {
        const auto chain = "NW-" + std::string(1 + below(25), 'X');
        switch (below(7)) {
        case 0:
            return ipt::to_return{};
        case 1:
            return ipt::to_drop{};
        case 2:
            return ipt::to_chain{chain};
        case 3:
            return ipt::goto_chain{chain};
        case 4:
            return ipt::map_mark{set_name(), directions()};
        case 5:
            return ipt::set_mark{below(0x10000), below(0x10000)};
        default:
            return ipt::to_nflog{static_cast<std::uint16_t>(below(65536))};
        }
    }

    std::mt19937 random_;
};

/// What libiptc says of the target, once the kernel has the rule.
std::string target_of(const ipt::xt_rule& r) {
    if (const auto chain = ipt::chain_of(r); !chain.empty())
        return std::string(chain);
    constexpr std::array names{"RETURN", "DROP", "", "", "SET", "MARK", "NFLOG"};
    return names[r.then.index()];
}

template <class Format>
std::optional<ipt::xt_rule> decode(const std::vector<std::byte>& bytes, const ipt::xt_rule& r) {
    const auto& entry = *reinterpret_cast<const typename Format::entry*>(bytes.data());
    return ipt::decode<Format>(entry, target_of(r), !ipt::chain_of(r).empty(), example_ids());
}

template <class Format> class RuleCodec : public testing::Test {};
using formats = testing::Types<ipv4_format, ipv6_format>;
TYPED_TEST_SUITE(RuleCodec, formats);

TYPED_TEST(RuleCodec, GivesEveryRuleBackThatItWrote) {
    const auto seed = static_cast<unsigned>(GTEST_FLAG_GET(random_seed));
    SCOPED_TRACE("seed " + std::to_string(seed));
    generator random(seed);
    for (unsigned i = 0; i < rules_per_family; ++i) {
        const auto rule = random.rule(TypeParam::fam);
        const auto bytes = ipt::encode<TypeParam>(rule, example_ids());
        ASSERT_TRUE(bytes) << rule.to_string();
        ASSERT_EQ(decode<TypeParam>(*bytes, rule), rule) << rule.to_string();
    }
}

/// Positions whose bytes mean something: not the kernel's own fields behind the head, nor what
/// stands behind the end of a name, nor a target that is a verdict or a jump, which libiptc tells.
template <class Format> std::vector<std::size_t> meaningful(const std::vector<std::byte>& bytes) {
    const auto& entry = *reinterpret_cast<const typename Format::entry*>(bytes.data());
    std::vector<std::size_t> positions(sizeof Format::head(entry));
    std::iota(positions.begin(), positions.end(), 0);
    for (std::size_t at = sizeof entry; at < entry.target_offset;) {
        const auto& user = reinterpret_cast<const xt_entry_match*>(&bytes[at])->u.user;
        const auto name =
            static_cast<std::size_t>(user.name - reinterpret_cast<const char*>(&user));
        for (std::size_t i = 0; i < user.match_size; ++i)
            if (i <= name + std::strlen(user.name) || i >= name + sizeof user.name)
                positions.push_back(at + i);
        at += user.match_size;
    }
    const auto& target = reinterpret_cast<const xt_entry_target*>(&bytes[entry.target_offset])->u;
    const bool extension = target.user.revision != 0 || std::strcmp(target.user.name, "NFLOG") == 0;
    for (std::size_t i = 0; extension && i < target.target_size; ++i) {
        constexpr auto name = offsetof(xt_entry_target, u.user.name);
        if (i <= name + std::strlen(target.user.name) || i >= name + sizeof target.user.name)
            positions.push_back(entry.target_offset + i);
    }
    return positions;
}

/// Whatever a foreign hand changes in a rule, it is not taken for the same rule.
TYPED_TEST(RuleCodec, NeverTakesChangedBytesForTheSameRule) {
    generator random(static_cast<unsigned>(GTEST_FLAG_GET(random_seed)));
    for (unsigned i = 0; i < 300; ++i) {
        const auto rule = random.rule(TypeParam::fam);
        const auto bytes = ipt::encode<TypeParam>(rule, example_ids()).value();
        for (const auto at : meaningful<TypeParam>(bytes)) {
            auto changed = bytes;
            changed[at] ^= std::byte{0x11};
            ASSERT_NE(decode<TypeParam>(changed, rule), rule) << rule.to_string() << " byte " << at;
        }
    }
}

TYPED_TEST(RuleCodec, RefusesASetThatItDoesNotKnow) {
    ipt::xt_rule rule;
    rule.sets.push_back({.set = "NW-GONE", .directions = {ipt::direction::src}});
    EXPECT_FALSE(ipt::encode<TypeParam>(rule, example_ids()));
}

} // namespace

} // namespace nodewall::test
