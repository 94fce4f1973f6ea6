// A descriptor that is closed at the end of its owner's life.
#pragma once

#include <unistd.h>

#include <utility>

namespace nodewall::netfilter::iptables {

/// Owns a descriptor; negative: none.
class file_descriptor {
public:
    explicit file_descriptor(int value) noexcept : value_(value) {}
    file_descriptor(file_descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    file_descriptor& operator=(file_descriptor&& other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~file_descriptor() {
        if (value_ >= 0)
            ::close(value_);
    }

    int get() const noexcept { return value_; }
    explicit operator bool() const noexcept { return value_ >= 0; }

private:
    int value_;
};

} // namespace nodewall::netfilter::iptables
