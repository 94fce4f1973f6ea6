#include "codec/manifest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nodewall::codec::testing {

namespace {

using action = model::observed_event::action;

result<manifest> read(std::string_view text) {
    json_reader reader;
    return read_manifest(reader, text, body_mode::narrowed);
}

/// "pods shop/web" for each item, with a sign for what happened.
std::string summary(std::string_view text) {
    const auto m = read(text);
    EXPECT_TRUE(m.has_value()) << m.error().message() << "\n" << text;
    std::string all;
    if (!m)
        return all;
    for (const auto& item : m->items) {
        const auto& o = item.event.object;
        const auto what = item.event.what;
        all += what == action::added ? "+" : what == action::modified ? "~" : "-";
        all += item.stream + " " + model::object_key{o.namespace_, o.name}.to_string() + "\n";
    }
    for (const auto& name : m->skipped)
        all += "skipped " + name + "\n";
    return all;
}

error refusal(std::string_view text) {
    const auto m = read(text);
    EXPECT_FALSE(m.has_value()) << text;
    return m ? error() : m.error();
}

TEST(Manifest, AListAsKubectlPrintsIt) {
    EXPECT_EQ(summary(R"({
    "apiVersion": "v1",
    "items": [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "n"}},
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": "n"}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "api", "namespace": "web"}}
    ],
    "kind": "List",
    "metadata": {"resourceVersion": ""}
})"),
              "+pods n/a\n+networkpolicies.networking.k8s.io n/p\nskipped Deployment web/api\n");
}

TEST(Manifest, AListAsTheServerSendsItNamesItsItems) {
    const auto m = read(
        R"({"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"a","namespace":"n"}}]})");
    ASSERT_TRUE(m.has_value()) << m.error().message();
    ASSERT_EQ(m->items.size(), 1U);
    EXPECT_EQ(m->items[0].event.object.body,
              R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"n"}})");
    EXPECT_EQ(summary(R"({"kind":"PodList","apiVersion":"v1","items":null})"), "");
}

TEST(Manifest, ASingleObject) {
    EXPECT_EQ(summary(R"({"kind":"Node","apiVersion":"v1","metadata":{"name":"n1"}})"),
              "+nodes n1\n");
    EXPECT_EQ(summary("apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"), "+nodes n1\n");
}

TEST(Manifest, ObjectsWithoutANamespaceBelongToDefault) {
    const auto m = read("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {nodeName: x}\n");
    ASSERT_TRUE(m.has_value()) << m.error().message();
    EXPECT_EQ(m->items.at(0).event.object.namespace_, "default");
    EXPECT_EQ(
        m->items.at(0).event.object.body,
        R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"default"},"spec":{"nodeName":"x"}})");
    EXPECT_EQ(
        summary(
            R"({"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":null}}]})"),
        "+pods default/a\n");
}

TEST(Manifest, SeveralYamlDocumentsAndListsAmongThem) {
    EXPECT_EQ(summary(R"(# two documents
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop}
  spec:
    ports: [{port: 80, nodePort: 30051}]
- {apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}}
---
{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"shop"}}
)"),
              "+namespaces shop\n+services shop/web\n+pods shop/a\nskipped Secret shop/s\n");
}

TEST(Manifest, LinesOfWatchEvents) {
    EXPECT_EQ(
        summary(
            R"({"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"n"}}}
{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"8"}}}

{"type":"MODIFIED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"n"}}}
{"type":"DELETED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","namespace":"n"}}}
{"type":"ADDED","object":{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","namespace":"n"}}}
{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","code":410}}
)"),
        "+pods n/a\n~pods n/a\n-pods n/a\nskipped Secret n/s\nskipped an ERROR event\n");
}

TEST(Manifest, SeveralJsonObjectsOneAfterTheOther) {
    EXPECT_EQ(summary(R"({"kind":"Node","apiVersion":"v1","metadata":{"name":"{\"}"}}
{
  "kind": "Node", "apiVersion": "v1",
  "metadata": {"name": "b"}
}{"kind":"Node","apiVersion":"v1","metadata":{"name":"c"}})"),
              "+nodes {\"}\n+nodes b\n+nodes c\n");
}

TEST(Manifest, JsonDocumentsWithSeparatorsAreYaml) {
    EXPECT_EQ(summary(R"({"kind":"Node","apiVersion":"v1","metadata":{"name":"a"}}
---
{"kind":"Node","apiVersion":"v1","metadata":{"name":"b"}}
)"),
              "+nodes a\n+nodes b\n");
}

/// Two objects as files have them.
const std::string pod_a = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\n";
const std::string pod_b = "apiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: shop}\n";
const std::string both = "+pods shop/a\n+pods shop/b\n";
const std::string mark = "\xef\xbb\xbf";

std::string as_json(const std::string& name) {
    return R"({"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"shop","name":")" + name +
           R"("}})";
}

TEST(Manifest, AByteOrderMarkMayStandBeforeEachDocument) {
    EXPECT_EQ(summary(mark + pod_a + "---\n" + mark + pod_b), both);
    EXPECT_EQ(summary(mark + pod_a + "---\r\n" + mark + pod_b), both);
    EXPECT_EQ(
        summary(mark + "---\n# Source: a\n" + mark + pod_a + "---\n# Source: b\n" + mark + pod_b),
        both)
        << "as a chart is rendered";
    EXPECT_EQ(summary(mark + "---\n" + pod_a + mark + "---\n" + pod_b), both)
        << "as files are written one behind the other";
    EXPECT_EQ(summary(mark + pod_a + "...\n" + mark + mark + "# b\n" + pod_b), both);
}

TEST(Manifest, AByteOrderMarkMayStandBeforeEachJsonObject) {
    EXPECT_EQ(summary(mark + as_json("a") + "\n" + as_json("b")), both);
    EXPECT_EQ(summary(mark + as_json("a") + "\n" + mark + as_json("b") + "\n"), both);
    EXPECT_EQ(summary(as_json("a") + mark + as_json("b")), both);
}

TEST(Manifest, AMarkInsideATextIsContent) {
    const auto m = read(
        R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n","annotations":{"a":"x)" +
        mark + R"(y"}}})");
    ASSERT_TRUE(m.has_value());
    EXPECT_NE(m->items.at(0).event.object.body.find("x" + mark + "y"), std::string::npos);
}

/// As PowerShell writes what is redirected to a file.
std::string utf16(const std::string& ascii, bool big_endian) {
    std::string out = big_endian ? "\xfe\xff" : "\xff\xfe";
    for (const char c : ascii)
        out += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
    return out;
}

TEST(Manifest, Utf16IsReadByItsMark) {
    for (const bool big_endian : {false, true}) {
        EXPECT_EQ(summary(utf16(pod_a + "---\r\n" + pod_b, big_endian)), both);
        EXPECT_EQ(summary(utf16(as_json("a") + as_json("b"), big_endian)), both);
        auto beyond_ascii =
            utf16("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {a: ",
                  big_endian);
        const std::string smile(big_endian ? "\xd8\x3d\xde\x00" : "\x3d\xd8\x00\xde", 4); // U+1F600
        beyond_ascii += smile;
        beyond_ascii += utf16("}}\n", big_endian).substr(2);
        const auto m = read(beyond_ascii);
        ASSERT_TRUE(m.has_value()) << m.error().message();
        EXPECT_NE(m->items.at(0).event.object.body.find("\xf0\x9f\x98\x80"), std::string::npos);
    }
}

TEST(Manifest, BrokenUtf16IsRefused) {
    EXPECT_EQ(refusal("\xff\xfe"
                      "a")
                  .detail(),
              "broken UTF-16");
    EXPECT_EQ(refusal(std::string("\xff\xfe\x00\xd8"
                                  "a\0",
                                  6))
                  .detail(),
              "broken UTF-16");
}

TEST(Manifest, LinesMayEndAsInWindows) {
    std::string text = "# a\n" + pod_a + "---\n" + pod_b + "---\n";
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
        text.insert(at, "\r");
    EXPECT_EQ(summary(text), both);
}

TEST(Manifest, OldGroupsAreReadToo) {
    EXPECT_EQ(summary("apiVersion: extensions/v1beta1\nkind: NetworkPolicy\nmetadata: {name: p, "
                      "namespace: old}\n"
                      "---\napiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice\n"
                      "metadata: {name: e, namespace: old}\naddressType: IPv4\n"),
              "+networkpolicies.networking.k8s.io old/p\n+endpointslices.discovery.k8s.io old/e\n");
}

TEST(Manifest, YamlAndJsonOfOneObjectGiveOneBody) {
    const auto yaml = read("kind: Service\nmetadata: {name: a, namespace: shop}\napiVersion: v1\n"
                           "spec: {type: NodePort, ports: [{port: 0120, nodePort: 30_051}]}\n");
    const auto json =
        read(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"shop"},
                               "spec":{"ports":[{"nodePort":30051,"port":80}],"type":"NodePort"}})");
    ASSERT_TRUE(yaml.has_value() && json.has_value());
    EXPECT_EQ(yaml->items.at(0).event.object.body, json->items.at(0).event.object.body);
}

TEST(Manifest, AnErrorNamesThePlaceAndTheObject) {
    const struct {
        const char* text;
        errc code;
        const char* detail;
    } cases[] = {
        {"", errc::not_an_object, "there is no object in it"},
        {"# nothing\n", errc::not_an_object, "there is no object in it"},
        {"just words\n", errc::not_an_object,
         "document 1: neither an object nor a list of objects"},
        {"[]", errc::not_an_object, "document 1: neither an object nor a list of objects"},
        {"a: [\n", errc::not_yaml, "line "},
        {"\n{\"kind\":\"Pod\"", errc::not_json, "line 2: "},
        {"{\"a\":1}", errc::not_an_object, "line 1: an object without apiVersion and kind"},
        {R"({"kind":"Node","apiVersion":"v1","metadata":{"name":"a"}}
{"kind":"Node","apiVersion":"v1"})",
         errc::no_metadata, "line 2: nodes: metadata is missing"},
        {R"({"type":"CREATED","object":{}})", errc::not_an_object,
         "line 1: type is 'CREATED', no type of event"},
        {R"({"kind":"List","apiVersion":"v1","items":[
  {"kind":"Service","apiVersion":"v1","metadata":{"name":"web","namespace":"shop"},"spec":{"ports":[{"port":80,"nodePort":70000}]}}]})",
         errc::bad_field,
         "line 1: items[0]: services shop/web: spec.ports[0].nodePort is 70000, not 0 to 65535"},
        {R"({"kind":"List","apiVersion":"v1","items":[7]})", errc::not_an_object,
         "line 1: items[0]: neither an object nor a list of objects"},
        {R"({"kind":"List","apiVersion":"v1","items":7})", errc::not_an_object,
         "line 1: the items of a list are no array"},
        {"kind: Node\napiVersion: v1\nmetadata: {name: a}\n---\nkind: Pod\napiVersion: "
         "v1\nmetadata: {}\n",
         errc::no_metadata, "document 2: pods: metadata.name is missing"},
        {"kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: n}\n", // YAML's n is false
         errc::bad_field, "document 1: pods a: metadata.namespace is not a string"},
        {"kind: Pod\napiVersion: v1\nmetadata: 7\n", errc::bad_field,
         "document 1: pods: metadata is not an object"},
    };
    for (const auto& c : cases) {
        const auto e = refusal(c.text);
        EXPECT_TRUE(e.is(c.code)) << e.message();
        EXPECT_TRUE(e.detail().starts_with(c.detail)) << e.detail();
    }
}

} // namespace

} // namespace nodewall::codec::testing
