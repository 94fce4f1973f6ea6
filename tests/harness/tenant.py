"""A tenant: a user whom a Role lets write what it likes in one namespace, and nothing elsewhere."""
from . import objects
from .api_server import ApiError

RULES = [
    {"apiGroups": [""], "resources": ["services", "pods", "endpoints"], "verbs": ["*"]},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["*"]},
    {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["*"]},
]


class Tenant:
    """Its requests carry its own token: what it may not do, the API server refuses. `kubelet()` alone
    is not the tenant's: the status of a pod that it made, as the pod's node would write it."""

    def __init__(self, api, namespace, user="mallory"):
        """`api`: an administrator's, who makes the namespace and the Role."""
        self._admin, self.api = api, api.as_user(user)
        self.namespace = namespace
        api.create(objects.namespace(namespace))
        api.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                    "metadata": {"name": "tenant", "namespace": namespace}, "rules": RULES})
        api.create({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                    "metadata": {"name": "tenant", "namespace": namespace},
                    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tenant"},
                    "subjects": [{"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}]})
        self._made = []

    def create(self, thing):
        """What the server made of it. A Service's clusterIPs are the server's to choose, unless named."""
        assert thing["metadata"]["namespace"] == self.namespace
        made = self.api.create({key: value for key, value in thing.items() if key != "status"})
        self._made.append(thing)
        return made

    def pod(self, name, host, labels=None, **options):
        """A pod that runs: the tenant makes it, `kubelet` writes its addresses. `host`: a Host of the
        network, or a list of addresses."""
        addresses = host if isinstance(host, list) else [host.ipv4, host.ipv6]
        thing = objects.pod(name, self.namespace, addresses, labels, **options)
        self.create(thing)
        self.kubelet(thing, thing["status"])
        return thing

    def kubelet(self, pod, status):
        self._admin.request("PATCH", self._admin.path_of(pod) + "/status", {"status": status},
                            content="application/merge-patch+json")

    def patch(self, thing, change):
        return self.api.patch(thing, change)

    def delete(self, thing):
        self.api.delete(thing)
        self._made.remove(thing)

    def leave(self):
        """All that it made goes."""
        for thing in self._made:
            try:
                self._admin.delete(thing)
            except ApiError as refused:
                if refused.code != 404:
                    raise
        self._made.clear()
