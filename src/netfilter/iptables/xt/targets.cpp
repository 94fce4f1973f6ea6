#include "netfilter/iptables/kernel/system_headers.hpp" // before the kernel's

#include "netfilter/iptables/xt/extension_bytes.hpp"
#include "netfilter/iptables/xt/extensions.hpp"

#include "ruleset/dataplane.hpp"

#include <libiptc/libxtc.h>
#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_mark.h>

#include <algorithm>
#include <cassert>

namespace nodewall::netfilter::iptables {

namespace {

constexpr std::string_view label_return = "RETURN";
constexpr std::string_view label_drop = "DROP";

template <class Info> Info& append_target(std::vector<std::byte>& out, const extension& kind) {
    return append_extension<xt_entry_target, Info>(out, kind);
}

class target_writer {
public:
    target_writer(const set_ids& ids, std::vector<std::byte>& out) : ids_(ids), out_(out) {}

    result<void> operator()(const to_return&) { return standard(label_return); }
    result<void> operator()(const to_drop&) { return standard(label_drop); }
    result<void> operator()(const to_chain& t) { return standard(t.chain); }
    result<void> operator()(const goto_chain& t) { return standard(t.chain); }

    result<void> operator()(const map_mark& t) {
        const auto id = ids_.id_of(t.set);
        if (!id)
            return error(ruleset::dataplane_errc::kernel_refused, "no set " + t.set);
        auto& info = append_target<xt_set_info_target_v3>(out_, set_target_extension);
        info.add_set.index = info.del_set.index = IPSET_INVALID_ID;
        info.map_set = set_info(*id, t.directions);
        info.flags = IPSET_FLAG_MAP_SKBMARK;
        info.timeout = no_timeout;
        return {};
    }
    result<void> operator()(const set_mark& t) {
        auto& info = append_target<xt_mark_tginfo2>(out_, mark_target_extension);
        info.mark = t.value;
        info.mask = t.mask;
        return {};
    }
    result<void> operator()(const to_nflog& t) {
        append_target<xt_nflog_info>(out_, nflog_extension).group = t.group;
        return {};
    }

private:
    static constexpr std::uint32_t no_timeout = 0xffffffffU; // as iptables writes it

    /// libiptc makes a verdict or a jump of it.
    result<void> standard(std::string_view label) {
        const auto at = out_.size();
        out_.resize(at + XT_ALIGN(sizeof(xt_standard_target)));
        auto& target = *reinterpret_cast<xt_entry_target*>(&out_[at]);
        target.u.user.target_size = XT_ALIGN(sizeof(xt_standard_target));
        assert(label.size() < sizeof target.u.user.name);
        std::copy(label.begin(), label.end(), target.u.user.name);
        return {};
    }

    const set_ids& ids_;
    std::vector<std::byte>& out_;
};

} // namespace

result<void> write_target(const xt_target& t, const set_ids& ids, std::vector<std::byte>& out) {
    return std::visit(target_writer(ids, out), t);
}

bool read_target(const xt_entry_target& target, std::string_view label, bool is_chain, bool is_goto,
                 const set_ids& ids, xt_rule& r) {
    xt_set_info_target_v3 set;
    xt_mark_tginfo2 mark;
    xt_nflog_info nflog;
    if (is_chain && is_goto) {
        r.then = goto_chain{std::string(label)};
    } else if (is_chain) {
        r.then = to_chain{std::string(label)};
    } else if (label == label_return) {
        r.then = to_return{};
    } else if (label == label_drop) {
        r.then = to_drop{};
    } else if (read_extension(target, set_target_extension, set)) {
        map_mark map;
        if (!read_set_info(set.map_set, ids, map.set, map.directions))
            return false;
        r.then = std::move(map);
    } else if (read_extension(target, mark_target_extension, mark)) {
        r.then = set_mark{mark.mark, mark.mask};
    } else if (read_extension(target, nflog_extension, nflog)) {
        r.then = to_nflog{nflog.group};
    } else {
        return false;
    }
    return true;
}

} // namespace nodewall::netfilter::iptables
