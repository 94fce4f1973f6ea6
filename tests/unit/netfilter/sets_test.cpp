#include "kernel_fixture.hpp"

#include "../applier/layout_ruleset.hpp"
#include "applier/plan.hpp"
#include "base/sort_unique.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>

namespace nodewall::test {

namespace {

using model::family;
using model::set_type;
using testing::HasSubstr;

std::vector<model::set_member> members_of(set_type type, family f) {
    const auto address = f == family::ipv4 ? ip("10.1.2.3") : ip("fd00::3");
    const auto nets =
        f == family::ipv4
            ? std::vector{block("0.0.0.0/1"), block("10.0.0.0/8"), block("10.1.2.3/32")}
            : std::vector{block("8000::/1"), block("fd00::/8"), block("fd00::3/128")};
    std::vector<model::set_member> all;
    if (type == set_type::hash_ip)
        return {{.ip = address}};
    if (type == set_type::hash_net) {
        for (const auto& net : nets)
            all.push_back({.net = net});
        return all;
    }
    for (const auto proto : std::array<std::uint8_t, 3>{6, 17, 132})
        for (const auto port : std::array<std::uint16_t, 3>{1, 30051, 65535})
            for (const auto& net : nets)
                all.push_back(
                    {.ip = type == set_type::hash_net_port ? model::ip_address{} : address,
                     .net = type == set_type::hash_ip_port ? model::cidr{} : net,
                     .proto = proto,
                     .port = port});
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

class Sets : public KernelTest {
protected:
    void perform(model::step step) {
        const auto outcome = kernel->apply({{std::move(step)}});
        for (const auto& failure : outcome.failures)
            ADD_FAILURE() << failure.message();
    }
    std::vector<model::set_member> members(const std::string& set) {
        auto snapshot = kernel->read().value();
        for (auto& found : snapshot.sets)
            if (found.definition.name == set) {
                sort_unique(found.members);
                return std::move(found.members);
            }
        ADD_FAILURE() << "no set " << set;
        return {};
    }
};

TEST_F(Sets, OfEveryTypeAndFamilyReadBackWhatWasAddedAndPrintItAsIpsetDoes) {
    for (const auto type : {set_type::hash_ip, set_type::hash_net, set_type::hash_net_port,
                            set_type::hash_ip_port, set_type::hash_ip_port_net})
        for (const auto f : model::families) {
            const model::set_definition set{.name = "NW-TEST", .type = type, .fam = f};
            auto wanted = members_of(type, f);
            SCOPED_TRACE(set.to_string());
            perform(model::create_set{set});
            perform(model::create_set{set});
            perform(model::add_members{set, wanted});
            perform(model::add_members{set, {wanted.back()}});
            EXPECT_EQ(kernel->read().value().sets.at(0).definition, set);
            EXPECT_EQ(members(set.name), wanted);
            for (const auto& member : wanted)
                EXPECT_THAT(shell("ipset save"), HasSubstr(member.to_string(type) + "\n"));

            perform(model::remove_members{set, {wanted.back()}});
            perform(model::remove_members{set, {wanted.back()}});
            wanted.pop_back();
            EXPECT_EQ(members(set.name), wanted);
            perform(model::destroy_set{set});
            perform(model::destroy_set{set});
            EXPECT_TRUE(kernel->read().value().sets.empty());
        }
}

TEST_F(Sets, ReadBackWhatIpsetAdded) {
    shell("ipset create NW-TEST hash:net,port");
    shell("ipset add NW-TEST 10.0.0.0/8,udp:53");
    EXPECT_EQ(members("NW-TEST"), (std::vector<model::set_member>{
                                      {.net = block("10.0.0.0/8"), .proto = 17, .port = 53}}));
}

TEST_F(Sets, TakeNoExceptionForAMember) {
    shell("ipset create NW-TEST hash:net");
    shell("ipset add NW-TEST 10.0.0.0/8 nomatch");
    EXPECT_TRUE(members("NW-TEST").empty());
    perform(model::add_members{{.name = "NW-TEST", .type = set_type::hash_net},
                               {{.net = block("10.0.0.0/8")}}});
    EXPECT_EQ(lines_with(shell("ipset save"), "nomatch"), "");
}

TEST_F(Sets, ThatDoNotExistAreNamedInTheError) {
    const auto outcome =
        kernel->apply({{model::add_members{{.name = "NW-TEST"}, {{.ip = ip("10.0.0.1")}}}}});
    ASSERT_EQ(outcome.failures.size(), 1U);
    EXPECT_THAT(outcome.failures[0].message(), HasSubstr("NW-TEST"));
}

TEST_F(Sets, OfForeignNamesAreNotRead) {
    shell("ipset create other hash:ip");
    EXPECT_TRUE(kernel->read().value().sets.empty());
}

class stopwatch {
public:
    double us() const {
        return std::chrono::duration<double, std::micro>(clock::now() - start_).count();
    }

private:
    using clock = std::chrono::high_resolution_clock;
    clock::time_point start_ = clock::now();
};

TEST_F(Sets, OfAHundredThousandMembersAreFilledAndReadQuickly) {
    const model::set_definition set{.name = "NW-TEST", .type = set_type::hash_ip_port_net};
    std::vector<model::set_member> many;
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        const std::array<std::uint8_t, 4> bytes{10, static_cast<std::uint8_t>(i >> 16U),
                                                static_cast<std::uint8_t>(i >> 8U),
                                                static_cast<std::uint8_t>(i)};
        const auto address = model::ip_address::from_bytes(family::ipv4, bytes.data());
        many.push_back(
            {.ip = ip("203.0.113.7"), .net = model::cidr::host(address), .proto = 6, .port = 443});
    }
    perform(model::create_set{set});

    const stopwatch filling;
    perform(model::add_members{set, many});
    std::cout << "add 100,000 members: " << filling.us() / 1000 << " ms\n";
    const stopwatch reading;
    const auto found = members(set.name);
    std::cout << "read 100,000 members: " << reading.us() / 1000 << " ms\n";
    EXPECT_EQ(found, many);

    const stopwatch cutting;
    const auto units = applier::to_ruleset(kernel->read().value());
    std::cout << "read and cut into units: " << cutting.us() / 1000 << " ms\n";
    auto other = units;
    put_set(other, set, {many.begin() + 1, many.end()});
    const stopwatch comparing;
    const auto plan = applier::make_plan(units, other);
    std::cout << "plan for one of 100,000 members of a unit: " << comparing.us() << " us\n";
    ASSERT_EQ(plan.steps.size(), 1U);
    EXPECT_EQ(std::get<model::remove_members>(plan.steps[0]).members, std::vector{many.front()});

    const stopwatch thousand;
    perform(model::remove_members{set, {many.begin(), many.begin() + 1000}});
    std::cout << "remove 1,000 members: " << thousand.us() << " us\n";
    const stopwatch again;
    perform(model::add_members{set, {many.begin(), many.begin() + 1000}});
    std::cout << "add 1,000 members: " << again.us() << " us\n";
    const stopwatch one;
    for (int i = 0; i < 100; ++i) {
        perform(model::remove_members{set, {many.front()}});
        perform(model::add_members{set, {many.front()}});
    }
    std::cout << "one member: " << one.us() / 200 << " us\n";
}

} // namespace

} // namespace nodewall::test
