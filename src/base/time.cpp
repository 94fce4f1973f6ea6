#include "base/time.hpp"

#include "base/errc.hpp"

#include <fmt/core.h>

#include <limits>

namespace nodewall {

namespace {

using namespace std::chrono;

/// Reads fixed-width decimal fields from a text, left to right.
class field_reader {
public:
    explicit field_reader(std::string_view text) : rest_(text) {}

    bool number(std::size_t digits, int& value) {
        if (rest_.size() < digits)
            return false;
        value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9')
                return false;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return true;
    }

    bool one_of(std::string_view characters) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos)
            return false;
        last_ = rest_.front();
        rest_.remove_prefix(1);
        return true;
    }

    /// A fraction of one to nine digits, as nanoseconds.
    bool fraction(std::int64_t& ns) {
        ns = 0;
        std::int64_t unit = 100'000'000;
        std::size_t digits = 0;
        while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
            ns += unit * (rest_[digits] - '0');
            unit /= 10;
            ++digits;
        }
        rest_.remove_prefix(digits);
        return digits >= 1 && digits <= 9;
    }

    char last() const { return last_; }
    bool done() const { return rest_.empty(); }

private:
    std::string_view rest_;
    char last_ = 0;
};

bool read_offset(field_reader& in, minutes& offset) {
    if (in.one_of("Zz"))
        return true;
    if (!in.one_of("+-"))
        return false;
    const bool negative = in.last() == '-';
    int hour = 0;
    int minute = 0;
    if (!in.number(2, hour) || !in.one_of(":") || !in.number(2, minute) || hour > 23 || minute > 59)
        return false;
    offset = hours(hour) + minutes(minute);
    if (negative)
        offset = -offset;
    return true;
}

} // namespace

std::string to_rfc3339(timestamp when) {
    const auto second = floor<seconds>(when);
    const auto day = floor<days>(second);
    const year_month_day date(day);
    const hh_mm_ss time(second - day);
    auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                            static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                            time.hours().count(), time.minutes().count(), time.seconds().count());
    const auto ns = (when - second).count();
    if (ns % 1'000 != 0)
        text += fmt::format(".{:09}", ns);
    else if (ns % 1'000'000 != 0)
        text += fmt::format(".{:06}", ns / 1'000);
    else if (ns != 0)
        text += fmt::format(".{:03}", ns / 1'000'000);
    return text + "Z";
}

result<timestamp> parse_rfc3339(std::string_view text) {
    const auto bad = [&](const char* why) {
        return error(errc::bad_time, fmt::format("'{}' ({})", text, why));
    };
    field_reader in(text);
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
    std::int64_t ns = 0;
    if (!in.number(4, y) || !in.one_of("-") || !in.number(2, mo) || !in.one_of("-") ||
        !in.number(2, d) || !in.one_of("Tt ") || !in.number(2, h) || !in.one_of(":") ||
        !in.number(2, mi) || !in.one_of(":") || !in.number(2, s))
        return bad("expected YYYY-MM-DDTHH:MM:SSZ");
    if (in.one_of(".") && !in.fraction(ns))
        return bad("a fraction has one to nine digits");
    minutes offset{};
    if (!read_offset(in, offset))
        return bad("a time needs a zone, such as Z or +01:00");
    if (!in.done())
        return bad("there is more after the zone");
    const year_month_day date{year(y), month(static_cast<unsigned>(mo)),
                              day(static_cast<unsigned>(d))};
    if (!date.ok() || h > 23 || mi > 59 || s > 60)
        return bad("no such date or time of day");
    const auto point = sys_days(date) + hours(h) + minutes(mi) + seconds(s) - offset;
    // Nanoseconds in 64 bits reach from 1677 to 2262.
    constexpr auto furthest = duration_cast<seconds>(nanoseconds::max()) - seconds(1);
    if (point.time_since_epoch() > furthest || point.time_since_epoch() < -furthest)
        return bad("years 1678 to 2261 can be told");
    return timestamp(point.time_since_epoch()) + nanoseconds(ns);
}

} // namespace nodewall
