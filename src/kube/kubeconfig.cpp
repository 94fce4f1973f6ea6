#include "kube/kubeconfig.hpp"

#include "kube/base64.hpp"
#include "kube/credentials.hpp"
#include "kube/kubeconfig_documents.hpp"
#include "model/address.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nodewall::kube {

namespace {

namespace json = boost::json;

bool flag_of(const json::object& entry, std::string_view name) {
    const auto* value = entry.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

/// What the documents say about one context.
class kubeconfig {
public:
    kubeconfig(const kubeconfig_documents& documents, const file_reader& read)
        : documents_(documents), read_(read) {}

    result<server_config> resolve(const std::string& wanted_context) const {
        auto context_name = wanted_context;
        if (context_name.empty()) {
            auto current = documents_.current_context();
            if (!current)
                return current.error();
            context_name = *current;
        }
        const auto context = documents_.find("contexts", "context", context_name);
        if (!context)
            return context.error();
        server_config out;
        if (auto done = read_cluster(*context->fields, out); !done)
            return done.error();
        if (auto done = read_user(*context->fields, out); !done)
            return done.error();
        out.origin = ", context " + context_name;
        return out;
    }

private:
    using entry = kubeconfig_documents::entry;

    /// What `field`-data holds in base64, else the content of the file that `field` names.
    result<std::string> data_or_file(const entry& from, const std::string& field) const {
        auto data = text_of(*from.fields, field + "-data");
        if (!data)
            return data;
        if (!data->empty()) {
            auto bytes = from_base64(*data);
            if (!bytes)
                return error(errc::bad_value, field + "-data: not base64");
            return std::move(*bytes);
        }
        auto file = text_of(*from.fields, field);
        if (!file || file->empty())
            return file;
        auto content = read_(from.folder / *file);
        if (!content)
            return content.error().within(field);
        if (content->empty()) // being rewritten: it must not pass for none
            return error(errc::unreadable, field + ": " + *file + " is empty");
        return content;
    }

    result<void> read_cluster(const json::object& context, server_config& out) const {
        const auto name = text_of(context, "cluster");
        if (!name)
            return name.error();
        const auto found = documents_.find("clusters", "cluster", *name);
        if (!found)
            return found.error();
        const auto& cluster = *found->fields;
        const auto place = fmt::format("cluster \"{}\"", *name);
        const auto server = text_of(cluster, "server");
        auto parsed = server ? http::parse_url(*server) : result<http::url>(server.error());
        if (!parsed)
            return parsed.error().within(place + ": server");
        out.server = std::move(*parsed);
        const auto proxy_url = text_of(cluster, "proxy-url");
        if (!proxy_url)
            return proxy_url.error().within(place);
        if (!proxy_url->empty()) {
            auto proxy = http::parse_proxy(*proxy_url);
            if (!proxy)
                return proxy.error().within(place + ": proxy-url");
            out.proxy = std::move(*proxy);
        }
        auto ca = data_or_file(*found, "certificate-authority");
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
        const auto found = documents_.find("users", "user", *name);
        if (!found)
            return found.error();
        const auto place = fmt::format("user \"{}\"", *name);
        if (auto done = read_identity(*found, out); !done)
            return done.error().within(place);
        return {};
    }

    result<void> read_identity(const entry& user, server_config& out) const {
        for (const auto* plugin : {"exec", "auth-provider"})
            if (const auto* given = user.fields->if_contains(plugin);
                given != nullptr && !given->is_null())
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
    result<std::string> read_authorization(const entry& from) const {
        const auto& user = *from.fields;
        auto file = text_of(user, "tokenFile");
        if (!file)
            return file;
        if (!file->empty()) {
            const auto token = read_(from.folder / *file);
            return token ? bearer(*token, *file)
                         : result<std::string>(token.error().within("tokenFile"));
        }
        const auto token = text_of(user, "token");
        if (!token || !token->empty())
            return token ? bearer(*token, "token") : token;
        auto name = text_of(user, "username");
        const auto password = text_of(user, "password");
        if (!name || name->empty())
            return name;
        return password ? basic(*name, *password) : password;
    }

    const kubeconfig_documents& documents_;
    const file_reader& read_;
};

bool is_loopback(std::string_view host) {
    const bool is_127 = host.starts_with("127.") && model::ip_address::parse(host).has_value();
    return host == "localhost" || host == "::1" || is_127;
}

/// A credential that everyone on the way could read is never sent; on this machine only root reads
/// loopback.
result<void> check_plain(server_config& config) {
    if (config.authorization.empty())
        return {};
    const auto server = config.server.to_string();
    if (!is_loopback(config.server.host))
        return error(errc::not_supported,
                     fmt::format("a token or password for {}, which has no TLS: everyone on the "
                                 "way could read it (use https, or a user without credentials)",
                                 server));
    config.warnings.push_back(
        fmt::format("{} has no TLS: whoever may read this machine's loopback traffic reads the "
                    "token or password",
                    server));
    return {};
}

/// Whether the PEMs can be used, found out before the first connection.
result<void> check(server_config& config) {
    if (!config.server.tls)
        return check_plain(config);
    const auto context = http::make_client_context(config.tls);
    return context ? result<void>{} : context.error();
}

/// Without the empty ones, as kubectl.
std::vector<std::string> split_paths(std::string_view list) {
    std::vector<std::string> paths;
    while (!list.empty()) {
        const auto end = std::min(list.find(':'), list.size());
        if (end != 0)
            paths.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return paths;
}

} // namespace

result<server_config> parse_kubeconfigs(std::span<const kubeconfig_file> files,
                                        const std::string& context, const file_reader& read) {
    const auto documents = kubeconfig_documents::parse(files);
    if (!documents)
        return documents.error();
    auto config = kubeconfig(*documents, read).resolve(context);
    if (!config)
        return config.error().within(documents->place());
    config->origin.insert(0, documents->place());
    if (auto usable = check(*config); !usable)
        return usable.error().within(config->origin);
    return config;
}

result<server_config> load_kubeconfig(const std::string& path, const std::string& context) {
    auto text = read_small_file(path);
    if (!text)
        return text.error().within("kubeconfig");
    const kubeconfig_file file{path, std::move(*text)};
    return parse_kubeconfigs({&file, 1}, context, read_small_file);
}

result<server_config> load_kubeconfigs(std::string_view paths, const std::string& context,
                                       const file_reader& read) {
    std::vector<kubeconfig_file> files;
    std::vector<std::string> warnings;
    error missing(errc::no_such_file, "no file is named");
    for (const auto& path : split_paths(paths)) {
        auto text = read(path);
        if (text) {
            files.push_back({path, std::move(*text)});
            continue;
        }
        missing = text.error().within("kubeconfig");
        if (!missing.is(errc::no_such_file))
            return missing;
        warnings.push_back(missing.message() + "; left out");
    }
    if (files.empty())
        return missing;
    auto config = parse_kubeconfigs(files, context, read);
    if (config)
        config->warnings.insert(config->warnings.begin(), warnings.begin(), warnings.end());
    return config;
}

} // namespace nodewall::kube
