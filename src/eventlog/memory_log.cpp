// The log's twin without a disk: the same ledger and the same novelty over a vector of rows.
#include "eventlog/database.hpp"
#include "eventlog/genesis.hpp"
#include "eventlog/novelty.hpp"

#include <algorithm>

namespace nodewall::eventlog {

namespace {

timestamp happened(const model::event& e) {
    return e.claimed_at.value_or(e.at);
}

bool wanted(const model::event& e, const event_filter& which) {
    const auto is = [](const std::string& asked, const std::string& value) {
        return asked.empty() || asked == value;
    };
    return (!which.since || happened(e) >= *which.since) &&
           (!which.before || happened(e) < *which.before) && is(which.stream, e.stream) &&
           is(which.type, e.type) && is(which.origin, e.origin) &&
           is(which.namespace_, e.namespace_) && is(which.name, e.name) && is(which.uid, e.uid);
}

class memory_rows final : public row_store {
public:
    void insert(const row& r, const sha256_digest& digest) override {
        rows_.push_back(to_event(r, digest));
    }
    model::event read(std::uint64_t seq) override { return at(seq); }

    const model::event& at(std::uint64_t seq) const { return rows_.at(seq - 1); }
    const std::vector<model::event>& all() const noexcept { return rows_; }

private:
    std::vector<model::event> rows_;
};

class memory_log final : public log_writer {
public:
    explicit memory_log(now_function now) : now_(std::move(now)), ledger_(rows_) {
        write_genesis(ledger_, now_(), {}); // no chance: equal runs give equal digests
    }

    result<eventlog::tail> tail() const override { return ledger_.tail(); }
    result<std::uint64_t> beginning() const override { return 1; }

    result<std::vector<model::event>> read(const event_filter& which,
                                           std::size_t limit) const override {
        std::vector<model::event> events;
        const auto last = std::min(which.until, ledger_.tail().seq);
        std::size_t bytes = 0;
        for (auto seq = which.after;
             seq < last && events.size() < limit && bytes < limits::read_chunk_bytes;)
            if (wanted(rows_.at(++seq), which)) {
                events.push_back(rows_.at(seq));
                bytes += events.back().body.size();
            }
        return events;
    }

    result<heads_info> heads(const std::function<void(const model::event&)>& visit) const override {
        for (const auto seq : ledger_.heads().seqs())
            visit(rows_.at(seq));
        return heads_info{ledger_.tail(), {ledger_.cursors().begin(), ledger_.cursors().end()}};
    }

    result<std::uint64_t> seq_at(timestamp when) const override {
        const auto last = [&](auto by_then) {
            const auto& rows = rows_.all();
            const auto found = std::find_if(rows.rbegin(), rows.rend(), by_then);
            return found == rows.rend() ? 0 : found->seq;
        };
        auto seq = last([&](const model::event& e) { return e.at <= when; });
        if (seq == 0)
            seq =
                last([&](const model::event& e) { return e.claimed_at && *e.claimed_at <= when; });
        if (seq == 0)
            return error(errc::no_such_point, to_rfc3339(when));
        return seq;
    }

    result<std::vector<model::append_outcome>>
    append(std::span<const model::append_request> requests) override {
        ledger_.begin(now_());
        std::vector<model::append_outcome> outcomes;
        for (const auto& request : requests)
            outcomes.push_back(record(request, ledger_));
        return outcomes;
    }

    result<std::optional<std::string>> cursor(std::string_view stream) const override {
        const auto at = ledger_.cursors().find(stream);
        return at == ledger_.cursors().end() ? std::nullopt : std::optional(at->second);
    }

private:
    now_function now_;
    memory_rows rows_;
    ledger ledger_;
};

} // namespace

std::unique_ptr<log_writer> make_memory_log(now_function now) {
    return std::make_unique<memory_log>(std::move(now));
}

} // namespace nodewall::eventlog
