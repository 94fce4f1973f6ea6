// Backends gathered into classes that are told the same by their policies, so that what many pods
// say is worked out once.
#pragma once

#include "compiler/decisions/ingress.hpp"
#include "compiler/doors/backends.hpp"
#include "compiler/tracking/state_reader.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <vector>

namespace nodewall::compiler {

class backend_classes {
public:
    backend_classes(model::family f, state_reader& reader, rule_sources& sources)
        : family_(f), reader_(reader), sources_(sources) {}

    void add(const backend& b);

    /// Whom one of the backends admits; a pod admits itself where its policies do so.
    program admit_any();
    /// Whom each of the backends admits.
    program admit_each();
    /// As admit_any(), but the addresses in own() count as any other.
    program admit_any_other();
    /// The own addresses of backends that are admitted to themselves before anything else is asked.
    sources own() const;

    struct told {
        program says; // without the backends' own addresses
        std::vector<backend> backends;
    };
    /// One for each that says something else.
    std::vector<told> classes();
    /// That apply to a backend, as they are asked, each once.
    std::vector<const model::policy*> policies() const;

private:
    struct isolated {
        std::vector<model::cidr> own;
        std::vector<backend> backends;
    };

    using policy_list = std::vector<const model::policy*>;
    /// What a backend is asked for, where what the pod is besides makes no difference.
    struct asked {
        policy_list policies;
        model::protocol proto;
        std::uint16_t port;
        auto operator<=>(const asked&) const = default;
    };
    /// Whether no rule speaks of the pod itself or of its ports by name.
    bool all_pods_are_equal(const policy_list& policies);
    isolated& class_of(const policy_list& policies, const backend& b);

    model::family family_;
    state_reader& reader_;
    rule_sources& sources_;
    std::vector<backend> open_, unknown_;
    std::map<ingress_rules, isolated> by_rules_;
    std::map<asked, isolated*> known_; // so that a rule is looked at once for a thousand backends
    std::map<policy_list, bool> equal_;
    policy_list policies_;
};

} // namespace nodewall::compiler
