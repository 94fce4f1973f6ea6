#include "kube/discovery.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <vector>

namespace nodewall::kube {

namespace json = boost::json;

namespace {

std::string version_in(const json::value* entry) {
    const auto* object = entry == nullptr ? nullptr : entry->if_object();
    const auto* version = object == nullptr ? nullptr : object->if_contains("version");
    const auto* text = version == nullptr ? nullptr : version->if_string();
    return text == nullptr ? std::string() : std::string(*text);
}

} // namespace

std::optional<std::string> pick_version(std::string_view document,
                                        std::span<const std::string_view> known) {
    boost::system::error_code problem;
    const auto parsed = json::parse(document, problem);
    const auto* group = problem ? nullptr : parsed.if_object();
    if (group == nullptr)
        return std::nullopt;
    const auto preferred = version_in(group->if_contains("preferredVersion"));
    if (std::find(known.begin(), known.end(), preferred) != known.end())
        return preferred;
    std::vector<std::string> served;
    if (const auto* versions = group->if_contains("versions"))
        if (const auto* list = versions->if_array())
            for (const auto& entry : *list)
                served.push_back(version_in(&entry));
    for (const auto version : known)
        if (std::find(served.begin(), served.end(), version) != served.end())
            return std::string(version);
    return std::nullopt;
}

} // namespace nodewall::kube
