#include "netfilter/iptables/plan/execution.hpp"

namespace nodewall::netfilter::iptables {

namespace {

class performer {
public:
    performer(kernel_port& kernel, model::family f, ruleset::apply_outcome& outcome)
        : kernel_(kernel), family_(f), outcome_(outcome) {}

    result<void> operator()(const nothing&) { return {}; }
    result<void> operator()(const create_set& s) { return done(kernel_.create(s.set), 0); }
    result<void> operator()(const destroy_set& s) { return done(kernel_.destroy(s.name), 0); }
    result<void> operator()(const flush_set& s) { return done(kernel_.flush(s.name), 0); }
    result<void> operator()(const add_members& s) {
        return done(kernel_.add(s.set, s.members), s.members.size());
    }
    result<void> operator()(const remove_members& s) {
        return done(kernel_.remove(s.set, s.members), s.members.size());
    }
    result<void> operator()(const add_names& s) {
        return done(kernel_.add(s.list, s.names), s.names.size());
    }
    result<void> operator()(const commit_table& s) {
        const auto committed = kernel_.commit(family_, *s.chains);
        if (!committed)
            return committed.error();
        outcome_.commits += *committed ? 1 : 0;
        ++outcome_.steps;
        return {};
    }

private:
    result<void> done(result<void> outcome, std::size_t members) {
        if (outcome) {
            ++outcome_.steps;
            outcome_.members_changed += members;
        }
        return outcome;
    }

    kernel_port& kernel_;
    model::family family_;
    ruleset::apply_outcome& outcome_;
};

} // namespace

result<void> perform(kernel_port& kernel, model::family f, const kernel_step& s,
                     ruleset::apply_outcome& outcome) {
    return std::visit(performer(kernel, f, outcome), s);
}

} // namespace nodewall::netfilter::iptables
