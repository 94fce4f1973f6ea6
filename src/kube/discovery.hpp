// Reading an API server's discovery documents, and asking for them: which kinds are served, and in
// which version of their groups.
#pragma once

#include "codec/kind_registry.hpp"
#include "kube/api_client.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::kube {

/// What one discovery says of a kind.
struct kind_answer {
    enum class what : std::uint8_t {
        served,  ///< in `version`, the most preferred one of the row's that is served
        lacking, ///< every document that could name it was read, and none does
        unseen,  ///< the server shows no such documents, and does not find the kind itself
        unknown, ///< a document could not be had: `why`
    };
    const codec::kind_row* row = nullptr;
    what said = what::unknown;
    std::string version;
    std::optional<error> why;
};

/// Group to its versions, out of what /apis answers (an APIGroupList).
using group_versions = std::map<std::string, std::set<std::string>, std::less<>>;
result<group_versions> read_group_list(std::string_view document);

/// The resources that can be listed and watched, out of what /apis/GROUP/VERSION answers (an
/// APIResourceList).
result<std::set<std::string>> read_resource_list(std::string_view document);

/// Who answers for a group's version: the API server itself, by CustomResourceDefinitions or built
/// in, or an aggregated one.
enum class answering : std::uint8_t { itself, aggregated };
/// Out of an APIService.
result<answering> read_api_service(std::string_view document);

/// Asks about each of `rows`. What one document lacks or cannot say concerns only the kinds that
/// need it. Nothing is asked twice. Where a document is forbidden or not found, one object of the
/// kind itself is asked for: who may list it need not be shown what else there is.
async::awaitable<std::vector<kind_answer>> discover(api_client& api,
                                                    std::vector<const codec::kind_row*> rows);

} // namespace nodewall::kube
