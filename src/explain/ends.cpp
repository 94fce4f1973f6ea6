#include "explain/ends.hpp"

namespace nodewall::explain {

namespace {

judgement admitted(point where, std::string why) {
    return {true, {{.where = where, .then = action::allow, .why = std::move(why)}}};
}

} // namespace

judgement end_judge::egress(const leg& l) const {
    if (l.from.pod == nullptr)
        return {};
    if (l.from.pod == l.to.pod)
        return admitted(point::egress, "a pod reaches itself");
    if (parties_.is_node(l.to, l.from.pod->node_name))
        return admitted(point::egress, "a pod reaches its own node");
    return policies_.judge({point::egress, *l.from.pod, l.to, l.proto, l.port});
}

judgement end_judge::ingress(const leg& l, bool own_node) const {
    if (l.to.pod == nullptr)
        return admitted(point::ingress, l.to.node.empty()
                                            ? "no pod has that address: no policy isolates it"
                                            : "that is a node's address: no policy isolates it");
    if (l.from.pod == l.to.pod)
        return admitted(point::ingress, "a pod reaches itself");
    if (own_node && parties_.is_node(l.from, l.to.pod->node_name))
        return admitted(point::ingress, "a pod's own node always reaches it");
    return policies_.judge({point::ingress, *l.to.pod, l.from, l.proto, l.port});
}

} // namespace nodewall::explain
