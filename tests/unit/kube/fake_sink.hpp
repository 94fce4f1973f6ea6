// An event sink that a test completes by hand, or at once.
#pragma once

#include "model/event_sink.hpp"

#include <deque>
#include <map>

namespace nodewall::kube {

class fake_sink final : public model::event_sink {
public:
    struct pending {
        model::append_request request;
        completion done;
    };

    std::map<std::string, std::string, std::less<>> cursors;
    std::deque<pending> waiting; // not completed yet
    bool at_once = false;

    void cursor(std::string stream, cursor_completion done) override {
        const auto found = cursors.find(stream);
        done(found == cursors.end() ? std::nullopt : std::optional(found->second));
    }
    void append(model::append_request request, completion done) override {
        waiting.push_back({std::move(request), std::move(done)});
        if (at_once)
            complete();
    }

    /// The oldest request is durable: it goes into the record, "LIST@5: a b", "ADDED@6 a" or
    /// "TOO_LARGE pods {...}".
    void complete() {
        auto one = std::move(waiting.front());
        waiting.pop_front();
        if (const auto* events = std::get_if<model::watch_events>(&one.request))
            keep(*events);
        else if (const auto* act = std::get_if<model::agent_event>(&one.request))
            record.push_back(act->type + " " + act->stream + " " + act->body);
        else if (const auto* end = std::get_if<model::kind_unserved>(&one.request)) {
            cursors.erase(end->stream);
            record.push_back("UNSERVED " + end->stream);
        } else
            keep(std::get<model::listed_objects>(one.request));
        one.done(model::append_outcome{});
    }
    void fail() {
        auto one = std::move(waiting.front());
        waiting.pop_front();
        one.done(error(boost::system::errc::make_error_code(boost::system::errc::io_error)));
    }

    std::vector<std::string> record;

private:
    void keep(const model::watch_events& what) {
        static constexpr const char* types[]{"ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"};
        std::string line;
        for (const auto& event : what.events) {
            const auto& object = event.object;
            line += (line.empty() ? "" : ", ") + std::string(types[static_cast<int>(event.what)]) +
                    "@" + object.resource_version + (object.name.empty() ? "" : " " + object.name) +
                    (object.unread.empty() ? "" : " unread");
            if (!object.resource_version.empty())
                cursors[what.stream] = object.resource_version;
        }
        record.push_back(line);
    }
    void keep(const model::listed_objects& what) {
        std::string line = what.why == model::listed_objects::cause::first ? "LIST@" : "RELIST@";
        line += what.resource_version + ":";
        for (const auto& object : what.objects)
            line += " " + object.name + (object.unread.empty() ? "" : " unread");
        cursors[what.stream] = what.resource_version;
        record.push_back(line);
    }
};

} // namespace nodewall::kube
