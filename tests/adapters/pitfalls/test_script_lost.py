"""Traps of JavaScript and TypeScript by which something is lost: an object, a key, a reset."""

import pytest
from adapters.pitfalls.script_rules import exchanged, offered

from spark_desktop.adapters.pitfalls import (
    script_copies,
)

# A rule, a text with its trap, and what is exchanged in the first way out.
MENDED = [
    (
        script_copies.changed_for_its_result,
        "const ALL = [3, 1];\nfunction all() {\n  return ALL;\n}\nconst f = () => all().sort();\n",
        [("all().sort", "[...all()].sort")],
    ),
    (
        script_copies.changed_for_its_result,
        "class A {\n  rows() {\n    return this.kept;\n  }\n"
        "  last() {\n    return this.rows().reverse()[0];\n  }\n}\n",
        [("this.rows().rev", "[...this.rows()].rev")],
    ),
    (
        script_copies.changed_for_its_result,
        'import { all } from "./all";\nconst f = () => all().reverse();\n',
        [("all().rev", "[...all()].rev")],
    ),
    (
        script_copies.changed_for_its_result,
        "const f = async (store) => (await store.all()).reverse();\n",
        [("(await store.all())", "[...(await store.all())]")],
    ),
    (
        script_copies.changed_for_its_result,
        'import { ROWS } from "./rows";\nconst f = (x) => ROWS[x].reverse();\n',
        [("ROWS[x]", "[...ROWS[x]]")],
    ),
    (
        script_copies.changed_alias,
        "class A {\n  rows() {\n    return this.kept;\n  }\n"
        "  last() {\n    const rows = this.rows();\n    rows.reverse();\n"
        "    return rows;\n  }\n}\n",
        [("= this.rows()", "= [...this.rows()]")],
    ),
]


@pytest.mark.parametrize(("rule", "text", "pairs"), MENDED)
def test_the_first_way_out_of_a_trap(rule, text, pairs):
    assert offered(rule, text)[0] == exchanged(text, pairs)


QUIET = [
    (
        script_copies.changed_for_its_result,
        "function all() {\n  return [3, 1];\n}\nconst f = () => all().sort();\n",
    ),
    (script_copies.changed_for_its_result, "const f = (o) => Object.keys(o).sort();\n"),
    (script_copies.changed_for_its_result, "const f = (s) => s.split(1).reverse();\n"),
    (script_copies.changed_for_its_result, "const f = (s) => structuredClone(s).reverse();\n"),
    (
        script_copies.changed_alias,
        'import { all } from "./all";\nfunction f() {\n  const xs = all();\n  xs.push(1);\n}\n',
    ),
]


@pytest.mark.parametrize(("rule", "text"), QUIET)
def test_what_is_no_trap_is_left_alone(rule, text):
    assert offered(rule, text) == []
