"""What looks like a trap of JavaScript or TypeScript and is none, and laws of all its rules."""

import pytest
from adapters.pitfalls import test_script, test_script_lost, test_script_often
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls import (
    script_absent,
    script_arrays,
    script_calls,
    script_compare,
    script_copies,
    script_maps,
    script_objects,
    script_order,
    script_slices,
    script_sums,
    script_text,
    script_values,
)
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span

QUIET = [
    (script_absent.default_for_falsy, "const ok = a.is || b > 1;\nif (a || b) go();\n"),
    (script_absent.default_for_falsy, "const n = Number(s) || 0;\nconst t = s.trim() || 'x';\n"),
    (
        script_absent.truth_for_presence,
        "function f(isOpen: boolean, xs: string[], u?: User) {\n"
        "  if (isOpen && !u) return xs.length ? 1 : 2;\n}\n",
    ),
    (script_absent.truth_for_presence, "function f(o) {\n  if (o.dry) return [];\n}\n"),
    (
        script_absent.truth_for_presence,
        "function f(o) {\n  if (o.dry) log(o.dry);\n}\nf({ dry: false });\n",
    ),
    (
        script_absent.truth_for_presence,
        "function f(dry = false) {\n  return dry ? 1 : g(dry);\n}\n",
    ),
    (
        script_absent.truth_for_presence,
        "function f(o) {\n  if (o.dry === true) g();\n  return o.dry ? h(o.dry) : 0;\n}\n",
    ),
    (
        script_absent.default_for_falsy,
        "function f(o: { dry?: boolean }) {\n  o.dry = o.dry || false;\n}\n",
    ),
    (
        script_values.falls_through,
        "switch (a) {\n  case 1:\n    b = 1;\n    // falls through\n  default:\n    b = 2;\n}\n",
    ),
    (
        script_order.skipped_after_removal,
        "for (let i = 0; i < xs.length; i++) {\n  xs.splice(0, 1);\n}\n",
    ),
    (script_absent.falsy_for_absent, "function f(o) {\n  return o.a || 3;\n}\n"),
    (script_copies.changed_for_its_result, "function f(xs) {\n  xs.reverse();\n}\n"),
    (
        script_copies.changed_for_its_result,
        "function f(xs) {\n  return xs.filter(ok).sort(by) + [...xs].reverse();\n}\n",
    ),
    (script_copies.changed_alias, "function f(xs) {\n  const first = xs;\n  return first[0];\n}\n"),
    (
        script_copies.kept_while_it_changes,
        "function f(xs, all) {\n  for (const x of xs) {\n    const row = [];\n"
        "    row.push(x);\n    all.push(row);\n  }\n}\n",
    ),
    (script_text.remembered_place, "const A = /a/;\nfunction f(s) {\n  return A.test(s);\n}\n"),
    (script_text.only_first_replaced, 'const f = (s) => s.replace(/^ /, "").replace(/a/g, "");\n'),
    (script_arrays.keys_for_elements, "for (const x of xs) use(x);\n"),
    (script_arrays.summed_without_start, "const f = (xs) => xs.reduce((a, b) => a + b, 0);\n"),
    (script_arrays.removed_what_is_not_there, "xs.splice(0, 1);\n"),
    (script_arrays.one_list_for_many, "const f = (xs) => Math.max(...xs, 1);\nxs.push(x);\n"),
    (script_copies.handed_out, "class A {\n  n = 0;\n  get() { return this.n; }\n}\n"),
    (script_copies.shared_inside, "function f(a) {\n  const b = { ...a };\n  b.n = 1;\n}\n"),
    (script_copies.changed_parameter, "function f(xs, x) {\n  xs.push(x);\n}\n"),
    (
        script_copies.changed_parameter,
        "function sortInPlace(xs) {\n  xs.sort(by);\n  return xs;\n}\n",
    ),
    (script_objects.assigned_into_given, "const f = (a) => Object.assign({}, a);\n"),
    (script_slices.none_from_the_end, "const a = xs.slice(-3);\nconst b = xs.slice(n, -m);\n"),
    (script_slices.none_from_the_end, "const a = f(xs).slice(-n);\nconst b = xs.slice(n);\n"),
    (script_text.one_side_prepared, 'const f = (s) => s.toLowerCase() === "yes";\n'),
    (script_compare.compared_by_place, "const f = (a: string, b: string) => a === b;\n"),
    (script_absent.empty_is_true, "if (xs.length > 0) go();\n"),
    (
        script_values.months_from_zero,
        "const f = (d) => NAMES[d.getMonth()] + (d.getMonth() + 1);\n",
    ),
    (script_text.length_for_end, "const f = (xs, a, n) => xs.slice(a, a + n).slice(0, n);\n"),
    (script_values.falls_through, "switch (a) {\n  case 1:\n  case 2:\n    return 1;\n}\n"),
    (script_order.changed_while_read, "for (const x of xs) {\n  ys.push(x);\n}\n"),
    (script_order.both_at_once, "function f(a, b) {\n  a = 1;\n  b = 2;\n}\n"),
    (
        script_calls.this_of_nothing,
        "class A {\n  f() {\n    return { go: () => this.n };\n  }\n}\n",
    ),
    (script_sums.texts_that_add_up, 'const f = (a: number, b: number) => a + b + "!";\n'),
    (script_values.remainder_below_zero, "const f = (x, n) => x % 2 === 0 || (x + n) % n;\n"),
    (script_text.only_first_matched, "const f = (s) => s.match(/(a)b/);\n"),
    (script_sums.glued_sum, 'const f = (a, b) => a + " " + b;\n'),
    (
        script_compare.null_is_an_object,
        'const f = (x) => x !== null && typeof x === "object";\n',
    ),
    (script_compare.loosely_equal, "const f = (x) => x == null || x === 1;\n"),
    (script_values.no_base_given, "const n = Number(s);\n"),
    (script_objects.keys_of_all_objects, "const f = (xs, i) => xs[i];\n"),
    (
        script_maps.numbers_come_first,
        "function f(k) {\n  const o = {};\n  o[k] = 1;\n  return o;\n}\n",
    ),
    (script_objects.other_one_wins, "const f = (a, b) => ({ a, b });\n"),
    (script_order.one_too_few, "const f = (xs) => xs.slice(1, -1);\n"),
    (script_order.read_too_late, "function f() {\n  n += 1;\n  out.push(m);\n}\n"),
]


@pytest.mark.parametrize(("rule", "text"), QUIET)
def test_what_is_no_trap_is_left_alone(rule, text):
    assert offered(rule, text) == []


MENDED = (
    *(*test_script.MENDED, *test_script_often.MENDED, *test_script_often.TOGETHER),
    *test_script_lost.MENDED,
)
TEXTS = [text for _, text, _ in MENDED]


def changed(path, text):
    lines = Span(0, len(split_lines(text)))
    return [one.applied(text) for one in TreeSitterSyntax().pitfalls(path, text, lines)]


@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx"])
def test_every_change_parses_as_well_as_the_text(path):
    syntax = TreeSitterSyntax()
    for text in TEXTS:
        if not syntax.errors(path, text):
            assert [one for one in changed(path, text) if syntax.errors(path, one)] == []


@pytest.mark.parametrize("text", TEXTS)
def test_a_function_gets_few_changes(text):
    assert len(changed("a.ts", text)) < 8


@pytest.mark.parametrize("text", TEXTS)
def test_endings_of_two_characters_stay(text):
    for one in changed("a.ts", text.replace("\n", "\r\n")):
        assert "\n" not in one.replace("\r\n", "")


@pytest.mark.parametrize("text", TEXTS)
def test_letters_of_two_bytes_do_not_move_the_places(text):
    head = '/* äöü */ const größe = "ü";'
    for one in changed("a.ts", head + text):
        assert one.startswith(head)
    assert changed("a.ts", head + text) == [head + one for one in changed("a.ts", text)]


def test_only_the_lines_that_are_meant_are_changed():
    text = "const f = (x) => x === NaN;\nconst g = (x) => x === NaN;\n"
    found = TreeSitterSyntax().pitfalls("a.js", text, Span(1, 2))
    assert [one.applied(text) for one in found] == [
        "const f = (x) => x === NaN;\nconst g = (x) => Number.isNaN(x);\n"
    ]
