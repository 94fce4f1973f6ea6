#!/bin/sh
# Prints the migrations as C++: embed.sh 0001_name.sql...
set -eu
printf '#include "eventlog/migrations.hpp"\n\n'
printf 'namespace nodewall::eventlog {\n\n'
printf 'std::span<const migration> migrations() {\n    static constexpr migration all[] = {\n'
for file in "$@"; do
    name=$(basename "$file" .sql)
    number=$(printf %s "$name" | sed 's/^0*//; s/_.*//')
    printf '{%s, "%s", R"sql(' "$number" "$name"
    cat "$file"
    printf ')sql"},\n'
done
printf '    };\n    return all;\n}\n\n} // namespace nodewall::eventlog\n'
