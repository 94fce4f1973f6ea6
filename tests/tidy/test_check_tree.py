#!/usr/bin/env python3
"""Each rule of check_tree.py finds what it is for, and nothing in a tree that is in order."""
import tempfile
import unittest
from pathlib import Path

import check_tree

HEADER = "// What it promises.\n#pragma once\n"


class TreeRules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def put(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def found(self, rule):
        return [(path.relative_to(self.root).as_posix(), line) for path, line, _ in rule(self.root)]

    def test_a_tree_in_order_has_no_findings(self):
        self.put("src/model/a.hpp", HEADER + '#include "base/error.hpp"\n')
        self.put("src/model/a.cpp", '#include "model/a.hpp"\n// system_clock is not used\n')
        self.put("src/async/clock.cpp", "boost::asio::steady_timer t;\n")
        self.put("src/model/meson.build", "files('a.cpp')\n")
        self.put("src/async/meson.build", "files('clock.cpp')\n")
        for rule in check_tree.RULES:
            self.assertEqual(self.found(rule), [], rule.__name__)

    def test_a_layer_may_not_look_up(self):
        self.put("src/model/a.hpp", HEADER + '#include "codec/yaml.hpp"\n')
        self.put("src/explain/b.cpp", '#include "compiler/compiler.hpp"\n')
        self.put("src/mystery/c.cpp", "")
        self.assertEqual(self.found(check_tree.layers),
                         [("src/model/a.hpp", 3), ("src/explain/b.cpp", 1), ("src/mystery/c.cpp", 1)])

    def test_a_library_stays_behind_its_folder(self):
        self.put("src/model/a.cpp", "#include <simdjson.h>\n#include <boost/asio/post.hpp>\n")
        self.put("src/kube/b.cpp", "#include <sqlite3.h>\n#include <libiptc/libiptc.h>\n")
        self.assertEqual(self.found(check_tree.libraries),
                         [("src/kube/b.cpp", 1), ("src/kube/b.cpp", 2),
                          ("src/model/a.cpp", 1), ("src/model/a.cpp", 2)])

    def test_a_kind_of_policy_is_known_to_its_decoder_and_its_translator(self):
        for folder in ("codec", "policy", "compiler", "explain"):
            self.put(f"src/{folder}/a.cpp", '#include "model/network_policy.hpp"\n')
        self.assertEqual(self.found(check_tree.kinds_of_policy),
                         [("src/compiler/a.cpp", 1), ("src/explain/a.cpp", 1)])

    def test_clocks_chance_and_shells_are_named_where_they_are_used(self):
        self.put("src/agent/a.cpp", 'auto t = system_clock::now();\n/* popen( */\nsystem("ls");\n')
        self.put("src/async/b.cpp", "std::random_device d;\npopen(x);\n")
        self.assertEqual(self.found(check_tree.words),
                         [("src/agent/a.cpp", 1), ("src/agent/a.cpp", 3), ("src/async/b.cpp", 2)])

    def test_each_rule_is_a_test(self):
        build_file = (Path(check_tree.__file__).parent / "meson.build").read_text()
        for rule in check_tree.RULES:
            self.assertIn(f"'{rule.__name__}'", build_file)

    def test_what_is_used_of_the_standard_library_is_included(self):
        self.put("src/model/a.cpp", '#include "model/a.hpp"\nauto n = std::count_if(a, b, f);\nstd::tie(x);\n')
        self.put("src/model/a.hpp", HEADER + "#include <tuple>\n")
        self.put("tests/b.cpp", "// std::sort(\nvoid f(std::mt19937_64&);\n")
        self.assertEqual(self.found(check_tree.standard_headers), [("src/model/a.cpp", 2), ("tests/b.cpp", 2)])

    def test_a_long_file_is_named(self):
        self.put("src/base/a.cpp", "\n" * 400)
        self.put("tests/unit/base/b.cpp", "\n" * 401)
        self.assertEqual(self.found(check_tree.length), [("tests/unit/base/b.cpp", 401)])

    def test_a_header_without_a_promise_is_named(self):
        self.put("src/base/a.hpp", "#pragma once\n")
        self.put("src/base/b.hpp", "// Promise.\n")
        self.assertEqual(self.found(check_tree.header_comments),
                         [("src/base/a.hpp", 1), ("src/base/b.hpp", 1)])

    def test_a_file_that_nothing_builds_is_named(self):
        self.put("tests/unit/base/meson.build", "files('a_test.cpp')\n")
        self.put("tests/unit/base/a_test.cpp", "")
        self.put("tests/unit/base/b_test.cpp", "")
        self.assertEqual(self.found(check_tree.built), [("tests/unit/base/b_test.cpp", 1)])

    def test_a_mirror_is_named(self):
        host = ".".join(("deb", "debian", "org"))
        self.put("scripts/lib/root", f"# once\ndebootstrap http://{host}/debian\n")
        self.put("docs/A.md", "see packages of debian.org\n")
        self.assertEqual(self.found(check_tree.mirrors), [("scripts/lib/root", 2)])

    def test_a_section_of_packages_that_nobody_installs_is_named(self):
        self.put("scripts/lib/packages", "# for whom\n[build]\ng++\n[old]\ngcc-2.95\n[build]\nmeson\n")
        self.put("scripts/demo", "scripts/lib/setup build\n")
        self.assertEqual(self.found(check_tree.packages),
                         [("scripts/lib/packages", 4), ("scripts/lib/packages", 6)])


if __name__ == "__main__":
    unittest.main()
