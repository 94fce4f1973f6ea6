// yaml-cpp's events to JSON values, one document at a time. Private to codec/.
#pragma once

#include <boost/json/value.hpp>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodewall::codec {

/// Throws YAML::Exception where the document says what JSON cannot, nests deeper than
/// limits::json_depth_max, or grows by its aliases beyond limits::frame_bytes_max.
class yaml_builder : public YAML::EventHandler {
public:
    /// For the documents of `text`, which begins without a byte order mark.
    explicit yaml_builder(std::string_view text) : text_(text) {}

    /// The document of the last HandleNextDocument; null where it was empty.
    boost::json::value take_document();

    void OnDocumentStart(const YAML::Mark& mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override;
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override;

private:
    /// A value, and what bounds need to know of it.
    struct node {
        boost::json::value json;
        std::size_t bytes = 0;  // about what it takes in memory
        std::size_t depth = 0;  // levels of arrays and objects
        bool merge_key = false; // the plain scalar <<
    };
    /// An array or object that has not ended.
    struct open_node {
        node so_far;
        YAML::Mark mark;
        YAML::anchor_t anchor = 0;
        std::string key; // of an object: the key whose value comes next
        bool has_key = false;
        bool merging = false; // that key is <<
        std::vector<boost::json::value> merged;
    };

    /// Counts a copy against the bound.
    void copy_bytes(std::size_t bytes, const YAML::Mark& mark);
    void begin(boost::json::value empty, const YAML::Mark& mark, const std::string& tag,
               YAML::anchor_t anchor);
    void end();
    void add(node value, const YAML::Mark& mark, YAML::anchor_t anchor);
    void add_to_object(open_node& parent, node value, const YAML::Mark& mark);
    void merge(open_node& into);

    std::vector<open_node> open_;
    std::map<YAML::anchor_t, node> anchored_;
    std::size_t copied_bytes_ = 0; // by anchors and aliases
    boost::json::value document_;
    std::string_view text_;
    std::optional<std::size_t> document_at_; // where the document began
};

} // namespace nodewall::codec
