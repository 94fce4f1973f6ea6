#include "ruleset/ruleset.hpp"

#include <utility>

namespace nodewall::ruleset {

void ruleset::put(std::shared_ptr<const unit> u) {
    rules_ += u->rule_count();
    members_ += u->member_count();
    if (const auto replaced = units_.put(std::move(u)))
        forget(*replaced);
}

void ruleset::erase(std::string_view name) {
    if (const auto taken = units_.erase(name))
        forget(*taken);
}

void ruleset::forget(const unit& u) {
    rules_ -= u.rule_count();
    members_ -= u.member_count();
}

std::string ruleset::digest_lines() const {
    constexpr std::size_t usual_bytes = 128; // of a line
    std::string lines;
    lines.reserve(units_.size() * usual_bytes);
    for (const auto& u : units_) {
        lines += u->name;
        lines += ' ';
        lines += to_hex(u->digest());
        lines += '\n';
    }
    return lines;
}

sha256_digest ruleset::digest() const {
    return sha256(digest_lines());
}

} // namespace nodewall::ruleset
