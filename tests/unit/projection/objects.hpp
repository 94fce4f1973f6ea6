// Kubernetes objects as JSON, from few words, and the log's events about them.
//
// Keys are written "namespace/name". Labels are written "app=web,tier=front". Selectors are written
// as kubectl writes them, with `|` between values: "app=web|api,tier!=old,zone,!gone"; "*" selects
// everything.
#pragma once

#include "model/event.hpp"
#include "model/kind.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nodewall::test {

struct object {
    model::kind what = model::kind::pod;
    model::object_key key;
    std::string uid;
    std::string body;
};

object namespace_(std::string_view name, std::string_view labels = {});
object node(std::string_view name, std::string_view address);

struct pod_words {
    std::string key;
    std::string uid;
    std::string labels;
    std::vector<std::string> addresses;
    std::string started;
    std::string phase = "Running";
    bool host_network = false;
    bool terminating = false;
};
object pod(const pod_words& words);

object service(std::string_view key, std::string_view selector_labels = {}, unsigned node_port = 0);

/// Endpoints are written "ADDRESS" or "ADDRESS@POD".
object slice(std::string_view key, std::string_view service,
             const std::vector<std::string>& endpoints);

struct policy_words {
    std::string key;
    std::string pods = "*";
    /// Peers: a CIDR, "pods:SELECTOR", "namespaces:SELECTOR", "namespaces:SELECTOR+pods:SELECTOR".
    std::vector<std::string> from, to;
    std::string labels;
};
object policy(const policy_words& words);

/// What stands there in place of an object that nobody can read.
object broken(model::kind what, std::string_view key);

model::event added(const object& o);
model::event deleted(const object& o);
model::event listed(model::kind what);

model::object_key key_of(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);

} // namespace nodewall::test
