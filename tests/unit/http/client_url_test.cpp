#include "http/url.hpp"

#include <gtest/gtest.h>

namespace nodewall::http {
namespace {

TEST(Url, IsReadAndWrittenBack) {
    const std::pair<const char*, const char*> cases[]{
        {"https://10.0.0.1:6443", "https://10.0.0.1:6443"},
        {"https://api.example", "https://api.example:443"},
        {"http://api", "http://api:80"},
        {"https://[fd00::1]:6443/", "https://[fd00::1]:6443"},
        {"https://rancher/k8s/clusters/c-1//", "https://rancher:443/k8s/clusters/c-1"},
    };
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(parse_url(text).value().to_string(), expected);
    EXPECT_EQ(parse_url("https://[fd00::1]:6443/").value().host, "fd00::1");
}

TEST(Url, WhatIsNoneIsRefusedWithoutBeingRepeated) {
    for (const auto* text :
         {"", "10.0.0.1:6443", "ftp://x", "https://", "https://:443", "https://x:0",
          "https://x:70000", "https://x:1a", "https://[::1", "https://[::1]x",
          "https://user:secret@x", "https://x/?a=b", "https://x\r\nHost: y", "https://a b"}) {
        const auto read = parse_url(text);
        ASSERT_TRUE(read.has_error()) << text;
        EXPECT_EQ(read.error().message().find("secret"), std::string::npos);
    }
}

TEST(Target, EscapesSurviveTheWayThereAndBack) {
    std::string every;
    for (int c = 0; c < 256; ++c)
        every += static_cast<char>(c);
    EXPECT_EQ(percent_decode(percent_encode(every)), every);
    EXPECT_EQ(percent_encode("a b/ü"), "a%20b%2F%C3%BC");
    for (const auto* text : {"%", "%4", "%4x", "abc%"})
        EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(Target, IsAPathAndNamedValues) {
    const auto t = parse_target("/api/v1/pods%2Fx?limit=500&continue=a%3Db&watch&empty=").value();
    EXPECT_EQ(t.path, "/api/v1/pods/x");
    EXPECT_EQ(t.get("limit"), "500");
    EXPECT_EQ(t.get("continue"), "a=b");
    EXPECT_EQ(t.get("watch"), "");
    EXPECT_EQ(t.query.size(), 4U);
    EXPECT_EQ(t.get("absent"), "");
    EXPECT_TRUE(parse_target("api").has_error());
    EXPECT_TRUE(parse_target("/a?x=%zz").has_error());
}

} // namespace
} // namespace nodewall::http
