#include "base/errc.hpp"
#include "base/time.hpp"

#include <gtest/gtest.h>

namespace nodewall {
namespace {

TEST(Rfc3339, ReadsWhatItWrites) {
    for (const auto* text :
         {"1970-01-01T00:00:00Z", "2026-11-23T08:40:00.123456789Z", "1969-12-31T23:59:59.500Z",
          "2026-11-23T08:40:00.000250Z", "2024-02-29T12:00:00Z"})
        EXPECT_EQ(to_rfc3339(parse_rfc3339(text).value()), text);
}

TEST(Rfc3339, AnOffsetIsTakenOff) {
    EXPECT_EQ(to_rfc3339(parse_rfc3339("2026-11-23T10:00:00+01:30").value()),
              "2026-11-23T08:30:00Z");
}

TEST(Rfc3339, ATimeWithoutAZoneIsRefused) {
    const auto parsed = parse_rfc3339("2026-11-23T10:00:00");
    ASSERT_FALSE(parsed);
    EXPECT_TRUE(parsed.error().is(errc::bad_time));
    EXPECT_NE(parsed.error().message().find("zone"), std::string::npos);
}

TEST(Rfc3339, WhatIsNoTimeIsRefused) {
    for (const auto* text :
         {"", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00Zx",
          "9999-01-01T00:00:00Z", "2026-01-01T00:00:00+25:00"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
}

} // namespace
} // namespace nodewall
