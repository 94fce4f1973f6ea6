#include "projection/projector.hpp"

#include "unit/projection/objects.hpp"

#include <gtest/gtest.h>

namespace nodewall::projection {
namespace {

using model::kind;
using what = model::change::what;
using changes = std::set<model::change>;
using keys = std::set<model::object_key>;
using test::added;
using test::deleted;

const model::object_key web{"a", "web"};
const model::object_key api{"a", "api"};

struct ServiceIndex : testing::Test {
    projector p;

    changes apply(const model::event& e) {
        p.apply(e);
        return p.take_changes();
    }
    const model::resolved& resolved() const { return p.state().resolved; }
    void SetUp() override { apply(test::listed(kind::endpoint_slice)); }
};

TEST_F(ServiceIndex, AServiceHasItsSlicesWhileTheyAreThere) {
    apply(added(test::slice("a/web-1", "web", {"10.1.0.5@one", "10.1.0.6@two"})));
    apply(added(test::slice("a/web-2", "web", {"10.1.0.5@one"})));
    EXPECT_EQ(resolved().slices_of_service.at(web), (keys{{"a", "web-1"}, {"a", "web-2"}}));
    EXPECT_EQ(apply(added(test::slice("a/web-1", "web", {"10.1.0.7"}))),
              (changes{{.kind = what::service, .key = web}}));
    EXPECT_EQ(resolved().slices_of_service.at(web), (keys{{"a", "web-1"}, {"a", "web-2"}}));
    apply(deleted(test::slice("a/web-1", "web", {})));
    EXPECT_EQ(resolved().slices_of_service.at(web), (keys{{"a", "web-2"}}));
    apply(deleted(test::slice("a/web-2", "web", {})));
    EXPECT_TRUE(resolved().slices_of_service.empty());
}

TEST_F(ServiceIndex, ASliceThatMovesToAnotherServiceChangesBoth) {
    apply(added(test::slice("a/s", "web", {"10.1.0.5@one"})));
    EXPECT_EQ(apply(added(test::slice("a/s", "api", {"10.1.0.5@one"}))),
              (changes{{.kind = what::service, .key = web}, {.kind = what::service, .key = api}}));
    EXPECT_EQ(resolved().slices_of_service,
              (std::map<model::object_key, keys>{{api, {{"a", "s"}}}}));
}

TEST_F(ServiceIndex, ASliceOfNoServiceBelongsNowhere) {
    EXPECT_TRUE(apply(added(test::slice("a/s", "", {"10.1.0.5@one"}))).empty());
    EXPECT_TRUE(resolved().slices_of_service.empty());
    EXPECT_TRUE(apply(deleted(test::slice("a/s", "", {}))).empty());
}

} // namespace
} // namespace nodewall::projection
