"""Calico's objects as dictionaries."""
from .objects import _meta

OFFERED, STORED = "projectcalico.org/v3", "crd.projectcalico.org/v1"


def made(kind, name, spec, namespace=None, labels=None, group=OFFERED):
    return {"apiVersion": group, "kind": kind, "metadata": _meta(name, namespace, labels),
            "spec": spec}


def global_policy(name, ingress, selector=None, order=None, tier=None, **more):
    return made("GlobalNetworkPolicy", name, _spec(ingress, selector, order, tier, more.pop("spec", {})),
                **more)


def policy(name, namespace, ingress, selector=None, order=None, tier=None, **more):
    return made("NetworkPolicy", name, _spec(ingress, selector, order, tier, more.pop("spec", {})),
                namespace, **more)


def _spec(ingress, selector, order, tier, more):
    spec = {"types": ["Ingress"], "ingress": ingress, **more}
    for key, value in ("selector", selector), ("order", order), ("tier", tier):
        if value is not None:
            spec[key] = value
    return spec


def tier(name, order=None, default_action=None, **more):
    spec = {} if order is None else {"order": order}
    if default_action:
        spec["defaultAction"] = default_action
    return made("Tier", name, spec, **more)


def rule(action, source=None, **more):
    return {"action": action, **({"source": source} if source else {}), **more}
