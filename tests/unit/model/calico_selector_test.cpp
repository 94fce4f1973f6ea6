// Calico's grammar of selectors, POLICY-APIS section 5.
#include "model/calico_selector.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::model {
namespace {

label_set labels(std::vector<std::pair<std::string, std::string>> pairs) {
    return label_set(std::move(pairs));
}

label_expression parsed(std::string_view text) {
    const auto expression = parse_calico_selector(text);
    EXPECT_TRUE(expression) << text << ": "
                            << (expression ? std::string() : expression.error().message());
    return expression ? *expression : label_expression::nothing();
}

bool holds(std::string_view text, const label_set& labels) {
    return parsed(text).holds(labels);
}

struct meaning {
    const char* text;
    std::initializer_list<std::string_view> held, refused; // of the objects below
};

/// Objects by name: "web" has app=web; "both" has app=web and role=db; "bare" has nothing.
label_set object(std::string_view name) {
    if (name == "web")
        return labels({{"app", "web"}});
    if (name == "both")
        return labels({{"app", "web"}, {"role", "db"}});
    if (name == "empty")
        return labels({{"app", ""}});
    return {};
}

TEST(CalicoSelector, MeansWhatItsGrammarSays) {
    const meaning table[] = {
        {"", {"web", "bare"}, {}},
        {" \t ", {"web", "bare"}, {}},
        {"all()", {"web", "bare"}, {}},
        {"all( )", {"web", "bare"}, {}},
        {"global()", {"web", "bare"}, {}},
        {"app == 'web'", {"web", "both"}, {"bare", "empty"}},
        {"app==\"web\"", {"web", "both"}, {"bare"}},
        {"app == ''", {"empty"}, {"bare", "web"}},
        // Without the label != and not in hold.
        {"app != 'web'", {"bare", "empty"}, {"web"}},
        {"app not in {'web', 'x'}", {"bare", "empty"}, {"web", "both"}},
        {"app notin {'web'}", {"bare"}, {"web"}},
        {"app in {'x', 'web'}", {"web"}, {"bare", "empty"}},
        {"app in{'x','web',}", {"web"}, {"bare"}},
        {"app in {}", {}, {"web", "bare", "empty"}},
        {"app not in {}", {"web", "bare", "empty"}, {}},
        // Without the label these do not hold, and so their negations do.
        {"app contains 'e'", {"web"}, {"bare", "empty"}},
        {"app contains ''", {"web", "empty"}, {"bare"}},
        {"!app contains 'e'", {"bare", "empty"}, {"web"}},
        {"app starts with 'we'", {"web"}, {"bare", "empty"}},
        {"app startswith 'eb'", {}, {"web", "bare"}},
        {"app ends with 'eb'", {"web"}, {"bare"}},
        {"app endswith 'we'", {}, {"web", "bare"}},
        {"has(app)", {"web", "empty"}, {"bare"}},
        {"has( app )", {"web", "empty"}, {"bare"}},
        {"!has(app)", {"bare"}, {"web"}},
        {"! !has(app)", {"web"}, {"bare"}},
        {"!!! has(app)", {"bare"}, {"web"}},
        // ! binds tighter than &&, and reaches over the comparison.
        {"!app == 'web'", {"bare", "empty"}, {"web", "both"}},
        {"!app == 'x' && has(role)", {"both"}, {"web", "bare"}},
        {"!(app == 'web' && role == 'db')", {"web", "bare"}, {"both"}},
        {"!(app == 'web' || has(role))", {"bare", "empty"}, {"web", "both"}},
        // && binds tighter than ||.
        {"has(role) && app == 'x' || app == 'web'", {"web", "both"}, {"bare"}},
        {"app == 'web' || app == 'x' && has(role)", {"web"}, {"bare"}},
        {"(app == 'web' || app == 'x') && has(role)", {"both"}, {"web", "bare"}},
        {"((((has(app)))))", {"web"}, {"bare"}},
    };
    for (const auto& [text, held, refused] : table) {
        for (const auto name : held)
            EXPECT_TRUE(holds(text, object(name))) << text << " of " << name;
        for (const auto name : refused)
            EXPECT_FALSE(holds(text, object(name))) << text << " of " << name;
    }
}

TEST(CalicoSelector, ReadsLabelsAndStringsAsTheyStand) {
    EXPECT_TRUE(holds("A_z.0/-9 == 'it is \"so\"'", labels({{"A_z.0/-9", "it is \"so\""}})));
    EXPECT_TRUE(holds("a == \"it's\"", labels({{"a", "it's"}})));
    EXPECT_TRUE(holds("a == '\\'", labels({{"a", "\\"}}))) << "there are no escapes";
    EXPECT_TRUE(holds("has == 'x'", labels({{"has", "x"}})));
    EXPECT_TRUE(holds("in in {'x'}", labels({{"in", "x"}})));
    EXPECT_TRUE(holds("allowed == 'x'", labels({{"allowed", "x"}})));
}

TEST(CalicoSelector, TellsWhatItExpectedWhere) {
    const std::pair<const char*, const char*> table[] = {
        {"app", "expected an operator behind the label at 4"},
        {"'web' == app", "expected a label, has(), all() or global() at 1"},
        {"app == role", "expected a string at 8"},
        {"app == 'web", "expected a string that ends at 8"},
        {"app = 'web'", "expected an operator behind the label at 5"},
        {"app == 'web' &&", "expected a label, has(), all() or global() at 16"},
        {"app == 'web' & has(x)", "expected \"&&\", \"||\" or the end at 14"},
        {"app == 'web' has(x)", "expected \"&&\", \"||\" or the end at 14"},
        {"(app == 'web'", "expected \")\" at 14"},
        {"app == 'web')", "expected \"&&\", \"||\" or the end at 13"},
        {"has()", "expected a label, has(), all() or global() at 5"},
        {"has(a b)", "expected \")\" at 7"},
        {"has (a)", "expected an operator behind the label at 5"},
        {"app in 'web'", "expected \"{\" at 8"},
        {"app in {'a' 'b'}", "expected \"}\" at 13"},
        {"app in {,}", "expected a string at 9"},
        {"app not 'x'", "expected \"in\" at 9"},
        {"app starts 'x'", "expected \"with\" at 12"},
        {"!", "expected a label, has(), all() or global() at 2"},
        {"!= 'x'", "expected a label, has(), all() or global() at 1"},
        {"app == 'a'\n", "expected \"&&\", \"||\" or the end at 11"},
        {"äpp == 'a'", "expected a label, has(), all() or global() at 1"},
        {"()", "expected a label, has(), all() or global() at 2"},
    };
    for (const auto& [text, fault] : table) {
        const auto expression = parse_calico_selector(text);
        ASSERT_FALSE(expression) << text;
        EXPECT_EQ(expression.error().detail(), fault) << text;
    }
}

TEST(CalicoSelector, IsBoundedInLengthAndDepth) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "has(a)" + std::string(depth, ')');
    };
    EXPECT_TRUE(parse_calico_selector(nested(limits::selector_depth_max)));
    EXPECT_FALSE(parse_calico_selector(nested(limits::selector_depth_max + 1)));
    EXPECT_FALSE(parse_calico_selector(std::string(200'000, '(')));
    EXPECT_TRUE(parse_calico_selector(std::string(100'000, '!') + "has(a)"));
    EXPECT_FALSE(parse_calico_selector(std::string(limits::selector_bytes_max + 1, ' ')));
    EXPECT_TRUE(parse_calico_selector(std::string(limits::selector_label_max, 'a') + " == 'x'"));
    EXPECT_FALSE(
        parse_calico_selector(std::string(limits::selector_label_max + 1, 'a') + " == 'x'"));
}

TEST(CalicoSelector, OfAThousandComparisonsIsOneSelector) {
    std::string text = "has(none)";
    for (int i = 0; i < 1000; ++i)
        text += " || key" + std::to_string(i) + " == 'value'";
    EXPECT_TRUE(holds(text, labels({{"key999", "value"}})));
    EXPECT_FALSE(holds(text, labels({{"key999", "other"}})));
}

TEST(CalicoSelector, HasOneSpellingForEachNormalForm) {
    const std::pair<const char*, const char*> same[] = {
        {"a == 'x' && b == 'y'", "b==\"y\"&&a in {'x'}"},
        {"a == 'x' && (b == 'y' && has(c))", "has(c) && b == 'y' && a == 'x' && a == 'x'"},
        {"!(a == 'x' || has(b))", "a != 'x' && !has(b)"},
        {"!(a == 'x' && !has(b))", "has(b) || a != 'x'"},
        {"a in {'y', 'x', 'y'}", "a in {'x','y'}"},
        {"has(a) || all()", ""},
        {"has(a) && a in {}", "a in {}"},
        {"has(a) || a in {}", "has(a)"},
    };
    for (const auto& [left, right] : same) {
        EXPECT_EQ(parsed(left), parsed(right)) << left << " and " << right;
        EXPECT_EQ(parsed(left).to_string(), parsed(right).to_string());
    }
    for (const auto* text : {"all()", "!all()", "has(a)", "!has(a)", "a == \"x\"", "a != \"x\"",
                             "a in {\"x\", \"y\"}", "a not in {\"x\", \"y\"}", "!a contains \"x\"",
                             "(a starts with \"x\" && !b ends with \"y\")",
                             "(has(a) || (has(b) && has(c)))", "a == 'say \"x\"'"})
        EXPECT_EQ(parsed(text).to_string(), text);
    EXPECT_NE(parsed("a == 'x'"), parsed("a != 'x'"));
    EXPECT_NE(parsed("a == 'x' && has(b)"), parsed("a == 'x' || has(b)"));
}

TEST(CalicoSelector, SeesWhatCalicoAddsToTheLabelsOfAPod) {
    const auto own = labels({{"projectcalico.org/namespace", "forged"}, {"app", "web"}});
    const label_view pod(own, "shop", "robot");
    EXPECT_TRUE(parsed("projectcalico.org/namespace == 'shop'").holds(pod));
    EXPECT_TRUE(parsed("projectcalico.org/serviceaccount == 'robot'").holds(pod));
    EXPECT_TRUE(parsed("projectcalico.org/serviceaccount == 'robot' && app == 'web'").holds(pod));
    EXPECT_FALSE(parsed("projectcalico.org/namespace == 'forged'").holds(pod));
}

TEST(CalicoSelector, BecomesRequirementsAsFarAsTheseSayIt) {
    const auto plain = selector_of(parsed("b not in {'x','y'} && a == 'x' && has(c) && !has(d)"));
    EXPECT_EQ(plain.to_string(), "a=x,b notin (x,y),c,!d");
    EXPECT_TRUE(plain.further.holds_always());
    const auto mixed =
        selector_of(parsed("a == 'x' && (has(b) || has(c)) && "
                           "projectcalico.org/serviceaccount == 'robot' && d contains 'e'"));
    EXPECT_EQ(mixed.requirements.size(), 1U);
    EXPECT_EQ(mixed.to_string(), "a=x,(d contains \"e\" && "
                                 "projectcalico.org/serviceaccount == \"robot\" && "
                                 "(has(b) || has(c)))");
    EXPECT_NE(mixed.canonical_text(), selector_of(parsed("a == 'x'")).canonical_text());
    EXPECT_FALSE(selector_of(parsed("!all()")).matches(label_set()));
    EXPECT_TRUE(selector_of(parsed("")).selects_everything());
}

TEST(CalicoSelector, OfNamespacesTellsWhatIsInOneFromTheRest) {
    const auto words = words_of_namespaces();
    EXPECT_EQ(parse_calico_selector("all()", words)->to_string(),
              "has(projectcalico.org/namespace)");
    EXPECT_EQ(parse_calico_selector("global()", words)->to_string(),
              "!has(projectcalico.org/namespace)");
}

} // namespace
} // namespace nodewall::model
