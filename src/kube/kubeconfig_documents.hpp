// One kubeconfig or several, as kubectl merges them. Private to kube/.
#pragma once

#include "kube/kubeconfig.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::kube {

/// The string at `name`, empty where it is absent or null.
result<std::string> text_of(const boost::json::object& entry, std::string_view name);

/// Looks through the files in their order: the first that has an entry of a name counts, whole.
class kubeconfig_documents {
public:
    /// A file that is no kubeconfig fails all: what it would have overridden is not known.
    static result<kubeconfig_documents> parse(std::span<const kubeconfig_file> files);

    struct entry {
        const boost::json::object* fields;
        std::filesystem::path folder; // of the file that has it
    };
    /// contexts: [{name: NAME, context: {...}}], and so for clusters and users.
    result<entry> find(std::string_view list, std::string_view what, std::string_view name) const;

    /// The first that is set.
    result<std::string> current_context() const;

    /// "kubeconfig /root/.kube/config, /etc/kubernetes/admin.conf"
    std::string place() const;

private:
    struct document {
        std::string path;
        boost::json::object root;
    };
    std::vector<document> documents_;
};

} // namespace nodewall::kube
