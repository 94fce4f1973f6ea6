#include "cli/explain_lines.hpp"

#include "cli/explain_output.hpp"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <vector>

namespace nodewall::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t question_bytes_typical = 4096; // parsed; more is allocated

error bad(std::string_view why) {
    return error(explain::errc::bad_question, std::string(why));
}

result<void> read_field(std::string_view name, const json::value& value,
                        explain::question_text& to) {
    if (name == "port") {
        boost::system::error_code failure;
        to.port = value.to_number<std::uint64_t>(failure);
        return failure ? bad("port is no number") : result<void>();
    }
    if (!value.is_string())
        return bad(fmt::format("{} is no text", name));
    const std::string_view text = value.get_string();
    if (name == "from")
        to.from = text;
    else if (name == "to")
        to.to = text;
    else if (name == "protocol")
        to.protocol = text;
    else if (name == "backend")
        to.backend = text;
    else
        return bad(fmt::format("'{}' is no field of a question", name.substr(0, 100)));
    return {};
}

result<explain::question> read_question(std::string_view line, const json::storage_ptr& storage) {
    boost::system::error_code failure;
    const auto parsed = json::parse(line, failure, storage);
    if (failure || !parsed.is_object())
        return bad("the line is no JSON object");
    explain::question_text text;
    for (const auto& [name, value] : parsed.get_object())
        if (const auto read = read_field(name, value, text); !read)
            return read.error();
    return explain::parse_question(text);
}

} // namespace

int answer_lines(const answering& explain, const view& v, std::istream& questions) {
    event_book events(*v.log);
    std::vector<unsigned char> room(question_bytes_typical);
    std::string line;
    std::string answer;
    bool all_good = true;
    while (std::getline(questions, line)) {
        json::monotonic_resource memory(room.data(), room.size());
        answer.clear();
        if (const auto asked = read_question(line, &memory)) {
            if (const auto written = append_json(explain(*asked), v, events, answer); !written)
                return fail(written.error());
        } else {
            answer = json::serialize(json::object{{"error", asked.error().message()}});
            all_good = false;
        }
        if (!print_line(answer))
            return exit_code::done;             // nobody reads any more
        if (questions.rdbuf()->in_avail() <= 0) // whoever asks may wait for the answer
            std::fflush(stdout);
    }
    return all_good ? exit_code::done : exit_code::usage;
}

} // namespace nodewall::cli
