#include "projection/address_owners.hpp"

#include <gtest/gtest.h>

namespace nodewall::projection {
namespace {

using std::chrono::seconds;
using what = model::change::what;
using moves = std::vector<address_owners::move>;

const auto first = model::ip_address::parse("10.1.0.5").value();
const auto second = model::ip_address::parse("fd00::5").value();

struct AddressOwners : testing::Test {
    model::resolved resolved;
    change_collector changes;
    address_owners owners{resolved, changes};

    void SetUp() override { changes.take(); }

    static model::pod_object pod(std::string name, std::string uid, int started,
                                 std::vector<model::ip_address> addresses = {first}) {
        model::pod_object made;
        made.meta.key = {.namespace_ = "a", .name = std::move(name)};
        made.meta.uid = std::move(uid);
        made.started = timestamp(seconds(started));
        made.addresses = std::move(addresses);
        made.phase = model::pod_phase::running;
        return made;
    }
    moves arrive(const model::pod_object& p) {
        return owners.update(&p, {}, address_owners::claims_of(p));
    }
    moves leave(const model::pod_object& p) {
        return owners.update(&p, address_owners::claims_of(p), {});
    }
    const model::pod_object* owner(const model::ip_address& address) const {
        const auto at = resolved.owners.find(address);
        return at == resolved.owners.end() ? nullptr : at->second;
    }
};

TEST_F(AddressOwners, TheLaterStartTimeWinsInEitherOrderOfArrival) {
    const auto older = pod("older", "9", 1), newer = pod("newer", "1", 2);
    arrive(older);
    arrive(newer);
    EXPECT_EQ(owner(first), &newer);
    leave(older);
    arrive(older);
    EXPECT_EQ(owner(first), &newer);
}

TEST_F(AddressOwners, ATerminatingPodYieldsToAnOlderOneThatIsNot) {
    auto leaving = pod("leaving", "2", 9);
    const auto staying = pod("staying", "1", 1);
    arrive(leaving);
    arrive(staying);
    EXPECT_EQ(owner(first), &leaving);
    leaving.meta.terminating = true;
    const auto claims = address_owners::claims_of(leaving);
    EXPECT_EQ(owners.update(&leaving, claims, claims), (moves{{first, &leaving, &staying}}));
    EXPECT_EQ(owner(first), &staying);
}

TEST_F(AddressOwners, OfEqualStartTimesTheGreaterUidWins) {
    const auto a = pod("x", "1", 1), b = pod("b", "2", 1);
    arrive(b);
    arrive(a);
    EXPECT_EQ(owner(first), &b);
}

TEST_F(AddressOwners, APodThatWaitsInheritsWhenTheOwnerGoes) {
    const auto a = pod("a", "1", 1), b = pod("b", "2", 2), c = pod("c", "3", 3);
    arrive(a);
    arrive(b);
    arrive(c);
    changes.take();
    EXPECT_EQ(leave(c), (moves{{first, &c, &b}}));
    EXPECT_EQ(owner(first), &b);
    EXPECT_EQ(changes.take(),
              (std::set<model::change>{{.kind = what::address_owner, .address = first}}));
    leave(b);
    EXPECT_EQ(owner(first), &a);
    leave(a);
    EXPECT_EQ(owner(first), nullptr);
}

TEST_F(AddressOwners, APodThatWaitedLeavesWithoutATrace) {
    const auto a = pod("a", "1", 1), b = pod("b", "2", 2);
    arrive(a);
    arrive(b);
    changes.take();
    EXPECT_TRUE(leave(a).empty());
    EXPECT_TRUE(changes.take().empty());
    leave(b);
    EXPECT_EQ(owner(first), nullptr);
}

TEST_F(AddressOwners, APodMovesFromOneAddressToAnother) {
    auto p = pod("p", "1", 1);
    arrive(p);
    changes.take();
    const auto before = address_owners::claims_of(p);
    p.addresses = {second};
    owners.update(&p, before, address_owners::claims_of(p));
    EXPECT_EQ(owner(first), nullptr);
    EXPECT_EQ(owner(second), &p);
    EXPECT_EQ(changes.take(),
              (std::set<model::change>{{.kind = what::address_owner, .address = first},
                                       {.kind = what::address_owner, .address = second}}));
}

TEST_F(AddressOwners, HostNetworkAndFinishedPodsClaimNothing) {
    auto host = pod("host", "1", 1);
    host.host_network = true;
    auto done = pod("done", "2", 2);
    done.phase = model::pod_phase::succeeded;
    EXPECT_TRUE(address_owners::claims_of(host).empty());
    EXPECT_TRUE(address_owners::claims_of(done).empty());
}

TEST_F(AddressOwners, AnAddressSaidTwiceIsClaimedOnce) {
    const auto p = pod("p", "1", 1, {first, first});
    arrive(p);
    leave(p);
    EXPECT_EQ(owner(first), nullptr);
}

} // namespace
} // namespace nodewall::projection
