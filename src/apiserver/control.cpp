#include "apiserver/control.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace nodewall::apiserver {

namespace json = boost::json;
using what = fault::what;

namespace {

std::optional<fault> fault_named(std::string_view name) {
    static const std::map<std::string_view, what> words{
        {"html", what::html},   {"hang", what::hang},   {"end", what::end},
        {"frame", what::frame}, {"large", what::large}, {"close", what::close}};
    fault named;
    if (const auto word = words.find(name); word != words.end()) {
        named.does = word->second;
        return named;
    }
    named.does = what::status;
    const auto* end = name.data() + name.size();
    if (std::from_chars(name.data(), end, named.status).ptr != end || named.status < 400 ||
        named.status > 599)
        return std::nullopt;
    return named;
}

bool is_of_requests(what w) {
    return w == what::html || w == what::hang || w == what::status;
}

} // namespace

api_result<control_request> parse_control(std::string_view body) {
    boost::system::error_code problem;
    const auto value = json::parse(body, problem);
    if (problem || !value.is_object())
        return bad_request("a control request is a JSON object");
    const auto& object = value.get_object();
    control_request request;
    try {
        for (const auto& [name, field] : object)
            if (name == "compact")
                request.compact = field.as_bool();
            else if (name == "bookmark")
                request.bookmark = field.as_bool();
            else if (name == "restore")
                request.restore = field.to_number<std::uint64_t>();
            else if (name == "gone")
                request.gone_by_http = field.as_string() == "http";
            else if (name == "break")
                request.fault = fault_named(field.as_string());
            else if (name != "kind" && name != "count")
                return bad_request("unknown field " + std::string(name));
        if (object.contains("break") && !request.fault)
            return bad_request("no such fault");
        if (const auto* plural = object.if_contains("kind"); plural && request.fault)
            request.fault->plural = plural->as_string();
        if (const auto* count = object.if_contains("count"); count && request.fault)
            request.fault->count = count->to_number<std::uint64_t>();
    } catch (const std::exception&) {
        return bad_request("a field of the control request has the wrong type");
    }
    return request;
}

template <class Fits> std::optional<fault> fault_queue::take(std::string_view plural, Fits fits) {
    const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const fault& f) {
        return (f.plural.empty() || f.plural == plural) && fits(f.does);
    });
    if (found == waiting_.end())
        return std::nullopt;
    auto taken = *found;
    if (--found->count == 0)
        waiting_.erase(found);
    return taken;
}

std::optional<fault> fault_queue::take_for_request(std::string_view plural, bool is_watch) {
    return take(plural,
                [&](what w) { return is_of_requests(w) || (w == what::close && !is_watch); });
}

std::optional<fault> fault_queue::take_for_watch(std::string_view plural) {
    return take(plural, [](what w) { return !is_of_requests(w); });
}

} // namespace nodewall::apiserver
