#include "agent/process/configuration.hpp"
#include "base/text.hpp"
#include "cli/console.hpp"
#include "cli/verbs.hpp"
#include "codec/manifest.hpp"
#include "eventlog/log.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

namespace nodewall::cli {

namespace {

struct gathered {
    model::imported_objects request;
    std::vector<std::string> skipped;
};

result<gathered> gather(const import_options& options, const agent::known_kinds& known) {
    gathered all;
    codec::json_reader reader(known.registry);
    const auto mode = options.whole_bodies ? codec::body_mode::whole : codec::body_mode::narrowed;
    for (const auto& file : options.files) {
        const auto text = agent::read_file(file);
        if (!text)
            return text.error();
        auto manifest = codec::read_manifest(reader, *text, mode);
        if (!manifest)
            return manifest.error().within(file);
        for (auto& item : manifest->items) {
            if (options.deletions)
                item.event.what = model::observed_event::action::deleted;
            all.request.items.push_back(
                {std::move(item.stream), std::move(item.event), std::nullopt});
        }
        all.skipped.insert(all.skipped.end(), manifest->skipped.begin(), manifest->skipped.end());
    }
    return all;
}

void report(const model::append_outcome& o, const gathered& all, const import_options& options) {
    if (options.out == output::json) {
        print_json({{"added", o.objects_added},
                    {"modified", o.objects_modified},
                    {"deleted", o.objects_deleted},
                    {"unchanged", all.request.items.size() - o.objects_added - o.objects_modified -
                                      o.objects_deleted},
                    {"skipped", all.skipped.size()},
                    {"seq", o.last_seq}});
        return;
    }
    for (const auto& object : all.skipped)
        fmt::print(stderr, "nodewall: {}: not a kind that nodewall reads, left out\n",
                   printable(object));
    print_line(fmt::format("{} added, {} modified, {} deleted; the log ends at {}", o.objects_added,
                           o.objects_modified, o.objects_deleted, o.last_seq));
}

} // namespace

int import_files(const import_options& options, const agent::known_kinds& known) {
    // Everything is read before the log is touched: a broken file leaves it as it was.
    auto all = gather(options, known);
    if (!all)
        return fail(all.error());
    const auto log = eventlog::open_writer(
        {.path = options.db, .now = agent::system_now, .vfs = {}, .create = true});
    if (!log)
        return fail(log.error());
    const model::append_request request = all->request;
    const auto outcome = (*log)->append({&request, 1});
    if (!outcome)
        return fail(outcome.error());
    report(outcome->front(), *all, options);
    (void)(*log)->checkpoint(); // the import is in the log; without a checkpoint it opens slower
    return exit_code::done;
}

} // namespace nodewall::cli
