#include "netfilter/rule_codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <numeric>
#include <random>

namespace nodewall::test {

namespace {

using model::family;
using model::verdict;
using netfilter::ipv4_format;
using netfilter::ipv6_format;

constexpr unsigned rules_per_family = 5000;

netfilter::set_ids example_ids() {
    netfilter::set_ids ids;
    for (std::uint16_t i = 0; i < 8; ++i)
        ids.add("NW-SET-" + std::to_string(i), static_cast<std::uint16_t>(i * 37));
    return ids;
}

class generator {
public:
    explicit generator(unsigned seed) : random_(seed) {}

    model::rule rule(family f) {
        model::rule r;
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
        r.then = pick(std::array{verdict::return_, verdict::drop, verdict::jump, verdict::goto_});
        if (r.then == verdict::jump || r.then == verdict::goto_)
            r.chain = "NW-" + std::string(1 + below(25), 'X');
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

    model::set_match set() {
        using enum model::set_match::direction;
        model::set_match match{.set = "NW-SET-" + std::to_string(below(8)), .negated = one_in(4)};
        for (auto left = 1 + below(3); left != 0; --left)
            match.directions.push_back(pick(std::array{src, dst}));
        return match;
    }

    std::mt19937 random_;
};

/// What libiptc says of the target, once the kernel has the rule.
std::string target_of(const model::rule& r) {
    if (r.then == verdict::return_)
        return "RETURN";
    return r.then == verdict::drop ? "DROP" : r.chain;
}

template <class Format>
std::optional<model::rule> decode(const std::vector<std::byte>& bytes, const model::rule& r) {
    const auto& entry = *reinterpret_cast<const typename Format::entry*>(bytes.data());
    return netfilter::decode<Format>(entry, target_of(r), !r.chain.empty(), example_ids());
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
        const auto bytes = netfilter::encode<TypeParam>(rule, example_ids());
        ASSERT_TRUE(bytes) << rule.to_string();
        ASSERT_EQ(decode<TypeParam>(*bytes, rule), rule) << rule.to_string();
    }
}

/// Positions before the target whose bytes mean something: not the kernel's own fields behind the
/// head, nor what stands behind the end of a match's name.
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
    return positions;
}

/// Whatever a foreign hand changes in a rule, it is not taken for the same rule.
TYPED_TEST(RuleCodec, NeverTakesChangedBytesForTheSameRule) {
    generator random(static_cast<unsigned>(GTEST_FLAG_GET(random_seed)));
    for (unsigned i = 0; i < 300; ++i) {
        const auto rule = random.rule(TypeParam::fam);
        const auto bytes = netfilter::encode<TypeParam>(rule, example_ids()).value();
        for (const auto at : meaningful<TypeParam>(bytes)) {
            auto changed = bytes;
            changed[at] ^= std::byte{0x11};
            ASSERT_NE(decode<TypeParam>(changed, rule), rule) << rule.to_string() << " byte " << at;
        }
    }
}

TYPED_TEST(RuleCodec, RefusesASetThatItDoesNotKnow) {
    model::rule rule;
    rule.sets.push_back({.set = "NW-GONE", .directions = {model::set_match::direction::src}});
    EXPECT_FALSE(netfilter::encode<TypeParam>(rule, example_ids()));
}

} // namespace

} // namespace nodewall::test
