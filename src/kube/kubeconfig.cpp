#include "kube/kubeconfig.hpp"

#include "codec/yaml.hpp"
#include "kube/base64.hpp"
#include "kube/credentials.hpp"

#include <boost/json/value.hpp>
#include <fmt/core.h>

#include <filesystem>

namespace nodewall::kube {

namespace {

namespace json = boost::json;

/// The string at `name`, empty where it is absent or null.
result<std::string> text_of(const json::object& entry, std::string_view name) {
    const auto* value = entry.if_contains(name);
    if (value == nullptr || value->is_null())
        return std::string();
    if (!value->is_string())
        return error(errc::bad_value, fmt::format("{}: not a text", name));
    return std::string(value->get_string());
}

bool flag_of(const json::object& entry, std::string_view name) {
    const auto* value = entry.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object* object_of(const json::object& entry, std::string_view name) {
    const auto* value = entry.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

class kubeconfig {
public:
    kubeconfig(const json::object& root, const std::string& path, const file_reader& read)
        : root_(root), folder_(std::filesystem::path(path).parent_path()), read_(read) {}

    result<server_config> resolve(const std::string& wanted_context) const {
        auto context_name = wanted_context;
        if (context_name.empty()) {
            auto current = text_of(root_, "current-context");
            if (!current)
                return current.error();
            if (current->empty())
                return error(errc::no_such_entry, "current-context (name a context, or set one by "
                                                  "kubectl config use-context)");
            context_name = *current;
        }
        const auto context = find("contexts", "context", context_name);
        if (!context)
            return context.error();
        server_config out;
        if (auto done = read_cluster(**context, out); !done)
            return done.error();
        if (auto done = read_user(**context, out); !done)
            return done.error();
        out.origin = ", context " + context_name;
        return out;
    }

private:
    /// contexts: [{name: NAME, context: {...}}], and so for clusters and users.
    result<const json::object*> find(std::string_view list, std::string_view entry,
                                     std::string_view name) const {
        std::string names;
        const auto* value = root_.if_contains(list);
        const auto* items = value == nullptr ? nullptr : value->if_array();
        for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
            const auto* item = (*items)[i].if_object();
            const auto given = item == nullptr ? result<std::string>("") : text_of(*item, "name");
            if (!given)
                return given.error().within(list);
            if (item != nullptr && *given == name) {
                if (const auto* found = object_of(*item, entry))
                    return found;
                return error(errc::bad_config, fmt::format("{} \"{}\" is empty", entry, name));
            }
            names += names.empty() ? *given : ", " + *given;
        }
        return error(errc::no_such_entry, fmt::format("{} \"{}\" (there {})", entry, name,
                                                      names.empty() ? "is none" : "are: " + names));
    }

    /// What `field`-data holds in base64, else the content of the file that `field` names.
    result<std::string> data_or_file(const json::object& entry, const std::string& field) const {
        auto data = text_of(entry, field + "-data");
        if (!data)
            return data;
        if (!data->empty()) {
            auto bytes = from_base64(*data);
            if (!bytes)
                return error(errc::bad_value, field + "-data: not base64");
            return std::move(*bytes);
        }
        auto file = text_of(entry, field);
        if (!file || file->empty())
            return file;
        auto content = read_(folder_ / *file);
        if (!content)
            return content.error().within(field);
        return content;
    }

    result<void> read_cluster(const json::object& context, server_config& out) const {
        const auto name = text_of(context, "cluster");
        if (!name)
            return name.error();
        const auto found = find("clusters", "cluster", *name);
        if (!found)
            return found.error();
        const auto& cluster = **found;
        const auto place = fmt::format("cluster \"{}\"", *name);
        const auto server = text_of(cluster, "server");
        auto parsed = server ? http::parse_url(*server) : result<http::url>(server.error());
        if (!parsed)
            return parsed.error().within(place + ": server");
        out.server = std::move(*parsed);
        auto ca = data_or_file(cluster, "certificate-authority");
        if (!ca)
            return ca.error().within(place);
        out.tls.ca_pem = std::move(*ca);
        auto server_name = text_of(cluster, "tls-server-name");
        if (!server_name)
            return server_name.error().within(place);
        out.tls.server_name = std::move(*server_name);
        out.tls.insecure = flag_of(cluster, "insecure-skip-tls-verify");
        if (out.tls.insecure)
            out.warnings.push_back(place + ": insecure-skip-tls-verify: anyone on the way can pose "
                                           "as the API server; give certificate-authority instead");
        return {};
    }

    result<void> read_user(const json::object& context, server_config& out) const {
        const auto name = text_of(context, "user");
        if (!name)
            return name.error();
        if (name->empty())
            return {}; // anonymous
        const auto found = find("users", "user", *name);
        if (!found)
            return found.error();
        const auto place = fmt::format("user \"{}\"", *name);
        if (auto done = read_identity(**found, out); !done)
            return done.error().within(place);
        return {};
    }

    result<void> read_identity(const json::object& user, server_config& out) const {
        for (const auto* plugin : {"exec", "auth-provider"})
            if (user.if_contains(plugin) != nullptr && !user.at(plugin).is_null())
                return error(
                    errc::not_supported,
                    fmt::format("{} (use a client certificate, token or tokenFile)", plugin));
        auto certificate = data_or_file(user, "client-certificate");
        if (!certificate)
            return certificate.error();
        auto key = data_or_file(user, "client-key");
        if (!key)
            return key.error();
        out.tls.certificate_pem = std::move(*certificate);
        out.tls.key_pem = std::move(*key);
        auto authorization = read_authorization(user);
        if (!authorization)
            return authorization.error();
        out.authorization = std::move(*authorization);
        return {};
    }

    /// As kubectl: a token file before a token, a token before a password.
    result<std::string> read_authorization(const json::object& user) const {
        const auto file = text_of(user, "tokenFile");
        if (!file)
            return file;
        if (!file->empty()) {
            const auto token = read_(folder_ / *file);
            return token ? bearer(*token, *file)
                         : result<std::string>(token.error().within("tokenFile"));
        }
        const auto token = text_of(user, "token");
        if (!token || !token->empty())
            return token ? bearer(*token, "token") : token;
        const auto name = text_of(user, "username");
        const auto password = text_of(user, "password");
        if (!name || name->empty())
            return name;
        return password ? basic(*name, *password) : password;
    }

    const json::object& root_;
    std::filesystem::path folder_;
    const file_reader& read_;
};

/// Whether the PEMs can be used, found out before the first connection.
result<void> check(const server_config& config) {
    if (!config.server.tls)
        return {};
    const auto context = http::make_client_context(config.tls);
    return context ? result<void>{} : context.error();
}

} // namespace

result<server_config> parse_kubeconfig(std::string_view text, const std::string& path,
                                       const std::string& context, const file_reader& read) {
    const auto place = "kubeconfig " + path;
    const auto documents = codec::parse_yaml(text);
    if (!documents) // only "line N" of its detail: the rest may quote a secret
        return error(documents.error().code(), place + ", " +
                                                   documents.error().detail().substr(
                                                       0, documents.error().detail().find(':')));
    const auto* root = documents->size() == 1 ? documents->front().if_object() : nullptr;
    if (root == nullptr)
        return error(errc::bad_config, place);
    if (const auto kind = text_of(*root, "kind"); !kind || (!kind->empty() && *kind != "Config"))
        return error(errc::bad_config, place + ": kind is not Config");
    auto config = kubeconfig(*root, path, read).resolve(context);
    if (!config)
        return config.error().within(place);
    config->origin.insert(0, place);
    if (auto usable = check(*config); !usable)
        return usable.error().within(config->origin);
    return config;
}

result<server_config> load_kubeconfig(const std::string& path, const std::string& context) {
    const auto text = read_small_file(path);
    if (!text)
        return text.error().within("kubeconfig");
    return parse_kubeconfig(*text, path, context, read_small_file);
}

} // namespace nodewall::kube
