#include "model/calico_selector.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::model {

namespace {

using operation = label_test::operation;

bool is_label_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '/' || c == '-';
}

/// Goes through the text once. After the first fault every step does nothing, and the fault stays.
class parser {
public:
    parser(std::string_view text, const calico_words& words) : text_(text), words_(words) {}

    result<label_expression> parse() {
        skip_spaces();
        auto whole = at_end() ? label_expression() : expression(false, 0);
        if (fault_.empty() && !at_end())
            fail(R"("&&", "||" or the end)");
        if (!fault_.empty())
            return error(calico_selector_errc::not_a_selector, fault_);
        return whole;
    }

private:
    /// `negated`: a "!" stands before it, so "and" and "or" change places.
    label_expression expression(bool negated, std::size_t depth) {
        if (depth > limits::selector_depth_max) {
            fault_ = "parentheses nest deeper than " + std::to_string(limits::selector_depth_max);
            return {};
        }
        std::vector<label_expression> parts{conjunction(negated, depth)};
        while (take("||"))
            parts.push_back(conjunction(negated, depth));
        return negated ? label_expression::all_of(std::move(parts))
                       : label_expression::any_of(std::move(parts));
    }

    label_expression conjunction(bool negated, std::size_t depth) {
        std::vector<label_expression> parts{one(negated, depth)};
        while (take("&&"))
            parts.push_back(one(negated, depth));
        return negated ? label_expression::any_of(std::move(parts))
                       : label_expression::all_of(std::move(parts));
    }

    label_expression one(bool negated, std::size_t depth) {
        while (!looking_at("!=") && take("!"))
            negated = !negated;
        if (take("(")) {
            auto inner = expression(negated, depth + 1);
            require(")");
            return inner;
        }
        auto found = unsigned_one();
        return negated ? found.negated() : found;
    }

    label_expression unsigned_one() {
        if (take("has(")) {
            auto key = label();
            require(")");
            return label_expression({.key = std::move(key), .op = operation::exists});
        }
        if (take("all(")) {
            require(")");
            return words_.all;
        }
        if (take("global(")) {
            require(")");
            return words_.global;
        }
        return comparison(label());
    }

    label_expression comparison(std::string key) {
        const auto test = [&](operation op, bool negated, std::vector<std::string> values) {
            return label_expression(
                {.key = std::move(key), .op = op, .negated = negated, .values = std::move(values)});
        };
        if (take("=="))
            return test(operation::in, false, string());
        if (take("!="))
            return test(operation::in, true, string());
        if (take("contains"))
            return test(operation::contains, false, string());
        if (take_two("starts", "with"))
            return test(operation::starts_with, false, string());
        if (take_two("ends", "with"))
            return test(operation::ends_with, false, string());
        if (take_two("not", "in"))
            return test(operation::in, true, set());
        if (take("in"))
            return test(operation::in, false, set());
        fail("an operator behind the label");
        return {};
    }

    std::string label() {
        const auto end = std::find_if_not(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                          text_.end(), is_label_character);
        const auto length = static_cast<std::size_t>(end - text_.begin()) - at_;
        if (length == 0 || length > limits::selector_label_max) {
            fail(length == 0 ? "a label, has(), all() or global()" : "a shorter label");
            return {};
        }
        return std::string(taken(length));
    }

    /// One value, or none after a fault.
    std::vector<std::string> string() {
        const char quote = at_end() ? '\0' : text_[at_];
        if (quote != '"' && quote != '\'') {
            fail("a string");
            return {};
        }
        const auto end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos) {
            fail("a string that ends");
            return {};
        }
        std::string value(text_.substr(at_ + 1, end - at_ - 1));
        taken(end + 1 - at_);
        return {std::move(value)};
    }

    std::vector<std::string> set() {
        std::vector<std::string> values;
        require("{");
        while (fault_.empty() && !looking_at("}")) {
            for (auto& value : string())
                values.push_back(std::move(value));
            if (!take(","))
                break;
        }
        require("}");
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
        return values;
    }

    bool at_end() const { return at_ == text_.size(); }
    bool looking_at(std::string_view what) const { return text_.substr(at_).starts_with(what); }

    std::string_view taken(std::size_t length) {
        const auto token = text_.substr(at_, length);
        at_ += length;
        skip_spaces();
        return token;
    }
    bool take(std::string_view what) {
        if (!fault_.empty() || !looking_at(what))
            return false;
        taken(what.size());
        return true;
    }
    /// Two words with or without spaces between them.
    bool take_two(std::string_view first, std::string_view second) {
        if (!take(first))
            return false;
        require(second);
        return true;
    }
    void require(std::string_view what) {
        if (!take(what))
            fail('"' + std::string(what) + '"');
    }
    void skip_spaces() {
        while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t'))
            ++at_;
    }
    void fail(std::string_view expected) {
        if (fault_.empty())
            fault_ = "expected " + std::string(expected) + " at " + std::to_string(at_ + 1);
    }

    std::string_view text_;
    const calico_words& words_;
    std::size_t at_ = 0;
    std::string fault_;
};

} // namespace

const char* error_domain(calico_selector_errc) {
    return "selector";
}

const char* describe(calico_selector_errc) {
    return "not a selector";
}

calico_words words_of_namespaces() {
    const label_expression in_one(
        {.key = std::string(calico_namespace_label), .op = operation::exists});
    return {.all = in_one, .global = in_one.negated()};
}

result<label_expression> parse_calico_selector(std::string_view text, const calico_words& words) {
    if (text.size() > limits::selector_bytes_max)
        return error(calico_selector_errc::not_a_selector,
                     "has " + std::to_string(text.size()) + " bytes, more than " +
                         std::to_string(limits::selector_bytes_max));
    return parser(text, words).parse();
}

label_selector selector_of(const label_expression& expression) {
    label_selector selector;
    std::vector<label_expression> others;
    for (auto& part : expression.conjuncts()) {
        const auto* test = part.as_test();
        const bool plain = test != nullptr && !test->key.starts_with("projectcalico.org/") &&
                           (test->op == operation::in || test->op == operation::exists);
        if (!plain) {
            others.push_back(std::move(part));
            continue;
        }
        using requirement = label_requirement::operation;
        const bool in = test->op == operation::in;
        selector.requirements.push_back(
            {.key = test->key,
             .op = in ? (test->negated ? requirement::not_in : requirement::in)
                      : (test->negated ? requirement::does_not_exist : requirement::exists),
             .values = test->values});
    }
    std::sort(selector.requirements.begin(), selector.requirements.end());
    selector.further = label_expression::all_of(std::move(others));
    return selector;
}

} // namespace nodewall::model
