"""The endpoints that a Service's selector stands for, as the endpoint slice controller finds them."""
from .abstract_cluster import Endpoint


def selected(cluster, service, port):
    """(endpoint, number) of each address of each pod that runs and is selected."""
    for pod in cluster.pods:
        if pod.namespace != service.namespace or pod.phase in ("Succeeded", "Failed") or \
                any(pod.labels.get(key) != value for key, value in service.selector.items()):
            continue
        number = _target(pod, port)
        if number is not None:
            for address in pod.addresses:
                yield Endpoint(address, pod.node, pod.key), number


def _target(pod, port):
    if not isinstance(port.target, str):
        return port.target or port.port
    return next((p.number for p in pod.ports if p.name == port.target and p.protocol == port.protocol
                 and p.where != "init"), None)
