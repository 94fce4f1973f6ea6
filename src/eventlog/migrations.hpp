// The numbered SQL files of migrations/, embedded at build time.
#pragma once

#include <span>

namespace nodewall::eventlog {

struct migration {
    int number;
    const char* name; // the file's, without ".sql"
    const char* sql;
};

/// In order of number, from 1, without gaps.
std::span<const migration> migrations();

} // namespace nodewall::eventlog
