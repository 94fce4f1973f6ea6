// Cluster state and node to ruleset: pure and incremental. The shape of what it builds is drawn in
// model/layout.hpp.
#pragma once

#include "base/error.hpp"
#include "model/cluster_state.hpp"
#include "model/gate_settings.hpp"
#include "model/ruleset.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::compiler {

/// Raised whenever the same state compiles to something else.
inline constexpr unsigned compiler_version = 2;

/// Something a person should know about how a front door or a policy was read.
struct finding {
    enum class kind : std::uint8_t {
        mixed,          ///< backends differ: the door stays open to whom one of them admits
        not_understood, ///< a part of an object that was left out; it admits nobody
        undecodable,    ///< an object that counts as absent
        collision,      ///< two Services claim one front door
        too_many,       ///< a bound was reached; what did not fit is refused
    };
    kind what = kind::mixed;
    std::string subject; // "front door nodeport TCP/30051", "NetworkPolicy web/deny"
    std::string text;
    auto operator<=>(const finding&) const = default;
};

/// "mixed", "notUnderstood", "undecodable", "collision", "tooMany".
std::string_view to_string(finding::kind k);

using finding_list = std::shared_ptr<const std::vector<finding>>; // sorted

class compiler {
public:
    explicit compiler(model::gate_settings s);
    ~compiler();
    compiler(compiler&&) noexcept;
    compiler& operator=(compiler&&) noexcept;

    /// Everything anew.
    model::ruleset compile(const model::cluster_state& state);
    /// Only what depends on the changes; `state` must be the one that the changes lead to. Equal to
    /// compile(state), always.
    model::ruleset recompile(const model::cluster_state& state,
                             const std::set<model::change>& changes);

    /// Of the last (re)compilation; the same list as long as nothing in it changes.
    finding_list findings() const;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace nodewall::compiler
