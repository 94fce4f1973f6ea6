#include "base/error.hpp"

namespace nodewall {

std::string error::message() const {
    return detail_.empty() ? code_.message() : detail_ + ": " + code_.message();
}

error error::within(std::string_view context) const {
    std::string detail(context);
    if (!detail_.empty()) {
        detail += ": ";
        detail += detail_;
    }
    return {code_, std::move(detail)};
}

error_exception::error_exception(error cause) : cause_(std::move(cause)), text_(cause_.message()) {}

void throw_exception_from_error(const error& cause, const boost::source_location&) {
    throw error_exception(cause);
}

} // namespace nodewall
