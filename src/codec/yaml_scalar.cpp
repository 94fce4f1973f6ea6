#include "codec/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace nodewall::codec {

namespace {

using boost::json::value;

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

/// The spellings yes, Yes and YES of the word "yes".
bool spells(std::string_view text, std::string_view word) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
    if (text.size() != word.size() || !std::equal(text.begin(), text.end(), word.begin(),
                                                  [&](char a, char b) { return lower(a) == b; }))
        return false;
    const auto lower_case = std::count_if(text.begin(), text.end(), is_lower);
    const auto size = static_cast<std::ptrdiff_t>(text.size());
    return lower_case == size || lower_case == 0 ||
           (lower_case == size - 1 && !is_lower(text.front()));
}

std::optional<bool> read_boolean(std::string_view text) {
    static constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "y"};
    static constexpr std::array<std::string_view, 4> no{"false", "no", "off", "n"};
    const auto spelled = [&](std::string_view word) { return spells(text, word); };
    if (std::any_of(yes.begin(), yes.end(), spelled))
        return true;
    if (std::any_of(no.begin(), no.end(), spelled))
        return false;
    return std::nullopt;
}

/// Takes a sign off the front; true for a minus.
bool take_sign(std::string_view& text) {
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+'))
        text.remove_prefix(1);
    return minus;
}

int take_base(std::string_view& digits) {
    struct prefix {
        std::string_view lower, upper;
        int base;
    };
    for (const auto& [lower, upper, base] :
         {prefix{"0x", "0X", 16}, prefix{"0o", "0O", 8}, prefix{"0b", "0B", 2}})
        if (digits.starts_with(lower) || digits.starts_with(upper)) {
            digits.remove_prefix(2);
            return base;
        }
    return digits.size() > 1 && digits.front() == '0' ? 8 : 10;
}

std::optional<value> read_integer(std::string_view text) {
    const bool minus = take_sign(text);
    const int base = take_base(text);
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, number, base);
    if (failure != std::errc{} || stop != end)
        return std::nullopt;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!minus)
        return number <= most ? value(static_cast<std::int64_t>(number)) : value(number);
    if (number > most + 1)
        return std::nullopt;
    return value(static_cast<std::int64_t>(0 - number));
}

/// Whether the text is [+-] digits [.digits] [e[+-]digits], with digits on one side of the point.
bool looks_like_float(std::string_view text) {
    const auto take_digits = [&] {
        const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
        text.remove_prefix(end);
        return end != 0;
    };
    take_sign(text);
    bool digits = take_digits();
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        digits = take_digits() || digits;
    }
    if (!digits)
        return false;
    if (!text.starts_with('e') && !text.starts_with('E'))
        return text.empty();
    text.remove_prefix(1);
    take_sign(text);
    return take_digits() && text.empty();
}

std::optional<value> read_float(std::string_view text) {
    if (!looks_like_float(text))
        return std::nullopt;
    const bool minus = take_sign(text);
    double number = 0;
    const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{})
        return std::nullopt;
    if (minus)
        number = -number;
    constexpr double exact = 9007199254740992; // 2^53
    if (std::abs(number) <= exact && std::trunc(number) == number)
        return value(static_cast<std::int64_t>(number));
    return value(number);
}

} // namespace

std::optional<value> read_plain_scalar(std::string_view text) {
    if (text.empty() || text == "~" || spells(text, "null"))
        return value(nullptr);
    if (const auto boolean = read_boolean(text))
        return value(*boolean);
    static constexpr std::array<std::string_view, 12> no_number{".nan",  ".NaN",  ".NAN",  ".inf",
                                                                ".Inf",  ".INF",  "+.inf", "+.Inf",
                                                                "+.INF", "-.inf", "-.Inf", "-.INF"};
    if (one_of(text, no_number))
        return std::nullopt;
    if (std::string_view("+-.0123456789").find(text.front()) != std::string_view::npos) {
        std::string plain(text);
        std::erase(plain, '_');
        if (auto integer = read_integer(plain))
            return integer;
        if (auto number = read_float(plain))
            return number;
    }
    return value(text);
}

} // namespace nodewall::codec
