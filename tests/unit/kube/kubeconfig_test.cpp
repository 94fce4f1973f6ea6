#include "kube/kubeconfig.hpp"

#include "http/error.hpp"
#include "kube/base64.hpp"
#include "unit/http/certificates.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace nodewall::kube {
namespace {

const http::test_authority& authority() {
    static const http::test_authority ca("test CA");
    return ca;
}
const http::test_identity& admin() {
    static const auto identity = authority().issue("admin");
    return identity;
}

/// Files by path; anything else does not exist.
struct files {
    std::map<std::string, std::string> content;

    file_reader reader() const {
        return [this](const std::string& path) -> result<std::string> {
            const auto found = content.find(path);
            if (found == content.end())
                return error(errc::no_such_file, path);
            return found->second;
        };
    }
};

std::string config_with(const std::string& cluster, const std::string& user) {
    return fmt::format("apiVersion: v1\n"
                       "kind: Config\n"
                       "current-context: one\n"
                       "contexts:\n"
                       "- name: one\n"
                       "  context: {{cluster: here, user: me}}\n"
                       "- name: anonymous\n"
                       "  context: {{cluster: here}}\n"
                       "- name: lost\n"
                       "  context: {{cluster: nowhere, user: me}}\n"
                       "- name: stranger\n"
                       "  context: {{cluster: here, user: nobody}}\n"
                       "clusters:\n"
                       "- name: here\n"
                       "  cluster: {{{}}}\n"
                       "users:\n"
                       "- name: me\n"
                       "  user: {{{}}}\n",
                       cluster, user);
}

result<server_config> read(const std::string& text, const std::string& context = {},
                           const files& disk = {}) {
    const kubeconfig_file file{"/etc/k/config", text};
    return parse_kubeconfigs({&file, 1}, context, disk.reader());
}

const std::string here = "server: 'https://10.0.0.1:6443'";

TEST(Kubeconfig, TheProxyOfTheClusterIsRead) {
    const auto config = read(config_with(here + ", proxy-url: 'socks5://proxy:1081'", "")).value();
    ASSERT_TRUE(config.proxy.has_value());
    EXPECT_EQ(config.proxy->to_string(), "socks5://proxy:1081");
    EXPECT_FALSE(read(config_with(here + ", proxy-url: ''", "")).value().proxy.has_value());
    EXPECT_FALSE(read(config_with(here, "")).value().proxy.has_value());
}

TEST(Kubeconfig, AProxyThatCannotBeUsedIsRefusedByName) {
    const auto refused = read(config_with(here + ", proxy-url: 'https://u:secret@proxy'", ""));
    ASSERT_TRUE(refused.has_error());
    EXPECT_NE(refused.error().message().find("cluster \"here\": proxy-url"), std::string::npos)
        << refused.error().message();
    EXPECT_EQ(refused.error().message().find("secret"), std::string::npos);
}

TEST(Kubeconfig, AnEmptyFileOfAuthoritiesMustNotPassForNone) {
    const files disk{.content = {{"/etc/k/ca.crt", ""}}};
    const auto refused = read(config_with(here + ", certificate-authority: ca.crt", ""), {}, disk);
    ASSERT_TRUE(refused.has_error());
    EXPECT_NE(refused.error().message().find("certificate-authority: ca.crt is empty"),
              std::string::npos)
        << refused.error().message();
}

TEST(Kubeconfig, InlineDataOfAClientCertificate) {
    const auto text =
        config_with(here + ", certificate-authority-data: " + to_base64(authority().pem()),
                    fmt::format("client-certificate-data: {}, client-key-data: {}",
                                to_base64(admin().certificate_pem), to_base64(admin().key_pem)));
    const auto config = read(text).value();
    EXPECT_EQ(config.server.to_string(), "https://10.0.0.1:6443");
    EXPECT_EQ(config.tls.ca_pem, authority().pem());
    EXPECT_EQ(config.tls.certificate_pem, admin().certificate_pem);
    EXPECT_EQ(config.tls.key_pem, admin().key_pem);
    EXPECT_EQ(config.authorization, "");
    EXPECT_EQ(config.origin, "kubeconfig /etc/k/config, context one");
    EXPECT_TRUE(config.warnings.empty());
}

TEST(Kubeconfig, RelativeFilesAreRelativeToTheKubeconfig) {
    const files disk{{{"/etc/k/pki/ca.crt", authority().pem()},
                      {"/etc/k/me.crt", admin().certificate_pem},
                      {"/keys/me.key", admin().key_pem}}};
    const auto config = read(config_with(here + ", certificate-authority: pki/ca.crt",
                                         "client-certificate: me.crt, client-key: /keys/me.key"),
                             {}, disk)
                            .value();
    EXPECT_EQ(config.tls.ca_pem, authority().pem());
    EXPECT_EQ(config.tls.key_pem, admin().key_pem);
}

TEST(Kubeconfig, TokensAndPasswords) {
    const files disk{{{"/etc/k/token", "from-file\n"}}};
    const std::pair<const char*, const char*> cases[]{
        {"token: abc", "Bearer abc"},
        {"tokenFile: token, token: abc", "Bearer from-file"},
        {"token: abc, username: u, password: p", "Bearer abc"},
        {"username: u, password: 'p:w'", "Basic dTpwOnc="},
        {"", ""},
        {"token: null", ""},
    };
    for (const auto& [user, expected] : cases)
        EXPECT_EQ(read(config_with(here, user), {}, disk).value().authorization, expected) << user;
}

TEST(Kubeconfig, ContextsAreChosenByName) {
    const auto text = config_with(here, "token: abc");
    EXPECT_EQ(read(text, "anonymous").value().authorization, "");
    EXPECT_EQ(read(text, "one").value().authorization, "Bearer abc");
}

TEST(Kubeconfig, InsecureIsAWarning) {
    const auto config = read(config_with(here + ", insecure-skip-tls-verify: true", "")).value();
    EXPECT_TRUE(config.tls.insecure);
    ASSERT_EQ(config.warnings.size(), 1U);
    EXPECT_NE(config.warnings[0].find("certificate-authority"), std::string::npos);
}

TEST(Kubeconfig, AServerNameOfItsOwn) {
    const auto config = read(config_with(here + ", tls-server-name: kubernetes", "")).value();
    EXPECT_EQ(config.tls.server_name, "kubernetes");
}

TEST(Kubeconfig, AContextFromAFileThatKubectlWroteAsJson) {
    const auto config = read(R"({"kind":"Config","apiVersion":"v1","current-context":"c",
        "contexts":[{"name":"c","context":{"cluster":"k","user":"u"}}],
        "clusters":[{"name":"k","cluster":{"server":"http://127.0.0.1:8001"}}],
        "users":[{"name":"u","user":{"token":"t"}}]})");
    EXPECT_EQ(config.value().server.to_string(), "http://127.0.0.1:8001");
}

TEST(Kubeconfig, ACredentialIsNotSentInTheClear) {
    const auto with = [](const char* server, const char* user) {
        return read(std::string(R"({"current-context":"c","contexts":[{"name":"c","context":)"
                                R"({"cluster":"k","user":"u"}}],"clusters":[{"name":"k","cluster":)"
                                R"({"server":")") +
                    server + R"("}}],"users":[{"name":"u","user":)" + user + "}]}");
    };
    const auto* token = R"({"token":"secret"})";
    const auto* password = R"({"username":"u","password":"secret"})";
    for (const auto* user : {token, password})
        for (const auto* server :
             {"http://10.0.0.1:8001", "http://api", "http://127.0.0.1.example"}) {
            const auto refused = with(server, user);
            ASSERT_TRUE(refused.has_error()) << server;
            EXPECT_TRUE(refused.error().is(errc::not_supported));
            EXPECT_EQ(refused.error().message().find("secret"), std::string::npos);
        }
    for (const auto* server :
         {"http://127.0.0.1:8001", "http://localhost:8001", "http://[::1]:80"}) {
        const auto local = with(server, token);
        ASSERT_TRUE(local.has_value()) << local.error().message();
        EXPECT_EQ(local->warnings.size(), 1U);
    }
    EXPECT_TRUE(with("http://10.0.0.1:8001", "{}").value().warnings.empty()) << "no credential";
}

struct refusal {
    std::string text, context, expected;
};

TEST(Kubeconfig, WhatCannotBeUsedIsNamed) {
    const std::string in = "kubeconfig /etc/k/config: ";
    const std::string broken_pem = to_base64("-----BEGIN CERTIFICATE-----\nsecret\n-----END "
                                             "CERTIFICATE-----\n");
    const refusal cases[]{
        {config_with(here, "token: x"), "two",
         in + "context \"two\" (there are: one, anonymous, lost, stranger): "},
        {config_with(here, "token: x"), "lost", in + "cluster \"nowhere\" (there are: here): "},
        {config_with(here, "token: x"), "stranger", in + "user \"nobody\" (there are: me): "},
        {"kind: Config\n", "", in + "current-context (name a context"},
        {"kind: Config\n", "x", in + "context \"x\" (there is none): "},
        {"kind: Pod\n", "", in + "kind is not Config"},
        {"- a\n", "", "kubeconfig /etc/k/config: not a kubeconfig"},
        {"", "", "kubeconfig /etc/k/config: not a kubeconfig"},
        {"a: [\n", "", "kubeconfig /etc/k/config, line "},
        {config_with("server: 'tcp://x'", ""), "", in + "cluster \"here\": server: "},
        {config_with(here + ", certificate-authority-data: '*secret*'", ""), "",
         in + "cluster \"here\": certificate-authority-data: not base64"},
        {config_with(here + ", certificate-authority-data: " + broken_pem, ""), "",
         "kubeconfig /etc/k/config, context one: CA certificate ("},
        {config_with(here, "client-certificate-data: " + to_base64(admin().certificate_pem)), "",
         "kubeconfig /etc/k/config, context one: client certificate and key"},
        {config_with(here, "client-certificate: me.crt"), "",
         in + "user \"me\": client-certificate: /etc/k/me.crt: the file does not exist"},
        {config_with(here, "tokenFile: absent"), "",
         in + "user \"me\": tokenFile: /etc/k/absent: the file does not exist"},
        {config_with(here, R"(token: "secret\nline")"), "", in + "user \"me\": token: "},
        {config_with(here, "token: [secret]"), "", in + "user \"me\": token: not a text"},
        {config_with(here, "username: 'secret:x', password: secret"), "",
         in + "user \"me\": username: "},
        {config_with(here, "exec: {command: aws}"), "", in + "user \"me\": exec (use "},
        {config_with(here, "auth-provider: {name: gcp}"), "", in + "user \"me\": auth-provider "},
    };
    for (const auto& [text, context, expected] : cases) {
        const auto config = read(text, context);
        ASSERT_TRUE(config.has_error()) << expected;
        const auto message = config.error().message();
        EXPECT_TRUE(message.starts_with(expected)) << message << "\n" << expected;
        EXPECT_EQ(message.find("secret"), std::string::npos) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
}

TEST(Kubeconfig, AKeyOfAnotherCertificateIsRefused) {
    const auto other = authority().issue("other");
    const auto config = read(config_with(
        here, fmt::format("client-certificate-data: {}, client-key-data: {}",
                          to_base64(admin().certificate_pem), to_base64(other.key_pem))));
    ASSERT_TRUE(config.has_error());
    EXPECT_TRUE(config.error().is(http::errc::bad_credentials));
    EXPECT_NE(config.error().message().find("client key"), std::string::npos);
}

TEST(Kubeconfig, FilesThatCannotBeReadAreNamed) {
    EXPECT_EQ(load_kubeconfig("/no/such/file").error().message(),
              "kubeconfig: /no/such/file: the file does not exist");
    EXPECT_EQ(load_kubeconfig("/tmp").error().message(),
              "kubeconfig: /tmp: not a regular file: the file cannot be read");
}

/// /a/config has no current-context and its own cluster `here`; /b/config is whole.
struct SeveralKubeconfigs : testing::Test {
    files disk{
        {{"/a/config", "clusters:\n"
                       "- name: here\n"
                       "  cluster: {server: 'https://10.0.0.9:6443', certificate-authority: ca}\n"
                       "users:\n"
                       "- name: nobody\n"
                       "  user: {token: from-a}\n"},
         {"/b/config", config_with(here + ", tls-server-name: b", "tokenFile: token")},
         {"/a/ca", authority().pem()},
         {"/b/token", "from-b"},
         {"/c/broken", "kind: Pod\n"}}};

    result<server_config> load(std::string_view paths, const std::string& context = {}) {
        return load_kubeconfigs(paths, context, disk.reader());
    }
};

TEST_F(SeveralKubeconfigs, TheFirstEntryOfANameCountsWhole) {
    const auto config = load("/a/config:/b/config").value();
    EXPECT_EQ(config.server.to_string(), "https://10.0.0.9:6443");
    EXPECT_EQ(config.tls.server_name, "") << "nothing of the other entry";
    EXPECT_EQ(config.origin, "kubeconfig /a/config, /b/config, context one");
    EXPECT_EQ(load("/b/config:/a/config").value().server.to_string(), "https://10.0.0.1:6443");
}

TEST_F(SeveralKubeconfigs, AreMergedEntryByEntry) {
    EXPECT_EQ(load("/a/config:/b/config", "stranger").value().authorization, "Bearer from-a");
    EXPECT_TRUE(load("/b/config", "stranger").error().is(errc::no_such_entry));
}

TEST_F(SeveralKubeconfigs, RelativeFilesAreRelativeToTheOneThatNamesThem) {
    const auto config = load("/a/config:/b/config").value();
    EXPECT_EQ(config.tls.ca_pem, authority().pem());
    EXPECT_EQ(config.authorization, "Bearer from-b");
}

TEST_F(SeveralKubeconfigs, TheFirstCurrentContextCounts) {
    disk.content["/d/config"] = "current-context: anonymous\n";
    EXPECT_EQ(load("/a/config:/d/config:/b/config").value().authorization, "");
    EXPECT_EQ(load("/a/config:/b/config:/d/config").value().authorization, "Bearer from-b");
}

TEST_F(SeveralKubeconfigs, MissingOnesAreLeftOutWithAWarning) {
    const auto config = load("/no/file::/b/config:").value();
    EXPECT_EQ(config.warnings, std::vector<std::string>{"kubeconfig: /no/file: the file does not "
                                                        "exist; left out"});
    EXPECT_EQ(config.origin, "kubeconfig /b/config, context one");
}

TEST_F(SeveralKubeconfigs, WhereNoneExistsItIsAnError) {
    EXPECT_EQ(load("/no/file:/nor/this").error().message(),
              "kubeconfig: /nor/this: the file does not exist");
    EXPECT_TRUE(load(":").error().is(errc::no_such_file));
}

TEST_F(SeveralKubeconfigs, ABrokenOneFailsAll) {
    EXPECT_EQ(load("/b/config:/c/broken").error().message(),
              "kubeconfig /c/broken: kind is not Config: not a kubeconfig");
    EXPECT_TRUE(load("/b/config:/a/config", "two")
                    .error()
                    .message()
                    .starts_with("kubeconfig /b/config, /a/config: context \"two\" (there are: "));
}

struct ServiceAccount : testing::Test {
    std::string folder = testing::TempDir() + "nodewall-service-account";

    void SetUp() override { std::filesystem::create_directories(folder); }
    void TearDown() override { std::filesystem::remove_all(folder); }
    void write(const std::string& name, const std::string& content) const {
        std::ofstream(folder + "/" + name) << content;
    }
};

TEST_F(ServiceAccount, IsReadFromItsFolder) {
    write("ca.crt", authority().pem());
    write("token", "abc\n");
    const auto config = load_in_cluster({"fd00::1", "443", folder}).value();
    EXPECT_EQ(config.server.to_string(), "https://[fd00::1]:443");
    EXPECT_EQ(config.authorization, "Bearer abc");
    EXPECT_EQ(config.tls.ca_pem, authority().pem());
}

TEST_F(ServiceAccount, WhatIsMissingIsNamed) {
    EXPECT_TRUE(load_in_cluster({"", "", folder}).error().is(errc::not_in_cluster));
    EXPECT_TRUE(load_in_cluster({"10.0.0.1", "443", folder}).error().is(errc::no_such_file));
    write("ca.crt", authority().pem());
    write("token", "\n");
    EXPECT_TRUE(load_in_cluster({"10.0.0.1", "443", folder}).error().is(errc::bad_value));
}

TEST(Base64, GoesThereAndBack) {
    std::string bytes;
    for (int length = 0; length < 70; ++length) {
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
        bytes += static_cast<char>(length * 37);
    }
    EXPECT_EQ(from_base64("YWJj\n ZGVm\r\n"), "abcdef");
    for (const auto* text : {"YWJ", "Y===", "YW=j", "====", "Y*Jj", "YWJj="})
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

} // namespace
} // namespace nodewall::kube
