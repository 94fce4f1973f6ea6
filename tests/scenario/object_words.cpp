#include "scenario/object_words.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace nodewall::test {

namespace {

/// The words after the command: names without "=", and values by key.
struct arguments {
    std::vector<std::string> names;
    std::map<std::string, std::vector<std::string>> values;

    explicit arguments(const std::vector<std::string>& words) {
        for (const auto& word : words) {
            const auto equals = word.find('=');
            if (equals == std::string::npos)
                names.push_back(word);
            else
                values[word.substr(0, equals)].push_back(word.substr(equals + 1));
        }
    }
    std::string name() const { return names.at(0); }
    bool flag(const std::string& word) const {
        return std::find(names.begin(), names.end(), word) != names.end();
    }
    std::vector<std::string> all(const std::string& key) const {
        const auto at = values.find(key);
        return at == values.end() ? std::vector<std::string>{} : at->second;
    }
    std::string one(const std::string& key, std::string otherwise = {}) const {
        const auto given = all(key);
        return given.empty() ? otherwise : given.front();
    }
};

model::kind kind_named(const std::string& word) {
    for (const auto& [name, kind] :
         {std::pair{"namespace", model::kind::namespace_}, std::pair{"node", model::kind::node},
          std::pair{"pod", model::kind::pod}, std::pair{"service", model::kind::service},
          std::pair{"slice", model::kind::endpoint_slice},
          std::pair{"policy", model::kind::network_policy}})
        if (word == name)
            return kind;
    throw std::invalid_argument("no such kind: " + word);
}

object pod_from(const arguments& words) {
    return pod({.key = words.name(),
                .uid = words.one("uid"),
                .labels = words.one("labels"),
                .addresses = split(words.one("ip"), ','),
                .started = words.one("started"),
                .phase = words.one("phase", "Running"),
                .host_network = words.flag("hostNetwork"),
                .terminating = words.flag("terminating")});
}

object object_from(model::kind kind, const arguments& words) {
    switch (kind) {
    case model::kind::namespace_:
        return namespace_(words.name(), words.one("labels"));
    case model::kind::node:
        return node(words.name(), words.one("ip"));
    case model::kind::pod:
        return pod_from(words);
    case model::kind::service:
        return service(words.name(), words.one("selector"),
                       static_cast<unsigned>(std::stoul(words.one("nodePort", "0"))));
    case model::kind::endpoint_slice:
        return slice(words.name(), words.one("service"), split(words.one("endpoints"), ','));
    case model::kind::network_policy:
        break;
    }
    return policy({.key = words.name(),
                   .pods = words.one("pods", "*"),
                   .from = words.all("from"),
                   .to = words.all("to"),
                   .labels = words.one("labels")});
}

} // namespace

std::vector<std::string> words_of(const std::string& line) {
    auto words = split(line, ' ');
    std::erase(words, "");
    return words;
}

model::event event_from(const std::vector<std::string>& words) {
    const auto& verb = words.at(0);
    if (verb == "listed")
        return listed(kind_named(words.at(1)));
    if (verb != "delete" && verb != "broken")
        return added(object_from(kind_named(verb), arguments({words.begin() + 1, words.end()})));
    const auto kind = kind_named(words.at(1));
    const arguments rest({words.begin() + 2, words.end()});
    auto object = broken(kind, rest.name());
    object.uid = rest.one("uid");
    return verb == "delete" ? deleted(object) : added(object);
}

} // namespace nodewall::test
