// Asking an API server for what nodewall watches.
#pragma once

#include "async/clock.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "codec/json_reader.hpp"
#include "http/client.hpp"
#include "kube/answer.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/resource_path.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nodewall::kube {

struct list_query {
    unsigned limit = 0;           // 0: everything in one page
    std::string continue_token;   // from the page before
    std::string resource_version; // empty: the latest
    bool not_older = false;       // resourceVersionMatch=NotOlderThan
};

/// Makes the way to a server; a simulation gives its own.
using dialer_factory =
    std::function<result<http::dialer>(const http::destination& to, async::clock& time)>;

/// On one thread; requests of several reflectors may be under way at once. The reader is used only
/// between two awaits, so they can share it.
class api_client {
public:
    struct options {
        std::string user_agent; // "nodewall/VERSION (node)"
        codec::body_mode bodies = codec::body_mode::narrowed;
        dialer_factory dial = http::make_dialer;
        /// Where files are read and TLS contexts are made.
        async::executor pool;
        std::size_t page_bytes_max = limits::list_page_bytes_max;
    };

    api_client(options how, config_loader load, async::clock& time, codec::json_reader& reader,
               logger& log);

    /// Reads the configuration and the credentials, again too; on the pool, for files and TLS
    /// contexts take their time. Warnings are logged when they change. A request that failed for
    /// want of an answer, or of a right to it, makes the next one read them again by itself:
    /// server, authorities and credentials change in their files, and nobody restarts a service for
    /// that.
    async::awaitable<result<void>> reload();

    /// One page of a kind, read as it arrives. One with several objects and more than
    /// options::page_bytes_max is codec::errc::too_large; `items`, where given, becomes the
    /// number of objects that were seen.
    async::awaitable<answer<codec::list_page>> list(served_at where, list_query query,
                                                    std::size_t* items = nullptr);

    /// The frames after `resource_version`, bookmarks among them, for about `timeout`.
    async::awaitable<answer<std::unique_ptr<http::body_stream>>>
    watch(served_at where, std::string resource_version, std::chrono::seconds timeout);

    /// A document of the server's own, such as "/apis", as it stands.
    async::awaitable<answer<std::string>> document(std::string path);

    /// The UID of namespace kube-system: another UID is another cluster.
    async::awaitable<answer<std::string>> cluster_uid();

    /// "https://10.0.0.1:6443"
    std::string server() const { return config_.server.to_string(); }
    /// "pods at https://10.0.0.1:6443", for errors.
    std::string asked(const codec::kind_row& what) const;

private:
    struct loaded;

    static result<std::shared_ptr<loaded>>
    load_config(const config_loader& load, const dialer_factory& dial, async::clock& time,
                const std::optional<http::destination>& known);
    std::function<result<std::shared_ptr<loaded>>()> reading() const;
    bool take(loaded& fresh);
    async::awaitable<result<void>> connect();
    /// `why`; where it may be for what the configuration said, that is to be read again.
    failure doubted(failure why);
    async::awaitable<answer<http::response>> get(std::string target, std::string asked);
    async::awaitable<answer<std::unique_ptr<http::body_stream>>> open(std::string target,
                                                                      std::string asked);
    std::vector<http::header> headers() const;

    options options_;
    config_loader load_;
    async::clock& time_;
    codec::json_reader& reader_;
    logger& log_;
    server_config config_;
    std::shared_ptr<http::client> http_;
    bool in_doubt_ = false; // what was read of the configuration
};

} // namespace nodewall::kube
