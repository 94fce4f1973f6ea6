#include "kube/discovery.hpp"

#include "kube/resource_path.hpp"

#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace nodewall::kube {

namespace json = boost::json;
using async::awaitable;
using what = kind_answer::what;

namespace {

std::string_view text_in(const json::value& entry, std::string_view key) {
    const auto* object = entry.if_object();
    const auto* field = object == nullptr ? nullptr : object->if_contains(key);
    const auto* text = field == nullptr ? nullptr : field->if_string();
    return text == nullptr ? std::string_view{} : std::string_view(*text);
}

const json::array* array_in(const json::value& entry, std::string_view key) {
    const auto* object = entry.if_object();
    const auto* field = object == nullptr ? nullptr : object->if_contains(key);
    return field == nullptr ? nullptr : field->if_array();
}

/// The list `key` of a document that says it is a `kind`: what is anything else must not pass for
/// an API server that serves nothing.
result<json::array> list_in(std::string_view document, std::string_view kind,
                            std::string_view key) {
    boost::system::error_code problem;
    const auto parsed = json::parse(document, problem);
    const auto* list = problem ? nullptr : array_in(parsed, key);
    if (list == nullptr || text_in(parsed, "kind") != kind)
        return error(errc::bad_answer, fmt::format("no {}", kind));
    return *list;
}

bool can(const json::value& resource, std::string_view verb) {
    const auto* verbs = array_in(resource, "verbs");
    if (verbs == nullptr)
        return false;
    for (const auto& v : *verbs)
        if (v.is_string() && std::string_view(v.get_string()) == verb)
            return true;
    return false;
}

} // namespace

result<group_versions> read_group_list(std::string_view document) {
    const auto groups = list_in(document, "APIGroupList", "groups");
    if (!groups)
        return groups.error();
    group_versions served;
    for (const auto& group : *groups)
        if (const auto* versions = array_in(group, "versions"))
            for (const auto& version : *versions)
                served[std::string(text_in(group, "name"))].emplace(text_in(version, "version"));
    return served;
}

result<std::set<std::string>> read_resource_list(std::string_view document) {
    const auto resources = list_in(document, "APIResourceList", "resources");
    if (!resources)
        return resources.error();
    std::set<std::string> names;
    for (const auto& resource : *resources)
        if (can(resource, "list") && can(resource, "watch"))
            names.emplace(text_in(resource, "name"));
    return names;
}

result<answering> read_api_service(std::string_view document) {
    boost::system::error_code problem;
    const auto parsed = json::parse(document, problem);
    const auto* object = problem ? nullptr : parsed.if_object();
    const auto* spec = object == nullptr ? nullptr : object->if_contains("spec");
    if (spec == nullptr || !spec->is_object() || text_in(parsed, "kind") != "APIService")
        return error(errc::bad_answer, "no APIService");
    const auto* service = spec->get_object().if_contains("service");
    return service != nullptr && !service->is_null() ? answering::aggregated : answering::itself;
}

namespace {

/// The documents of one discovery, each asked for once.
class documents {
public:
    explicit documents(api_client& api) : api_(api) {}

    awaitable<result<group_versions>> groups() {
        if (!groups_)
            groups_ = read_as(co_await api_.document("/apis"), read_group_list);
        co_return *groups_;
    }
    awaitable<result<std::set<std::string>>> resources(std::string path) {
        const auto known = resources_.find(path);
        if (known != resources_.end())
            co_return known->second;
        const auto got = co_await api_.document(path);
        auto read = read_as(got, read_resource_list);
        resources_.emplace(std::move(path), read);
        co_return read;
    }

    /// Without an APIService nothing is aggregated.
    awaitable<result<answering>> answering_for(std::string version, std::string_view group) {
        const auto name = version + "." + std::string(group);
        const auto known = answering_.find(name);
        if (known != answering_.end())
            co_return known->second;
        const auto got =
            co_await api_.document("/apis/apiregistration.k8s.io/v1/apiservices/" + name);
        auto read = !got && got.error().cause.is(errc::not_found)
                        ? result<answering>(answering::itself)
                        : read_as(got, read_api_service);
        answering_.emplace(name, read);
        co_return read;
    }

private:
    template <class T>
    static result<T> read_as(const answer<std::string>& got, result<T> (*read)(std::string_view)) {
        return got ? read(*got) : result<T>(got.error().cause);
    }

    api_client& api_;
    std::optional<result<group_versions>> groups_;
    std::map<std::string, result<std::set<std::string>>> resources_;
    std::map<std::string, result<answering>> answering_;
};

/// The server answers, and does not show its documents.
bool not_shown(const error& why) {
    return why.is(errc::forbidden) || why.is(errc::not_found);
}

/// Whether the kind is to be asked about, or another group or none is read in its place.
enum class reading : std::uint8_t { asked, passed_over };

awaitable<result<reading>> reading_of(documents& from, const codec::kind_row* row) {
    using twin = codec::kind_row::twin;
    if (row->role == twin::none && row->only_beside.empty())
        co_return reading::asked;
    const auto groups = co_await from.groups();
    // Nobody tells which groups there are: each is asked for itself, and what only counts beside
    // one of them does without. A server that just starts refuses this document for a moment.
    if (!groups && not_shown(groups.error()))
        co_return row->only_beside.empty() ? reading::asked : reading::passed_over;
    if (!groups)
        co_return groups.error();
    const auto served = [&](const std::string& group) { return groups->contains(group); };
    if (!row->only_beside.empty() &&
        std::none_of(row->only_beside.begin(), row->only_beside.end(), served))
        co_return reading::passed_over;
    if (row->role == twin::none || !served(row->group) || !served(row->twin_group))
        co_return reading::asked;
    const bool offered = row->role == twin::offered;
    const auto& group = offered ? row->group : row->twin_group;
    const auto& versions = groups->find(group)->second;
    auto from_whom = answering::aggregated;
    if (!versions.empty()) {
        const auto told = co_await from.answering_for(*versions.rbegin(), group);
        if (!told)
            co_return told.error();
        from_whom = *told;
    }
    co_return offered == (from_whom == answering::itself) ? reading::asked : reading::passed_over;
}

kind_answer served_in(const codec::kind_row* row, std::string version) {
    return {.row = row, .said = what::served, .version = std::move(version), .why = {}};
}

awaitable<kind_answer> ask_for_itself(api_client& api, const codec::kind_row* row) {
    for (const auto& version : row->versions) {
        // Named: g++ 12 destroys an aggregate temporary within a co_await expression twice.
        const served_at where{row, version};
        const list_query one{.limit = 1, .continue_token = {}, .resource_version = {}};
        const auto page = co_await api.list(where, one);
        if (page)
            co_return served_in(row, version);
        if (!page.error().cause.is(errc::not_found))
            co_return kind_answer{row, what::unknown, {}, page.error().cause};
    }
    co_return kind_answer{row, what::unseen, {}, {}};
}

awaitable<kind_answer> ask(documents& from, api_client& api, const codec::kind_row* row) {
    const auto read = co_await reading_of(from, row);
    if (!read)
        co_return kind_answer{row, what::unknown, {}, read.error()};
    if (*read == reading::passed_over)
        co_return kind_answer{row, what::lacking, {}, {}};
    for (const auto& version : row->versions) {
        if (!row->group.empty()) {
            const auto groups = co_await from.groups();
            if (!groups && not_shown(groups.error()))
                co_return co_await ask_for_itself(api, row);
            if (!groups)
                co_return kind_answer{row, what::unknown, {}, groups.error()};
            const auto group = groups->find(row->group);
            if (group == groups->end() || !group->second.contains(version))
                continue;
        }
        const auto resources = co_await from.resources(version_path(*row, version));
        if (!resources && not_shown(resources.error()))
            co_return co_await ask_for_itself(api, row);
        if (!resources)
            co_return kind_answer{row, what::unknown, {}, resources.error()};
        if (resources->contains(row->resource))
            co_return served_in(row, version);
    }
    co_return kind_answer{row, what::lacking, {}, {}};
}

} // namespace

awaitable<std::vector<kind_answer>> discover(api_client& api,
                                             std::vector<const codec::kind_row*> rows) {
    documents from(api);
    std::vector<kind_answer> answers;
    answers.reserve(rows.size());
    for (const auto* row : rows)
        answers.push_back(co_await ask(from, api, row));
    co_return answers;
}

} // namespace nodewall::kube
