#include "compiler/service_compilation.hpp"

#include "compiler/door_unit.hpp"
#include "compiler/front_doors.hpp"
#include "compiler/service_judgement.hpp"

#include <array>

namespace nodewall::compiler {

compiled_service compile_service(const model::service_object& service, state_reader& reader,
                                 const model::gate_settings& s) {
    compiled_service result;
    const std::array having{&service.meta};
    for (const auto& judged : judge_service(service, reader, s)) {
        const auto& verdict = judged.verdict();
        result.doors.push_back(
            {judged.door, verdict.refused ? door_unit(judged.door, verdict, having) : nullptr});
        if (!verdict.mixed.empty())
            result.findings.push_back(
                {finding::kind::mixed, describe(judged.door),
                 "Service " + service.meta.key.to_string() + ": " + verdict.mixed});
    }
    return result;
}

} // namespace nodewall::compiler
