#include "explain/ends.hpp"

namespace nodewall::explain {

namespace {

constexpr std::string_view itself = "a pod reaches itself";
constexpr std::string_view own_node = "a pod reaches its own node";

judgement admitted(point where, std::string_view why) {
    return {true, {{.where = where, .then = action::allow, .why = std::string(why)}}};
}

} // namespace

judgement end_judge::egress(const leg& l) const {
    const auto* pod = l.from.pod;
    if (pod == nullptr)
        return {};
    passage p{point::egress, *pod, l.from.address, l.to, l.proto, l.port};
    if (pod == l.to.pod && !l.through_door)
        return admitted(point::egress, itself);
    if (pod == l.to.pod) {
        p.own = itself;
        p.admits_own = &model::policy::admits_itself;
    } else if (parties_.is_node(l.to, pod->node_name)) {
        p.own = own_node;
        p.admits_own = &model::policy::admits_own_node;
    }
    return policies_.judge(p);
}

judgement end_judge::ingress(const leg& l, bool from_own_node) const {
    const auto* pod = l.to.pod;
    if (pod == nullptr)
        return admitted(point::ingress, l.to.node.empty()
                                            ? "no pod has that address: no policy isolates it"
                                            : "that is a node's address: no policy isolates it");
    if (from_own_node && parties_.is_node(l.from, pod->node_name))
        return admitted(point::ingress, "a pod's own node always reaches it");
    passage p{point::ingress, *pod, l.to.address, l.from, l.proto, l.port};
    if (pod == l.from.pod && !l.through_door)
        return admitted(point::ingress, itself);
    if (pod == l.from.pod) {
        p.own = itself;
        p.admits_own = &model::policy::admits_itself;
    }
    return policies_.judge(p);
}

} // namespace nodewall::explain
