#include "netfilter/iptables/layout/render.hpp"

#include "netfilter/iptables/layout/fixed_chains.hpp"
#include "netfilter/iptables/layout/pages.hpp"
#include "netfilter/iptables/layout/tree.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nodewall::netfilter::iptables {

namespace {

using leaves = std::vector<std::pair<std::uint32_t, std::string>>;

class renderer {
public:
    renderer(model::family f, const mark_bits& bits, const table_layout& t,
             const std::map<slot_number, const shape*>& slots)
        : family_(f), bits_(bits), table_(t), slots_(slots) {}

    result<std::vector<xt_chain>> make() {
        if (table_.fixed.empty())
            return std::vector<xt_chain>{};
        if (auto written = add_fixed(); !written)
            return written.error();
        add_slots();
        if (table_.two_steps)
            add_pages();
        std::ranges::sort(chains_, {}, &xt_chain::name);
        return std::move(chains_);
    }

private:
    void add(std::vector<xt_chain> more) { std::ranges::move(more, std::back_inserter(chains_)); }

    result<void> add_fixed() {
        const fixed_names names{.set =
                                    [this](const std::string& set) {
                                        const auto at = table_.instances.find(set);
                                        return at == table_.instances.end() ? set : at->second;
                                    },
                                .map =
                                    [this](const std::string& map) {
                                        const auto part = table_.two_steps ? map_part::kind::pages
                                                                           : map_part::kind::whole;
                                        return map_name(map, table_.generation, {part, 0});
                                    },
                                .found = table_.two_steps ? chain_pages : chain_slots};
        for (const auto& c : table_.fixed) {
            auto written = write_fixed(c, bits_, names);
            if (!written)
                return written.error();
            chains_.push_back(std::move(*written));
        }
        return {};
    }

    void add_slots() {
        if (!slots_.empty())
            pages_ = page_of(slots_.rbegin()->first, bits_) + 1;
        std::vector<leaves> pages(pages_);
        for (const auto& [number, form] : slots_) {
            add(chains_of_slot(*form, family_, number, table_.every_pod));
            pages[page_of(number, bits_)].emplace_back(number_in_page(number, bits_),
                                                       slot_chain(number, 0));
        }
        for (std::uint32_t page = 0; page < pages_; ++page)
            add(mark_tree(page_tree(page), bits_, pages[page]));
    }

    /// Another look-up stands behind the mark of a page, which goes first: where the page's map
    /// lacks the door, nothing may be found.
    void add_pages() {
        leaves pages;
        for (std::uint32_t page = 0; page < pages_; ++page)
            for (std::size_t m = 0; m < table_.maps.size(); ++m) {
                const auto& map = table_.maps[m];
                xt_chain chain{.name = page_chain(page, map), .rules = {}, .hook = {}};
                chain.rules.push_back({.then = set_mark{0, bits_.mask()}});
                for (auto& rule :
                     look_up({}, map_name(map, table_.generation, {map_part::kind::page, page}),
                             map_directions(map), page_tree(page), bits_))
                    chain.rules.push_back(std::move(rule));
                pages.emplace_back(page_number(page, m), chain.name);
                chains_.push_back(std::move(chain));
            }
        std::ranges::sort(pages);
        add(mark_tree(chain_pages, bits_, pages));
    }

    model::family family_;
    const mark_bits& bits_;
    const table_layout& table_;
    const std::map<slot_number, const shape*>& slots_;
    std::vector<xt_chain> chains_;
    std::uint32_t pages_ = 1;
};

} // namespace

result<std::vector<xt_chain>> render(model::family f, const mark_bits& bits, const table_layout& t,
                                     const std::map<slot_number, const shape*>& slots) {
    return renderer(f, bits, t, slots).make();
}

} // namespace nodewall::netfilter::iptables
