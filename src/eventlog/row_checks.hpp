// What verify looks at in each row, one after another: place, digest, time, links, and whether the
// checkpoint has it as it is.
#pragma once

#include "eventlog/checkpoint.hpp"
#include "eventlog/digest.hpp"
#include "eventlog/fold.hpp"
#include "eventlog/head_frame.hpp"
#include "eventlog/problem_list.hpp"

#include <optional>
#include <string>

namespace nodewall::eventlog {

/// Compares a checkpoint with the rows as they come by.
class checkpoint_checks {
public:
    checkpoint_checks(std::optional<checkpoint> cached, problem_list& problems);
    checkpoint_checks(const checkpoint_checks&) = delete;
    checkpoint_checks& operator=(const checkpoint_checks&) = delete;

    void meet(const row& r, const sha256_digest& digest);
    /// `heads` of the fold, ascending.
    void finish(const std::vector<std::uint64_t>& heads);

private:
    void next();

    std::optional<checkpoint> cached_;
    problem_list& problems_;
    std::optional<head_frame_reader> frame_;
    const head_frame_reader::entry* entry_ = nullptr;
    std::vector<std::uint64_t> seqs_;
};

class row_checks {
public:
    /// `beginning`: before it rows may be missing, where `cut` knows the digest of the last one.
    row_checks(database& db, std::uint64_t beginning, problem_list& problems);

    void check(const statement::rows& columns);

    /// Of the last row.
    std::uint64_t seq() const noexcept { return seq_; }
    const sha256_digest& digest() const noexcept { return digest_; }
    const fold& folded() const noexcept { return fold_; }
    /// The body of the last CUT.
    const std::string& last_cut() const noexcept { return last_cut_; }
    void finish() { checkpoint_.finish(fold_.heads()); }

private:
    bool check_place(const row& r);
    void check_links(const row& r);

    std::uint64_t beginning_;
    problem_list& problems_;
    checkpoint_checks checkpoint_;
    statement cut_;
    fold fold_;
    row_digester digester_;
    std::string last_cut_;
    std::uint64_t seq_ = 0;
    timestamp at_{};
    sha256_digest digest_ = no_digest;
};

} // namespace nodewall::eventlog
