#include "model/address.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace nodewall::model {
namespace {

ip_address ip(const char* text) {
    return ip_address::parse(text).value();
}
cidr block(const char* text) {
    return cidr::parse(text).value();
}

std::vector<std::string> texts(const address_set& set) {
    std::vector<std::string> list;
    for (const auto& b : set.blocks())
        list.push_back(b.to_string());
    return list;
}

TEST(Address, MappedIpv6CountsAsIpv4) {
    EXPECT_EQ(ip("::ffff:10.1.2.3"), ip("10.1.2.3"));
    EXPECT_EQ(block("::ffff:10.1.0.0/112"), block("10.1.0.0/16"));
    EXPECT_FALSE(cidr::parse("::ffff:10.1.0.0/90"));
}

TEST(Address, LeadingZerosMeanNothing) {
    EXPECT_EQ(ip("203.0.113.010"), ip("203.0.113.10"));
    EXPECT_EQ(ip("000010.00.0.08"), ip("10.0.0.8")) << "decimal, not octal";
    EXPECT_EQ(ip("0.0.0.0").to_string(), "0.0.0.0");
    EXPECT_EQ(ip("::ffff:010.0.0.01"), ip("10.0.0.1"));
    EXPECT_EQ(ip("0002001:0db8::00000").to_string(), "2001:db8::");
    EXPECT_EQ(block("203.0.113.064/026"), block("203.0.113.64/26"));
    EXPECT_EQ(block("010.0.0.0/8"), block("10.0.0.0/8"));
    for (const auto* text :
         {"0256.0.0.1", "0x10.0.0.1", "00.0.0", "1..2.3", "1.2.3.", "0:0", ".1.2.3"})
        EXPECT_FALSE(ip_address::parse(text)) << text;
    EXPECT_FALSE(ip_address::parse(std::string_view("1.2.3.4\0", 8)));
    EXPECT_FALSE(ip_address::parse(std::string(1000, '1')));
    EXPECT_EQ(ip((std::string(1000, '0') + "1.2.3.4").c_str()), ip("1.2.3.4"));
}

TEST(Address, WhatIsNoAddressIsRefused) {
    for (const auto* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.4/8", "::g", "1.2.3.4 ", "localhost"})
        EXPECT_FALSE(ip_address::parse(text)) << text;
}

TEST(Cidr, HostBitsAreIgnored) {
    EXPECT_EQ(block("192.168.242.213/24").to_string(), "192.168.242.0/24");
    EXPECT_EQ(block("2001:db8::1/32").to_string(), "2001:db8::/32");
    EXPECT_EQ(block("255.255.255.255/0").to_string(), "0.0.0.0/0");
}

TEST(Cidr, WhatIsNoBlockIsRefused) {
    for (const auto* text : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1",
                             "10.0.0.0/8x", "10.0.0.0/ 8"})
        EXPECT_FALSE(cidr::parse(text)) << text;
}

TEST(Cidr, HoldsAddressesOfItsFamilyOnly) {
    EXPECT_TRUE(block("10.0.0.0/8").contains(ip("10.255.0.1")));
    EXPECT_FALSE(block("10.0.0.0/8").contains(ip("11.0.0.0")));
    EXPECT_FALSE(block("0.0.0.0/0").contains(ip("::1")));
    EXPECT_FALSE(block("::/0").contains(ip("1.2.3.4")));
}

TEST(AddressSet, WhatIsTakenOutOfOneBlockAnotherMayAdmit) {
    // SEMANTICS section 2: {10.0.0.0/8 except 10.1.2.0/24} or {10.1.0.0/16} admits 10.1.2.5.
    address_set first(family::ipv4);
    first.add(block("10.0.0.0/8"));
    first.remove(block("10.1.2.0/24"));
    EXPECT_FALSE(first.contains(ip("10.1.2.5")));
    first.add(block("10.1.0.0/16"));
    EXPECT_TRUE(first.contains(ip("10.1.2.5")));
    EXPECT_EQ(texts(first), std::vector<std::string>{"10.0.0.0/8"});
}

TEST(AddressSet, TheWholeFamilyIsOneBlock) {
    address_set v4(family::ipv4);
    v4.add(block("0.0.0.0/0"));
    EXPECT_TRUE(v4.everything());
    EXPECT_EQ(texts(v4), std::vector<std::string>{"0.0.0.0/0"});
    address_set v6(family::ipv6);
    v6.add(block("::/1"));
    EXPECT_FALSE(v6.everything());
    v6.add(block("8000::/1"));
    EXPECT_TRUE(v6.everything());
    EXPECT_EQ(texts(v6), std::vector<std::string>{"::/0"});
}

TEST(AddressSet, ARangeBesideTheMappedAddressesStaysIpv6) {
    address_set set(family::ipv6);
    set.add(block("::/64"));
    set.remove(block("::fffe:0:0/96"));
    EXPECT_TRUE(set.contains(ip_address::from_raw(
        family::ipv6,
        std::array<std::uint8_t, 16>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}.data())));
    for (const auto& b : set.blocks())
        EXPECT_EQ(b.fam(), family::ipv6) << b.to_string();
}

TEST(AddressSet, AgreesWithMembershipAddressByAddress) {
    std::mt19937 random(20261123);
    for (int round = 0; round < 200; ++round) {
        address_set set(family::ipv4);
        std::vector<bool> model(256, false);
        for (int step = 0; step < 8; ++step) {
            const auto prefix = 24 + random() % 9;
            const auto b =
                block(("10.0.0." + std::to_string(random() % 256) + "/" + std::to_string(prefix))
                          .c_str());
            const bool add = random() % 3 != 0;
            add ? set.add(b) : set.remove(b);
            for (unsigned host = 0; host < 256; ++host)
                if (b.contains(ip(("10.0.0." + std::to_string(host)).c_str())))
                    model[host] = add;
        }
        const auto blocks = set.blocks();
        for (unsigned host = 0; host < 256; ++host) {
            const auto a = ip(("10.0.0." + std::to_string(host)).c_str());
            ASSERT_EQ(set.contains(a), model[host]) << "round " << round << " host " << host;
            ASSERT_EQ(std::count_if(blocks.begin(), blocks.end(),
                                    [&](const cidr& b) { return b.contains(a); }),
                      model[host] ? 1 : 0);
        }
    }
}

} // namespace
} // namespace nodewall::model
