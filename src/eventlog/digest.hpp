// The digest that chains each row to the one before it (schema/EVENT_LOG.md, "Digest").
#pragma once

#include "eventlog/row.hpp"

#include <string>

namespace nodewall::eventlog {

/// What stands before the first row: 32 zero bytes.
inline constexpr sha256_digest no_digest{};

/// Reusable: holds the hasher and a buffer.
class row_digester {
public:
    sha256_digest operator()(const sha256_digest& previous, const row& r);

private:
    sha256_hasher hasher_;
    std::string bytes_;
};

} // namespace nodewall::eventlog
