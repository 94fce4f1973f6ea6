// A decision asked what becomes of an address, given which shared sets hold it.
#pragma once

#include "netfilter/iptables/layout/shape.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace nodewall::netfilter::iptables {

using set_index = std::size_t;

/// Names of sets as numbers, so that asking is cheap.
class set_table {
public:
    set_index index_of(const std::string& set);
    const std::string& name_of(set_index i) const { return names_[i]; }
    std::size_t size() const { return names_.size(); }

private:
    std::map<std::string, set_index> indexes_;
    std::vector<std::string> names_;
};

class program {
public:
    /// Refers to the form.
    program(const decision_form& form, set_table& sets);

    /// `holds`: whether a set holds the address.
    bool admits(const model::ip_address& address,
                const std::function<bool(set_index)>& holds) const;
    /// Ascending, each once.
    const std::vector<set_index>& sets() const { return all_sets_; }
    bool reads_any_of(const std::vector<set_index>& sets) const;
    bool only_admits() const { return form_->shape.only_admits(); }

private:
    const decision_form* form_;
    std::vector<std::vector<set_index>> sets_of_source_;
    std::vector<std::size_t> first_source_; // of each stage
    std::vector<set_index> all_sets_;
};

} // namespace nodewall::netfilter::iptables
