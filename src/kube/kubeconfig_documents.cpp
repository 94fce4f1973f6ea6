#include "kube/kubeconfig_documents.hpp"

#include "codec/yaml.hpp"

#include <boost/json/value.hpp>
#include <fmt/core.h>

namespace nodewall::kube {

namespace json = boost::json;

namespace {

result<json::object> parse_one(const kubeconfig_file& file) {
    const auto place = "kubeconfig " + file.path;
    auto documents = codec::parse_yaml(file.text);
    if (!documents) // only "line N" of its detail: the rest may quote a secret
        return error(documents.error().code(), place + ", " +
                                                   documents.error().detail().substr(
                                                       0, documents.error().detail().find(':')));
    auto* root = documents->size() == 1 ? documents->front().if_object() : nullptr;
    if (root == nullptr)
        return error(errc::bad_config, place);
    if (const auto kind = text_of(*root, "kind"); !kind || (!kind->empty() && *kind != "Config"))
        return error(errc::bad_config, place + ": kind is not Config");
    return std::move(*root);
}

} // namespace

result<std::string> text_of(const json::object& entry, std::string_view name) {
    const auto* value = entry.if_contains(name);
    if (value == nullptr || value->is_null())
        return std::string();
    if (!value->is_string())
        return error(errc::bad_value, fmt::format("{}: not a text", name));
    return std::string(value->get_string());
}

result<kubeconfig_documents> kubeconfig_documents::parse(std::span<const kubeconfig_file> files) {
    kubeconfig_documents all;
    for (const auto& file : files) {
        auto root = parse_one(file);
        if (!root)
            return root.error();
        all.documents_.push_back({file.path, std::move(*root)});
    }
    return all;
}

result<kubeconfig_documents::entry> kubeconfig_documents::find(std::string_view list,
                                                               std::string_view what,
                                                               std::string_view name) const {
    std::string names;
    for (const auto& [path, root] : documents_) {
        const auto* value = root.if_contains(list);
        const auto* items = value == nullptr ? nullptr : value->if_array();
        for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
            const auto* item = (*items)[i].if_object();
            const auto given = item == nullptr ? result<std::string>("") : text_of(*item, "name");
            if (!given)
                return given.error().within(list);
            if (item != nullptr && *given == name) {
                const auto* found = item->if_contains(what);
                if (found != nullptr && found->is_object())
                    return entry{&found->get_object(), std::filesystem::path(path).parent_path()};
                return error(errc::bad_config, fmt::format("{} \"{}\" is empty", what, name));
            }
            names += names.empty() ? *given : ", " + *given;
        }
    }
    return error(errc::no_such_entry, fmt::format("{} \"{}\" (there {})", what, name,
                                                  names.empty() ? "is none" : "are: " + names));
}

result<std::string> kubeconfig_documents::current_context() const {
    for (const auto& document : documents_)
        if (auto current = text_of(document.root, "current-context"); !current || !current->empty())
            return current;
    return error(errc::no_such_entry, "current-context (name a context, or set one by "
                                      "kubectl config use-context)");
}

std::string kubeconfig_documents::place() const {
    std::string place = "kubeconfig ";
    for (const auto& document : documents_)
        place += (&document == &documents_.front() ? "" : ", ") + document.path;
    return place;
}

} // namespace nodewall::kube
