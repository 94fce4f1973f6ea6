"""A kubeconfig of one cluster, one user and one context."""
import json


def write(path, server="http://127.0.0.1:8001", cluster=None, **user):
    """Writes it to `path`, a Path, which is also returned. `cluster`: more about it than its server."""
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
    return path
