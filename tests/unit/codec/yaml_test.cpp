#include "codec/json_reader.hpp"
#include "codec/yaml.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <string>

namespace nodewall::codec::testing {

namespace {

std::string json(std::string_view yaml) {
    const auto documents = parse_yaml(yaml);
    EXPECT_TRUE(documents.has_value()) << documents.error().message() << "\n" << yaml;
    std::string all;
    if (documents)
        for (const auto& document : *documents)
            all += (all.empty() ? "" : " ") + boost::json::serialize(document);
    return all;
}

error refusal(std::string_view yaml) {
    const auto documents = parse_yaml(yaml);
    EXPECT_FALSE(documents.has_value()) << yaml;
    return documents ? error() : documents.error();
}

TEST(Yaml, PlainScalarsAreReadAsKubectlReadsThem) {
    const struct {
        const char* yaml;
        const char* json;
    } cases[] = {
        // null
        {"a: ~", R"({"a":null})"},
        {"a:", R"({"a":null})"},
        {"a: null", R"({"a":null})"},
        {"a: Null", R"({"a":null})"},
        {"a: NULL", R"({"a":null})"},
        {"a: nULL", R"({"a":"nULL"})"},
        // booleans
        {"[true, True, TRUE, yes, Yes, YES, on, On, ON, y, Y]",
         "[true,true,true,true,true,true,true,true,true,true,true]"},
        {"[false, False, FALSE, no, No, NO, off, Off, OFF, n, N]",
         "[false,false,false,false,false,false,false,false,false,false,false]"},
        {"[tRUE, yEs, oN, trUE, nope]", R"(["tRUE","yEs","oN","trUE","nope"])"},
        // integers
        {"[0, 7, -7, +7, 00, 010, -010, 0o17, 0x1F, 0XfF, 0b101, 1_000]",
         "[0,7,-7,7,0,8,-8,15,31,255,5,1000]"},
        {"[9223372036854775807, -9223372036854775808, 18446744073709551615]",
         "[9223372036854775807,-9223372036854775808,18446744073709551615]"},
        {"[08, 8.0, 1e3, -0.0]", "[8,8,1000,0]"},
        // floats
        {"[1.5, -1.5, .5, 5., 1.5e-3]", "[1.5E0,-1.5E0,5E-1,5,1.5E-3]"},
        // everything else is a string
        {"[0x, 0xZZ, 1.2.3, 10.0.0.1, 10.0.0.0/8, 1:30, 2024-05-06, 2024-05-06T07:08:09Z]",
         R"(["0x","0xZZ","1.2.3","10.0.0.1","10.0.0.0/8","1:30","2024-05-06","2024-05-06T07:08:09Z"])"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(json(c.yaml), c.json) << c.yaml;
    EXPECT_EQ(json("[+, ., 1e, 0b2, --5, a_1, e5]"), R"(["+",".","1e","0b2","--5","a_1","e5"])");
}

TEST(Yaml, QuotedAndTaggedScalarsAreStrings) {
    EXPECT_EQ(json(R"(["80", '80', "yes", 'null', "", "~"])"),
              R"(["80","80","yes","null","","~"])");
    EXPECT_EQ(json("[!!str 80, !!str yes, !!int '80', !!bool \"yes\"]"), R"(["80","yes",80,true])");
    EXPECT_EQ(json("a: |\n  yes\n"), R"({"a":"yes\n"})");
    EXPECT_EQ(json("a: >-\n  12\n  13\n"), R"({"a":"12 13"})");
}

TEST(Yaml, KeysBecomeText) {
    EXPECT_EQ(json("80: a\n0x10: b\non: c\n'yes': d\n"),
              R"({"80":"a","16":"b","true":"c","yes":"d"})");
}

TEST(Yaml, JsonIsYaml) {
    EXPECT_EQ(json(R"({"a":[1,"2",{"b":null}],"c":"é"})"),
              "{\"a\":[1,\"2\",{\"b\":null}],\"c\":\"é\"}");
    EXPECT_EQ(json(R"("\u00e9")"), "\"é\"");
}

TEST(Yaml, EmptyDocumentsAreLeftOut) {
    EXPECT_EQ(json("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n...\n"), R"({"a":1} {"b":2})");
    EXPECT_EQ(json(""), "");
    EXPECT_EQ(json("# only a comment\n"), "");
    EXPECT_EQ(json("a: 1\n...\n# bare\nb: 2\n"), R"({"a":1} {"b":2})");
    EXPECT_EQ(json("\xef\xbb\xbf%YAML 1.1\n--- a\n--- é\n--- c\n"), "\"a\" \"é\" \"c\"");
}

TEST(Yaml, AnchorsAliasesAndMergeKeys) {
    EXPECT_EQ(json("a: &x {p: 1}\nb: *x\nc: [*x, *x]\n"),
              R"({"a":{"p":1},"b":{"p":1},"c":[{"p":1},{"p":1}]})");
    EXPECT_EQ(json("base: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n"),
              R"({"base":{"p":1,"q":2},"b":{"q":3,"p":1}})");
    EXPECT_EQ(json("- &x {p: 1}\n- &y {p: 2, q: 2}\n- <<: [*x, *y]\n"),
              R"([{"p":1},{"p":2,"q":2},{"p":1,"q":2}])");
    EXPECT_EQ(json("'<<': 1\n"), R"({"<<":1})");
    EXPECT_EQ(json("a: &x 1\n---\nb: &x 2\nc: *x\n"), R"({"a":1} {"b":2,"c":2})");
}

TEST(Yaml, AnErrorNamesTheLine) {
    const struct {
        std::string yaml;
        const char* detail;
    } cases[] = {
        {"a: 1\nb: [1, 2\nc: 3\n", "line 3: "},
        {"a: 1\nb: *nobody\n", "line 2: "},
        {"a: 1\n\tb: 2\n", "line 2: "},
        {"a: 1\na: 2\n", "line 2: the key 'a' stands twice"},
        {"a: 1\n}\n", "line 2: "},
        {"a: @x\n", "line 1: "},
        {", a\n", "line 1: what stands here has no place in the document"},
        {"a: 1\n...\n, b\n", "line 3: what stands here has no place in the document"},
        {"- a\nb: c\n", "line 2: what stands here has no place in the document"},
        {"a: .inf\n", "line 1: JSON has no number .inf"},
        {"a: .NaN\n", "line 1: JSON has no number .NaN"},
        {"a: !thing 1\n", "line 1: tag '!thing' is not supported"},
        {"a:\n  b: !thing {}\n", "line 2: tag '!thing' is not supported"},
        {"? [a]\n: 1\n", "line 1: a key is neither text nor a number nor a boolean"},
        {"~: 1\n", "line 1: a key is neither text nor a number nor a boolean"},
        {"a: 1\nb: &x [*x]\n", "line 2: an alias inside the value that it stands for"},
        {"a:\n  <<: 7\n", "line 2: a << key whose value is no map"},
        {"a: 1\nb: \x01\n", "line 2: a control character"},
        {std::string("a: \0", 4), "line 1: a control character"},
        {"a: \xff\n", "invalid UTF-8"},
    };
    for (const auto& c : cases) {
        const auto e = refusal(c.yaml);
        EXPECT_TRUE(e.is(errc::not_yaml)) << e.message();
        EXPECT_TRUE(e.detail().starts_with(c.detail)) << e.detail() << "\n" << c.yaml;
    }
}

TEST(Yaml, DepthIsBounded) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(json(nested(64)), nested(64));
    EXPECT_EQ(refusal(nested(65)).detail(), "line 1: nests deeper than 64");
    EXPECT_TRUE(refusal(nested(100'000)).is(errc::not_yaml));

    std::string ladder = "- &a0 [x]\n"; // each alias nests the one before it deeper
    for (int i = 1; i < 100; ++i)
        ladder += "- &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    EXPECT_TRUE(refusal(ladder).detail().ends_with("nests deeper than 64"))
        << refusal(ladder).detail();
}

TEST(Yaml, ABillionLaughsAreRefused) {
    std::string bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
    for (int i = 1; i < 12; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 8; ++j)
            bomb += ", " + before;
        bomb += "]\n";
    }
    const auto e = refusal(bomb);
    EXPECT_TRUE(e.is(errc::not_yaml));
    EXPECT_NE(e.detail().find("anchors and aliases make the document larger than 16777216 bytes"),
              std::string::npos)
        << e.detail();

    std::string text = "a: &a " + std::string(1U << 20U, 'x') + "\nb: [*a";
    for (int i = 0; i < 20; ++i)
        text += ", *a";
    EXPECT_TRUE(refusal(text + "]\n").is(errc::not_yaml));
}

} // namespace

} // namespace nodewall::codec::testing
