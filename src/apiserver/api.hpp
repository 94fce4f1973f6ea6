// The small API server without I/O: a request in, an answer or a watch out.
#pragma once

#include "apiserver/request.hpp"
#include "apiserver/store.hpp"
#include "apiserver/watch.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace nodewall::apiserver {

struct api_reply {
    unsigned status = 200;
    std::string body; // JSON
};

struct api_watch {
    std::unique_ptr<watch_stream> frames;
    bool bookmarks = false;
    std::chrono::seconds timeout{};
};

class api_machine {
public:
    struct options {
        object_store::options store;
        /// "v1", "v1beta1"; empty: no EndpointSlices, as on a very old server.
        std::string endpoint_slices_version = "v1";
    };
    explicit api_machine(options o);

    /// How a watch from forgotten history is refused: by HTTP 410, or by an ERROR event.
    bool gone_by_http = false;

    /// `request` is what resources().parse() made; it is not for control().
    std::variant<api_reply, api_watch> answer(std::string_view method, const api_request& request,
                                              std::string_view body);

    api_resources& resources() noexcept { return resources_; }
    object_store& store() noexcept { return store_; }

private:
    api_result<api_reply> answer_whole(std::string_view method, const api_request& request,
                                       std::string_view body);
    api_result<api_watch> watch(const api_request& request) const;
    api_result<api_reply> list(const api_request& request) const;
    api_result<api_reply> create(const api_request& request, std::string_view body);
    api_result<api_reply> replace(const api_request& request, std::string_view body);
    api_result<api_reply> remove(const api_request& request);
    api_reply version() const;

    api_resources resources_;
    object_store store_;
};

} // namespace nodewall::apiserver
