#include "http/tls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>

namespace nodewall::http {

namespace ssl = boost::asio::ssl;

namespace {

using boost::system::error_code;

error bad(std::string_view what, const error_code& why) {
    // OpenSSL's reason names no content of the PEM.
    return {errc::bad_credentials, std::string(what) + " (" + why.message() + ")"};
}

result<void> trust(ssl::context& context, const tls_settings& settings) {
    error_code problem;
    if (settings.ca_pem.empty())
        context.set_default_verify_paths(problem);
    else
        context.add_certificate_authority(boost::asio::buffer(settings.ca_pem), problem);
    if (problem)
        return bad("CA certificate", problem);
    // Each is an anchor as it stands, an intermediate too, as Go and curl have it.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.native_handle()),
                                X509_V_FLAG_PARTIAL_CHAIN);
    return {};
}

result<void> identify(ssl::context& context, const tls_settings& settings) {
    if (settings.certificate_pem.empty() != settings.key_pem.empty())
        return error(errc::bad_credentials, "client certificate and key: one is there without "
                                            "the other");
    if (settings.certificate_pem.empty())
        return {};
    error_code problem;
    context.use_certificate_chain(boost::asio::buffer(settings.certificate_pem), problem);
    if (problem)
        return bad("client certificate", problem);
    context.use_private_key(boost::asio::buffer(settings.key_pem), ssl::context::pem, problem);
    if (problem)
        return bad("client key", problem);
    if (SSL_CTX_check_private_key(context.native_handle()) != 1)
        return error(errc::bad_credentials, "client key: it is not the client certificate's");
    return {};
}

} // namespace

result<std::shared_ptr<ssl::context>> make_client_context(const tls_settings& settings) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    context->set_verify_mode(settings.insecure ? ssl::verify_none : ssl::verify_peer);
    // Without it OpenSSL would ask the terminal for the passphrase of an encrypted key.
    context->set_password_callback([](std::size_t, auto) { return std::string(); });
    if (!settings.insecure)
        if (auto done = trust(*context, settings); !done)
            return done.error();
    if (auto done = identify(*context, settings); !done)
        return done.error();
    return context;
}

} // namespace nodewall::http
