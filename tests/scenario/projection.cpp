// Scenario scripts of the projector. Commands are those of scenario/object_words.hpp; labels of a
// policy may put it into a tier (unit/projection/tiered_policies.hpp).
//
// `forget` forgets the changes so far. The rest prints: changes (since they were last printed),
// objects, queries, owners, policies, services, undecodable, misread (objects of which parts are
// not understood).
#include "projection/projector.hpp"

#include "scenario/object_words.hpp"
#include "scenario/projection_text.hpp"
#include "scenario/script.hpp"
#include "unit/projection/tiered_policies.hpp"

#include <stdexcept>

namespace nodewall::test {

namespace {

class session {
public:
    std::string perform(const std::string& line) {
        const auto words = words_of(line);
        if (words.size() == 1)
            return print(words[0]);
        apply(event_from(words));
        return {};
    }

private:
    void apply(model::event e) {
        e.seq = ++seq_;
        projector_.apply(e);
    }

    std::string print(const std::string& what) {
        const auto& state = projector_.state();
        if (what == "forget") {
            projector_.take_changes();
            return {};
        }
        if (what == "changes")
            return changes_text(projector_.take_changes());
        if (what == "objects")
            return objects_text(state);
        if (what == "queries")
            return queries_text(state.resolved);
        if (what == "owners")
            return owners_text(state.resolved);
        if (what == "policies")
            return policies_text(state.resolved);
        if (what == "services")
            return services_text(state.resolved);
        if (what == "undecodable")
            return undecodable_text(state);
        if (what == "misread")
            return misread_text(state);
        throw std::invalid_argument("no such command: " + what);
    }

    projection::projector projector_{projection::projector::scope::everything, tiered_by_labels()};
    std::uint64_t seq_ = 0;
};

} // namespace

} // namespace nodewall::test

int main(int argc, char** argv) {
    return nodewall::test::run_scripts_of<nodewall::test::session>(argc, argv);
}
