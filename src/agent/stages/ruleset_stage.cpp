#include "agent/stages/ruleset_stage.hpp"

#include "agent/history/history.hpp"
#include "agent/stages/cluster_identity.hpp"
#include "async/hop.hpp"
#include "base/limits.hpp"
#include "base/memory.hpp"

#include <algorithm>

namespace nodewall::agent {

namespace {

/// Within the transaction of a list: everything of it stands before its LISTED.
bool inside_list(const model::event& e) {
    return e.type != model::event_type::listed &&
           (e.origin == model::event_origin::list || e.origin == model::event_origin::relist);
}

/// The last point before the first list began.
result<std::uint64_t> before_first_list(const eventlog::log_reader& log) {
    eventlog::event_filter objects, listed; // an empty list is its LISTED alone
    objects.origin = model::event_origin::list;
    listed.type = model::event_type::listed;
    auto first = UINT64_MAX;
    for (const auto& which : {objects, listed}) {
        const auto found = log.read(which, 1);
        if (!found)
            return found.error();
        if (!found->empty())
            first = std::min(first, found->front().seq);
    }
    return first - 1;
}

/// The log was lost, or is the first.
bool knows_nothing(const history& h) {
    const auto& known = h.projected.state().objects;
    return h.listed_streams.empty() && known.namespaces.empty() && known.nodes.empty() &&
           known.pods.empty() && known.services.empty() && known.endpoint_slices.empty() &&
           known.policies.empty();
}

/// A new ruleset, or nothing.
using published = std::unique_ptr<compiled>;

} // namespace

ruleset_stage::ruleset_stage(const eventlog::log_reader& log, known_kinds known,
                             model::gate_settings settings, async::executor pool, meters& measured,
                             logger& logger, std::function<void(compiled)> publish)
    : log_(log), known_(std::move(known)), measured_(measured), logger_(logger),
      pool_(std::move(pool)), publish_(std::move(publish)), settings_(settings),
      projector_(known_.projector(projected::everything)), compiler_(std::move(settings)) {}

result<compiled> ruleset_stage::load(const std::vector<std::string>& watched) {
    auto heads = history_now(log_, known_);
    if (!heads)
        return heads.error();
    const auto cluster = cluster_of(log_, *heads, watched);
    if (!cluster)
        return cluster.error();
    const auto listed = std::count_if(watched.begin(), watched.end(), [&](const auto& stream) {
        return std::count(heads->listed_streams.begin(), heads->listed_streams.end(), stream) > 0;
    });
    const bool of_nothing = knows_nothing(*heads);
    projector_ = std::move(heads->projected);
    seq_ = stats_.folded_seq = heads->seq;
    projector_.take_changes();
    dirty_.insert(model::change{.kind = model::change::what::everything});
    const bool interrupted = listed > 0 && static_cast<std::size_t>(listed) < watched.size();
    const auto whole = interrupted           ? before_first_list(log_)
                       : cluster->changed_at ? result<std::uint64_t>(*cluster->changed_at)
                                             : seq_;
    if (!whole)
        return whole.error();
    auto loaded = *whole == seq_ ? compile() : load_at(*whole);
    if (loaded) {
        loaded->cluster = cluster->uid;
        loaded->of_nothing = loaded->of_nothing || of_nothing;
        if (loaded->of_nothing) // an empty cluster is news then
            dirty_.insert(model::change{.kind = model::change::what::everything});
    }
    return loaded;
}

result<compiled> ruleset_stage::load_at(std::uint64_t seq) const {
    logger_.warning("the first list of the cluster was interrupted: enforcing what was known "
                    "before it until every kind has been listed");
    const auto known = history_at(log_, known_, {seq, std::nullopt}, {});
    if (!known)
        return known.error();
    // By what was configured then: replaying the log to that point must compile to the same.
    auto settings = settings_;
    if (known->configured) {
        auto recorded = settings_at(*known, std::nullopt);
        if (!recorded)
            return recorded.error();
        settings = std::move(recorded->gate);
    }
    compiler::compiler anew(std::move(settings));
    return compiled{
        std::make_shared<const ruleset::ruleset>(anew.compile(known->projected.state())),
        known->seq,
        anew.findings(),
        false,
        {},
        knows_nothing(*known)};
}

async::awaitable<void> ruleset_stage::run() {
    wake(); // a run that failed has not seen all
    for (;;) {
        co_await moved_.wait();
        try {
            co_await fold_and_publish();
            stats_.last_error.clear();
        } catch (...) {
            stats_.last_error = async::describe(std::current_exception());
            throw;
        }
    }
}

async::awaitable<void> ruleset_stage::fold_and_publish() {
    const bool open = gate_open_;
    const at_work working(measured_.compile_work);
    auto news = co_await async::on_pool(pool_, [this, open]() -> result<published> {
        if (const auto folded = fold_new(); !folded)
            return folded.error();
        measured_.timing.folded(seq_);
        if (dirty_.empty())
            measured_.timing.without_effect(seq_);
        return open && !dirty_.empty() ? std::make_unique<compiled>(compile()) : published();
    });
    if (!news)
        throw error_exception(news.error());
    stats_.folded_seq = seq_; // the pool is at rest
    if (open && gate_open_ && !stats_.caught_up_seq)
        stats_.caught_up_seq = *news ? (*news)->seq : 0;
    if (*news)
        publish_(std::move(**news));
}

void ruleset_stage::set_gate(bool open) {
    if (open && !gate_open_)
        wake();
    if (!open)
        stats_.caught_up_seq.reset();
    gate_open_ = open;
}

/// Up to the log's head, and never only a part of a list.
result<void> ruleset_stage::fold_new() {
    bool mid_list = false;
    const auto begun_at = seq_;
    for (;;) {
        eventlog::event_filter which;
        which.after = seq_;
        const auto events = log_.read(which, limits::read_chunk_rows);
        if (!events)
            return events.error();
        std::size_t bytes = 0;
        for (const auto& e : *events) {
            bytes += e.body.size();
            projector_.apply(e);
            if (e.type == model::event_type::configured && e.stream == model::agent_stream)
                configure(e);
            seq_ = e.seq;
            mid_list = inside_list(e);
        }
        const bool rest =
            events->size() < limits::read_chunk_rows && bytes < limits::read_chunk_bytes;
        if (events->empty() || (rest && !mid_list))
            break;
    }
    dirty_.merge(projector_.take_changes());
    if (seq_ - begun_at > limits::read_chunk_rows)
        return_free_memory();
    return {};
}

/// The kernel may only follow what the log says, so a CONFIGURED that cannot be read (a foreign
/// hand wrote it) changes nothing.
void ruleset_stage::configure(const model::event& configured) {
    auto recorded = settings_of_configured(configured.body);
    if (!recorded) {
        logger_.error("event {}: {}; what was configured before stays", configured.seq,
                      recorded.error().message());
        return;
    }
    if (recorded->gate == settings_)
        return;
    settings_ = std::move(recorded->gate);
    compiler_ = compiler::compiler(settings_);
    dirty_.insert(model::change{.kind = model::change::what::everything});
}

compiled ruleset_stage::compile() {
    const auto& state = projector_.state();
    compiled c;
    c.rules = std::make_shared<const ruleset::ruleset>(compiler_.recompile(state, dirty_));
    dirty_.clear();
    c.seq = seq_;
    measured_.timing.compiled(seq_);
    c.findings = compiler_.findings();
    c.node_known = state.objects.nodes.contains({{}, settings_.node_name});
    return c;
}

} // namespace nodewall::agent
