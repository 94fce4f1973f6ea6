#include "unit/http/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace nodewall::http {

namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using certificate_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
constexpr long hour = 3600;

key_ptr make_key() {
    return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

template <class Write> std::string to_pem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    if (write(memory.get()) != 1)
        throw std::runtime_error("OpenSSL cannot write a PEM");
    char* text = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

void name_it(X509_NAME* name, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
}

void extend(X509* certificate, int what, const std::string& value) {
    std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str()), X509_EXTENSION_free);
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
        throw std::runtime_error("OpenSSL does not take the extension " + value);
}

certificate_ptr make_certificate(const std::string& name, EVP_PKEY* key, bool expired) {
    static long serial = 0;
    certificate_ptr made(X509_new(), X509_free);
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -2 * hour);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), expired ? -hour : hour);
    X509_set_pubkey(made.get(), key);
    name_it(X509_get_subject_name(made.get()), name);
    return made;
}

std::string pem_of(X509* certificate) {
    return to_pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

} // namespace

struct test_authority::keys {
    key_ptr key = make_key();
    certificate_ptr certificate{nullptr, X509_free};
};

test_authority::test_authority(const std::string& name) : keys_(std::make_unique<keys>()) {
    sign(name, *this);
}

test_authority::test_authority(const std::string& name, const test_authority& issuer)
    : keys_(std::make_unique<keys>()) {
    sign(name, issuer);
}

void test_authority::sign(const std::string& name, const test_authority& issuer) {
    keys_->certificate = make_certificate(name, keys_->key.get(), false);
    auto* certificate = keys_->certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer.keys_->certificate.get()));
    extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate, issuer.keys_->key.get(), EVP_sha256());
    pem_ = pem_of(certificate);
}

test_authority::~test_authority() = default;
test_authority& test_authority::operator=(test_authority&&) noexcept = default;

test_identity test_authority::issue(const std::string& name, const std::string& alternative,
                                    bool expired) const {
    const auto key = make_key();
    const auto certificate = make_certificate(name, key.get(), expired);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(keys_->certificate.get()));
    if (!alternative.empty())
        extend(certificate.get(), NID_subject_alt_name, alternative);
    X509_sign(certificate.get(), keys_->key.get(), EVP_sha256());
    return {pem_of(certificate.get()), to_pem([&](BIO* out) {
                return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr,
                                                nullptr);
            })};
}

} // namespace nodewall::http
