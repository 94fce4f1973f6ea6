// What holds of every story of a door (calico_door.hpp); the tables stand beside, by their subject.
#include "calico_door.hpp"

namespace nodewall::test {

std::string name_of_story(const testing::TestParamInfo<story>& told) {
    return told.param.name;
}

TEST_P(CalicoDoor, IsOpenToExactlyWhomItShould) {
    expect_story(GetParam());
}

} // namespace nodewall::test
