#include "eventlog/digest.hpp"

#include "eventlog/columns.hpp"

namespace nodewall::eventlog {

sha256_digest row_digester::operator()(const sha256_digest& previous, const row& r) {
    bytes_.assign(previous.begin(), previous.end());
    put_columns(bytes_, r);
    hasher_.update(bytes_);
    return hasher_.finish();
}

} // namespace nodewall::eventlog
