// The kernel's ipsets: the commands that nodewall needs of them.
#pragma once

#include "base/error.hpp"
#include "netfilter/iptables/ipset/set.hpp"
#include "netfilter/iptables/ipset/socket.hpp"
#include "netfilter/iptables/xt/set_ids.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nodewall::netfilter::iptables {

class sets {
public:
    /// Whether the kernel knows every type; loads modules where that is possible.
    result<void> probe(model::family f);

    /// An equal set that is there already is emptied, one of the same type and another size, or
    /// whose members expire, is replaced under the rules that use it; one of another type or family
    /// is `foreign`.
    result<void> create(const set_definition& set);
    result<void> destroy(const std::string& name);
    /// Takes every member out.
    result<void> flush(const std::string& name);
    // Many members go in one message. One that is there already takes the new mark.
    result<void> add(const set_definition& set, const std::vector<set_member>& members);
    result<void> add(const set_definition& list, const std::vector<std::string>& names);
    result<void> remove(const set_definition& set, const std::vector<set_member>& members);

    struct found {
        std::vector<set_content> sets;
        /// Sets under our names that nodewall never makes.
        std::vector<std::string> foreign;
        std::vector<std::string> remarks;
    };
    /// All sets whose names begin with NW-. `standing`: the names of all sets that there are.
    result<found> read(const set_ids& standing);

private:
    struct header {
        std::string name, type;
        std::uint8_t nfproto = 0;
        bool marks = false;
        std::optional<std::uint32_t> elements; // newer kernels say how many it holds
        std::uint32_t room = 0;                // maxelem, or the size of a list
        bool expires = false;                  // its members have timeouts
    };
    static bool has_our_shape(const header& h, set_type type);

    result<std::uint8_t> revision_of(set_type type, model::family f);
    int make(const set_definition& set, std::uint8_t revision);
    result<void> take_over(const set_definition& set);
    result<void> replace(const set_definition& set);
    template <class Member, class Put> int change(ipset_cmd command, const std::string& set,
                                                  const std::vector<Member>& members, Put put);
    static std::optional<header> to_header(const nlmsghdr& answer);
    result<std::vector<header>> read_headers(std::size_t& foreign_elements);
    result<std::vector<std::string>> read_omitted(const set_ids& standing,
                                                  std::vector<header>& headers);
    result<void> read_members(found& all, const std::string& only);

    ipset_socket socket_;
    std::map<std::pair<set_type, model::family>, std::uint8_t> revisions_;
};

} // namespace nodewall::netfilter::iptables
