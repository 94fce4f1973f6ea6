// The kernel's ipsets: the commands that nodewall needs of them.
#pragma once

#include "base/error.hpp"
#include "model/dataplane.hpp"
#include "netfilter/ipset_socket.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nodewall::netfilter {

class sets {
public:
    /// Whether the kernel knows every type; loads modules where that is possible.
    result<void> probe(model::family f);

    /// An equal set that is there already is fine; one of another type or family is `foreign`.
    result<void> create(const model::set_definition& set);
    result<void> destroy(const model::set_definition& set);
    /// Many members go in one message.
    result<void> add(const model::set_definition& set,
                     const std::vector<model::set_member>& members);
    result<void> remove(const model::set_definition& set,
                        const std::vector<model::set_member>& members);

    struct found {
        std::vector<model::kernel_snapshot::set> sets; // with their members, sorted
        std::vector<std::string> remarks; // sets under our names that nodewall never makes
    };
    /// All sets whose names begin with NW-.
    result<found> read();

private:
    struct header {
        std::string name, type;
        std::uint8_t nfproto = 0;
    };

    result<std::uint8_t> revision_of(model::set_type type, model::family f);
    result<void> compare_with_present(const model::set_definition& set);
    int change(ipset_cmd command, const model::set_definition& set,
               const std::vector<model::set_member>& members);
    result<std::vector<header>> read_headers();
    result<std::vector<model::set_member>> read_members(const model::set_definition& set);

    ipset_socket socket_;
};

} // namespace nodewall::netfilter
