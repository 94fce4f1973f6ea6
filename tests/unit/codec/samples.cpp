#include "samples.hpp"

namespace nodewall::codec::testing {

namespace {

constexpr std::string_view pod = R"({
"kind":"Pod","apiVersion":"v1",
"metadata":{"name":"web-6d4b75cb6d-hx2vz","generateName":"web-6d4b75cb6d-","namespace":"shop",
 "uid":"0f0f5b9e-6c7e-4f0b-9a57-1d2a1bb0c1aa","resourceVersion":"4711","creationTimestamp":"2024-05-06T07:08:09Z",
 "labels":{"pod-template-hash":"6d4b75cb6d","app":"web"},
 "annotations":{"secret.example/token":"hunter2","checksum":"\u00e9\"\n"},
 "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-6d4b75cb6d","uid":"9b","controller":true,"blockOwnerDeletion":true}],
 "managedFields":[
  {"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"2024-05-06T07:08:20Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{}},"subresource":"status"},
  {"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2024-05-06T07:08:09Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{}}}}}]},
"spec":{"volumes":[{"name":"token","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}}],"defaultMode":420}}],
 "initContainers":[{"name":"init","image":"busybox","command":["sh","-c","sleep 1"]},
  {"name":"mesh","image":"mesh","restartPolicy":"Always","ports":[{"name":"admin","containerPort":15000,"protocol":"TCP"}]}],
 "containers":[{"name":"web","image":"nginx:1.25","args":["--password=hunter2"],
   "ports":[{"name":"http","containerPort":8080,"protocol":"TCP"},{"containerPort":53,"hostPort":5353,"protocol":"UDP"}],
   "env":[{"name":"PASSWORD","value":"hunter2"}],"resources":{"limits":{"cpu":"1"}},"terminationMessagePath":"/dev/termination-log"}],
 "restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"web",
 "serviceAccount":"web","nodeName":"node-a","hostNetwork":false,"securityContext":{},"schedulerName":"default-scheduler",
 "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0},
"status":{"phase":"Running","conditions":[
  {"type":"Initialized","status":"True","lastProbeTime":null,"lastTransitionTime":"2024-05-06T07:08:10Z"},
  {"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":"2024-05-06T07:08:20Z"}],
 "hostIP":"192.0.2.10","podIP":"10.244.1.5","podIPs":[{"ip":"10.244.1.5"},{"ip":"fd00:10:244:1::5"}],"startTime":"2024-05-06T07:08:09Z",
 "containerStatuses":[{"name":"web","state":{"running":{"startedAt":"2024-05-06T07:08:18Z"}},"ready":true,"restartCount":0,"image":"nginx:1.25"}],
 "qosClass":"BestEffort"}})";

constexpr std::string_view hosted_pod = R"({
"metadata":{"name":"kube-proxy-x","namespace":"kube-system","deletionTimestamp":"2024-05-06T08:00:00Z","deletionGracePeriodSeconds":30},
"spec":{"hostNetwork":true,"containers":[{"name":"p","image":"p"}]},"status":{"phase":"Failed"}})";

constexpr std::string_view service = R"({
"kind":"Service","apiVersion":"v1",
"metadata":{"name":"web","namespace":"shop","uid":"77","resourceVersion":"4712","creationTimestamp":"2024-05-06T07:00:00Z",
 "annotations":{"note":"kept"},
 "managedFields":[{"manager":"kubectl-client-side-apply","operation":"Update","time":"2024-05-06T07:00:00Z","fieldsV1":{}}]},
"spec":{"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":"http","nodePort":30051},
  {"name":"dns","protocol":"UDP","port":53,"targetPort":53,"nodePort":30053}],
 "selector":{"app":"web"},"clusterIP":"10.96.7.7","clusterIPs":["10.96.7.7"],"type":"LoadBalancer","sessionAffinity":"None",
 "externalTrafficPolicy":"Local","healthCheckNodePort":31111,"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack",
 "internalTrafficPolicy":"Cluster"},
"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.7","ipMode":"VIP"}]}}})";

constexpr std::string_view policy = R"({
"kind":"NetworkPolicy","apiVersion":"networking.k8s.io/v1",
"metadata":{"name":"allow-web","namespace":"shop","uid":"88","resourceVersion":"4713","generation":1,
 "creationTimestamp":"2024-05-06T07:00:01Z",
 "managedFields":[{"manager":"argocd","operation":"Apply","time":"2024-05-06T07:00:01Z"},{"manager":"kubectl-edit","operation":"Update","time":"2024-05-07T07:00:01Z"}]},
"spec":{"podSelector":{"matchLabels":{"app":"web"}},
 "ingress":[{"ports":[{"protocol":"TCP","port":8080,"endPort":8090},{"protocol":"UDP","port":"dns"}],
   "from":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.1.0.0/16"]}},
           {"namespaceSelector":{"matchExpressions":[{"key":"team","operator":"In","values":["b","a"]}]},"podSelector":{}}]},
  {"from":[{"ipBlock":{"cidr":"10.0.0.0/99"}}]}],
 "policyTypes":["Ingress"]},"status":{}})";

constexpr std::string_view slice = R"({
"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1",
"metadata":{"name":"web-abc12","generateName":"web-","namespace":"shop","uid":"99","resourceVersion":"4714",
 "labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io","kubernetes.io/service-name":"web"},
 "annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2024-05-06T07:08:20Z"},
 "ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"web","uid":"77","controller":true}],
 "managedFields":[{"manager":"kube-controller-manager","operation":"Update","time":"2024-05-06T07:08:20Z"}]},
"addressType":"IPv4",
"endpoints":[{"addresses":["10.244.1.5"],"conditions":{"ready":true,"serving":true,"terminating":false},
  "targetRef":{"kind":"Pod","namespace":"shop","name":"web-6d4b75cb6d-hx2vz","uid":"0f","resourceVersion":"4711"},"nodeName":"node-a","zone":"z1"}],
"ports":[{"name":"http","port":8080,"protocol":"TCP"},{"name":"any","port":null}]})";

constexpr std::string_view old_slice = R"({
"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1beta1","metadata":{"name":"web-old","namespace":"shop"},
"addressType":"IPv4","endpoints":[{"addresses":["10.244.1.6"],"conditions":{"ready":null},
  "topology":{"kubernetes.io/hostname":"node-b","topology.kubernetes.io/zone":"z1"}}],"ports":[{"name":"","port":8080,"protocol":"SCTP"}]})";

constexpr std::string_view node = R"({
"kind":"Node","apiVersion":"v1",
"metadata":{"name":"node-a","uid":"11","resourceVersion":"4715","labels":{"kubernetes.io/os":"linux"},
 "annotations":{"volumes":"x"},"managedFields":[{"manager":"kubelet","operation":"Update"}]},
"spec":{"podCIDR":"10.244.1.0/24","podCIDRs":["10.244.1.0/24","fd00:10:244:1::/64"],"taints":[{"key":"a","effect":"NoSchedule"}]},
"status":{"capacity":{"cpu":"2"},"conditions":[{"type":"Ready","status":"True"}],
 "addresses":[{"type":"InternalIP","address":"192.0.2.10"},{"type":"Hostname","address":"node-a"}],
 "images":[{"names":["nginx"],"sizeBytes":187000000}],"nodeInfo":{"kernelVersion":"6.1"}}})";

constexpr std::string_view name_space = R"({
"kind":"Namespace","apiVersion":"v1",
"metadata":{"name":"shop","uid":"22","resourceVersion":"4716","labels":{"team":"a"},"annotations":{"owner":"b"},
 "managedFields":[{"manager":"kubectl-create","operation":"Update","time":"2024-05-06T06:00:00Z"}]},
"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}})";

} // namespace

const std::vector<sample>& samples() {
    static const std::vector<sample> all{
        {model::kind::pod, pod},
        {model::kind::pod, hosted_pod},
        {model::kind::service, service},
        {model::kind::network_policy, policy},
        {model::kind::endpoint_slice, slice},
        {model::kind::endpoint_slice, old_slice},
        {model::kind::node, node},
        {model::kind::namespace_, name_space},
    };
    return all;
}

} // namespace nodewall::codec::testing
