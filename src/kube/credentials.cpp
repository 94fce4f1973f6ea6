#include "kube/credentials.hpp"

#include "kube/base64.hpp"

#include <algorithm>

namespace nodewall::kube {

result<std::string> bearer(std::string_view token, std::string_view place) {
    constexpr std::string_view white_space = " \t\r\n";
    const auto first = token.find_first_not_of(white_space);
    if (first == std::string_view::npos)
        return error(errc::bad_value, std::string(place) + ": an empty token");
    token = token.substr(first, token.find_last_not_of(white_space) - first + 1);
    const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!std::all_of(token.begin(), token.end(), visible))
        return error(errc::bad_value, std::string(place) + ": a token is one line of letters, "
                                                           "digits and -._~+/=");
    return "Bearer " + std::string(token);
}

result<std::string> basic(std::string_view name, std::string_view password) {
    if (name.find(':') != std::string_view::npos)
        return error(errc::bad_value, "username: it must not contain a colon");
    return "Basic " + to_base64(std::string(name) + ":" + std::string(password));
}

} // namespace nodewall::kube
