// Certificates for tests, made on the spot.
#pragma once

#include <memory>
#include <string>

namespace nodewall::http {

struct test_identity {
    std::string certificate_pem;
    std::string key_pem;
};

class test_authority {
public:
    explicit test_authority(const std::string& name);
    /// An intermediate one.
    test_authority(const std::string& name, const test_authority& issuer);
    ~test_authority();
    test_authority& operator=(test_authority&&) noexcept;

    const std::string& pem() const { return pem_; }
    /// `alternative` as OpenSSL writes it: "DNS:api,IP:127.0.0.1"; empty: none. Valid for an hour,
    /// or, if expired, until an hour ago.
    test_identity issue(const std::string& name, const std::string& alternative = {},
                        bool expired = false) const;

private:
    void sign(const std::string& name, const test_authority& issuer);

    struct keys;
    std::unique_ptr<keys> keys_;
    std::string pem_;
};

} // namespace nodewall::http
