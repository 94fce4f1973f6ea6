"""What may happen to a random cluster: policies and what they rest on come, go and change, pods and
namespaces get other labels, pods complete."""
import copy

from . import random_policy
from .random_calico import ACCOUNT_LABELS, SET_LABELS, random_calico, random_calico_policy
from .random_cluster import NAMESPACES
from .random_cluster_policy import random_cluster_policy


def random_change(cluster, chance):
    """The cluster afterwards."""
    made = copy.deepcopy(cluster)
    for _ in range(chance.randint(2, 6)):
        chance.choice([_policy, _policy, _cluster_policy, _calico_policy, _calico_part, _pod, _namespace])(made, chance)
    return made


def _policy(cluster, chance):
    kind = chance.choice(["comes", "goes", "changes"])
    old = chance.choice(cluster.policies) if cluster.policies and kind != "comes" else None
    if old:
        cluster.policies.remove(old)
    if kind != "goes":
        space, name = (old.namespace, old.name) if old else (chance.choice(NAMESPACES), "late")
        taken = any((p.namespace, p.name) == (space, name) for p in cluster.policies)
        if not taken:
            cluster.policies.append(random_policy.random_policy(chance, space, name))


def _cluster_policy(cluster, chance):
    """One comes in the place of another of its name, one goes, or one is staged or enforced."""
    policies = cluster.cluster_policies
    kind = chance.choice(["comes", "goes", "turns"]) if policies else "comes"
    if kind == "turns":
        old = chance.choice(policies)
        old.staged = not old.staged
    elif kind == "goes":
        policies.remove(chance.choice(policies))
    else:
        new = random_cluster_policy(chance, chance.choice(["cluster-0", "late"]))
        policies[:] = [p for p in policies if (p.kind, p.name) != (new.kind, new.name)] + [new]


def _calico_policy(cluster, chance):
    """One comes in the place of another of its name, or one goes."""
    policies = cluster.calico.policies
    if policies and chance.random() < 0.5:
        policies.remove(chance.choice(policies))
        return
    new = random_calico_policy(chance, sorted(set(NAMESPACES)))
    policies[:] = [p for p in policies if (p.namespace, p.name) != (new.namespace, new.name)] + [new]


def _calico_part(cluster, chance):
    """A tier or a set of addresses comes, goes or changes; service accounts get other labels."""
    calico, other = cluster.calico, random_calico(chance, sorted(set(NAMESPACES)))
    kind = chance.choice(["tiers", "sets", "accounts"])
    if kind == "tiers":
        calico.tiers = other.tiers
    elif kind == "sets":
        calico.sets = [s for s in calico.sets if chance.random() < 0.8]
        for made in calico.sets:
            made.labels = random_policy.random_labels(chance, SET_LABELS)
    for account in calico.accounts if kind == "accounts" else []:
        account.labels = random_policy.random_labels(chance, ACCOUNT_LABELS, 1)


def _pod(cluster, chance):
    pod = chance.choice([p for p in cluster.pods if not p.host_network])
    if chance.random() < 0.2 and pod.phase == "Running":
        pod.phase = "Succeeded"
    else:
        pod.labels = random_policy.random_labels(chance, random_policy.POD_LABELS)


def _namespace(cluster, chance):
    chance.choice(cluster.namespaces).labels = random_policy.random_labels(
        chance, random_policy.NAMESPACE_LABELS)
