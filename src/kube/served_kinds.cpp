#include "kube/served_kinds.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace nodewall::kube {

served_kinds::served_kinds(const codec::kind_registry& registry, async::jitter random)
    : random_(random), backoff_(std::move(random)) {
    for (const auto& row : registry.rows())
        kinds_.push_back({.row = row.get(), .version = {}, .problem = {}});
    forget();
}

void served_kinds::forget() {
    for (auto& kind : kinds_) {
        kind.known = kind.row->required();
        kind.version = kind.known ? kind.row->versions.front() : std::string();
        kind.gone = false;
        kind.problem.reset();
    }
    histories_.assign(kinds_.size(), {});
    last_.reset();
    backoff_.reset();
}

served_kinds::plan served_kinds::next(nanoseconds now) const {
    plan out;
    for (std::size_t i = 0; i < kinds_.size(); ++i)
        // A required kind that is found stays there.
        if (!kinds_[i].row->required() || histories_[i].doubted)
            out.rows.push_back(kinds_[i].row);
    if (last_)
        out.wait = std::max(due_ - now, nanoseconds::zero());
    return out;
}

void served_kinds::on_answers(const std::vector<kind_answer>& answers, nanoseconds now) {
    for (const auto& answer : answers)
        take(answer, now);
    last_ = now;
    due_ = due_after(now);
}

void served_kinds::take(const kind_answer& answer, nanoseconds now) {
    const auto at = std::find_if(kinds_.begin(), kinds_.end(),
                                 [&](const served_kind& kind) { return kind.row == answer.row; });
    if (at == kinds_.end())
        return;
    auto& kind = *at;
    auto& past = histories_[static_cast<std::size_t>(at - kinds_.begin())];
    kind.problem.reset();
    past.doubted = false;
    switch (answer.said) {
    case kind_answer::what::unknown:
        kind.problem = answer.why;
        break;
    case kind_answer::what::served:
        kind.known = true;
        kind.gone = false;
        kind.version = answer.version;
        past.lacking_since.reset();
        break;
    case kind_answer::what::unseen: // which is no healthy discovery
        kind.known = true;
        break;
    case kind_answer::what::lacking:
        if (kind.row->required())
            break;
        kind.known = true;
        if (!past.lacking_since)
            past.lacking_since = now;
        kind.gone = kind.gone || now - *past.lacking_since >= limits::kind_gone_after;
        if (kind.gone)
            kind.version.clear();
    }
}

served_kinds::nanoseconds served_kinds::due_after(nanoseconds now) {
    if (std::any_of(kinds_.begin(), kinds_.end(), [](const auto& k) { return bool(k.problem); }))
        return now + backoff_.next();
    backoff_.reset();
    // Spread, so that the nodes of a cluster do not ask together.
    auto due = now + std::chrono::duration_cast<nanoseconds>(limits::discovery_interval *
                                                             (1 - random_() / 4));
    for (std::size_t i = 0; i < kinds_.size(); ++i)
        if (histories_[i].lacking_since && !kinds_[i].gone)
            due = std::min(due, *histories_[i].lacking_since + limits::kind_gone_after);
    return std::max(due, now);
}

void served_kinds::on_not_found(const codec::kind_row& row) {
    for (std::size_t i = 0; i < kinds_.size(); ++i)
        if (kinds_[i].row == &row)
            histories_[i].doubted = true;
    if (last_)
        due_ = std::min(due_, *last_ + limits::discovery_pause);
}

} // namespace nodewall::kube
