"""Traps of JavaScript and TypeScript that are wrong wherever they stand."""

import pytest
from adapters.pitfalls.script_rules import exchanged, offered

from spark_desktop.adapters.pitfalls import (
    script_absent,
    script_arrays,
    script_async,
    script_calls,
    script_compare,
    script_objects,
    script_order,
    script_sorting,
    script_values,
)

# A rule, a text with its trap, and what is exchanged in the first way out.
MENDED = [
    (
        script_compare.compared_with_nan,
        "const f = (x) => x !== NaN;\n",
        [("x !== NaN", "!Number.isNaN(x)")],
    ),
    (
        script_values.assigned_in_condition,
        "function f(x) {\n  if (x = 5) return 1;\n}\n",
        [("x = 5", "x === 5")],
    ),
    (
        script_calls.object_taken_for_block,
        "const f = (xs) => xs.map((x) => { id: x });\n",
        [("{ id: x }", "({ id: x })")],
    ),
    (
        script_arrays.mapped_with_index,
        'const f = (s) => s.split(",").map(parseInt);\n',
        [("(parseInt)", "((text) => parseInt(text, 10))")],
    ),
    (
        script_arrays.shared_filling,
        "const f = (w, h) => Array(h).fill(Array(w).fill(0));\n",
        [
            ("Array(h).fill(", "Array.from({ length: h }, () => "),
        ],
    ),
    (
        script_arrays.shared_filling,
        "const rows = new Array<number[]>(9).fill([]);\n",
        [("new Array<number[]>(9).fill([])", "Array.from({ length: 9 }, (): number[] => [])")],
    ),
    (
        script_arrays.shared_filling,
        "const all: Box[] = new Array(9).fill({});\n",
        [("new Array(9).fill({})", "Array.from({ length: 9 }, () => ({}))")],
    ),
    (
        script_arrays.mapped_holes,
        "const ids = new Array(n).map((_, i) => i);\n",
        [("new Array(n).map(", "Array.from({ length: n }, ")],
    ),
    (
        script_async.loop_that_does_not_wait,
        "async function f(ids) {\n  ids.forEach(async (id) => {\n    await put(id);\n  });\n}\n",
        [("ids.forEach(async (id) => {", "for (const id of ids) {"), ("  });", "  }")],
    ),
    (
        script_async.loop_that_does_not_wait,
        "async function f(ids) {\n  ids.forEach(async (id) => put(id));\n}\n",
        [("ids.forEach", "await Promise.all(ids.map"), ("put(id));", "put(id)));")],
    ),
    (
        script_async.promises_for_values,
        "async function f(ids) {\n  return ids.filter(async (id) => ok(id));\n}\n",
        [
            (
                "  return ids.filter(async (id) => ok(id));",
                "  const kept = await Promise.all(ids.map(async (id) => ok(id)));\n"
                "  return ids.filter((_, index) => kept[index]);",
            )
        ],
    ),
    (
        script_async.promises_for_values,
        "function f(ids: number[]): string[] {\n  return ids.map(async (id) => name(id));\n}\n",
        [
            ("function", "async function"),
            ("string[] {", "Promise<string[]> {"),
            ("ids.map(", "await Promise.all(ids.map("),
            ("(id));", "(id)));"),
        ],
    ),
    (
        script_async.promises_for_values,
        "async function f(ids) {\n  return (await ids.map(load)).length;\n}\n",
        [("ids.map(load)", "Promise.all(ids.map(load))")],
    ),
    (
        script_async.not_waited_for,
        "async function load() {}\nasync function f() {\n  const a = load();\n"
        "  return load().name + a.name;\n}\n",
        [("a = load()", "a = await load()"), ("load().name", "(await load()).name")],
    ),
    (
        script_async.not_waited_for,
        "const load = async () => 1;\nfunction f(): number {\n  const a = load();\n}\n",
        [("function f(): number", "async function f(): Promise<number>"), ("a = l", "a = await l")],
    ),
    (
        script_async.not_waited_for,
        "async function load() {}\nasync function f() {\n  try {\n    return load();\n"
        "  } catch {\n    return 0;\n  }\n}\n",
        [("return load", "return await load")],
    ),
    (
        script_sorting.sorted_as_texts,
        "function f(xs: number[]) {\n  return xs.sort();\n}\n",
        [("xs.sort()", "[...xs].sort((a, b) => a - b)")],
    ),
    (
        script_sorting.sorted_as_texts,
        "function f(xs: Item[]) {\n  return xs.map((x) => x.size).sort();\n}\n",
        [("sort()", "sort((a, b) => a - b)")],
    ),
    (
        script_sorting.sorted_as_texts,
        "function f(xs) {\n  xs.sort();\n  return xs;\n}\n",
        [("xs.sort()", "xs = [...xs].sort((a, b) => a - b)")],
    ),
    (
        script_sorting.sorted_as_texts,
        "const f = (xs: string[]) => xs.sort();\n",
        [("xs.sort()", "[...xs].sort()")],
    ),
    (
        script_sorting.compared_as_truth,
        "const f = (xs) => [...xs].sort((a, b) => a.age > b.age);\n",
        [("a.age > b.age", "a.age > b.age ? 1 : a.age < b.age ? -1 : 0")],
    ),
    (
        script_sorting.compared_as_truth,
        "const f = (xs) => [...xs].sort((a, b) => (a < b ? 1 : -1));\n",
        [("(a < b ? 1 : -1)", "a < b ? 1 : a > b ? -1 : 0")],
    ),
    (
        script_sorting.compared_as_truth,
        "const f = (xs) => [...xs].sort((a, b) => a.name - b.name);\n",
        [("a.name - b.name", "a.name.localeCompare(b.name)")],
    ),
    (
        script_calls.result_not_returned,
        "const f = (xs) => xs.map((x) => { x.name.trim(); });\n",
        [("x.name", "return x.name")],
    ),
    (
        script_calls.result_not_returned,
        "const f = (xs) => xs.reduce((all, x) => {\n  all.push(x);\n}, []);\n",
        [("  all.push(x);\n", "  all.push(x);\n  return all;\n")],
    ),
    (
        script_compare.compared_in_a_row,
        "const f = (x, b) => 0 <= x <= b;\n",
        [("0 <= x <= b", "0 <= x && x <= b")],
    ),
    (
        script_compare.compared_in_a_row,
        'const f = (x) => x === "a" || "b";\n',
        [('|| "b"', '|| x === "b"')],
    ),
    (
        script_compare.closer_than_meant,
        "const f = (sum, x) => sum + x.size ?? 0;\n",
        [("x.size ?? 0", "(x.size ?? 0)")],
    ),
    (
        script_compare.closer_than_meant,
        "const f = (k, o) => !k in o;\n",
        [("!k in o", "!(k in o)")],
    ),
    (
        script_compare.closer_than_meant,
        'const f = (n) => "n: " + n > 1 ? "many" : "one";\n',
        [('n > 1 ? "many" : "one"', '(n > 1 ? "many" : "one")')],
    ),
    (
        script_arrays.last_is_one_less,
        "const f = (xs) => xs[xs.length];\n",
        [("xs.length", "xs.length - 1")],
    ),
    (
        script_arrays.first_is_zero,
        "function f(xs, x) {\n  const at = xs.indexOf(x);\n  if (at > 0) return at;\n"
        "  return !xs.indexOf(x);\n}\n",
        [("at > 0", "at !== -1"), ("!xs.indexOf(x)", "xs.indexOf(x) === -1")],
    ),
    (
        script_calls.lost_this,
        "class A {\n  f(xs) {\n    return xs.map(function (x) { return x + this.y; });\n  }\n}\n",
        [("function (x) {", "(x) => {")],
    ),
    (
        script_calls.lost_this,
        "class A {\n  g(x: number) {\n    return this.y;\n  }\n"
        "  f(xs: number[]) {\n    return xs.map(this.g);\n  }\n}\n",
        [("(this.g)", "((x) => this.g(x))")],
    ),
    (
        script_values.caught_by_later_turns,
        "for (var i = 0; i < 3; i++) {\n  out.push(() => i);\n}\n",
        [("var", "let")],
    ),
    (
        script_order.skipped_after_removal,
        "function f(xs) {\n  for (let i = 0; i < xs.length; i++) {\n"
        "    if (!xs[i]) xs.splice(i, 1);\n  }\n}\n",
        [("i = 0; i < xs.length; i++", "i = xs.length - 1; i >= 0; i--")],
    ),
    (
        script_arrays.deleted_element,
        "function f(i) {\n  const xs = [1, 2];\n  delete xs[i];\n}\n",
        [("delete xs[i]", "xs.splice(i, 1)")],
    ),
    (
        script_calls.result_dropped,
        "function f(s) {\n  const a = s;\n  a.trim();\n  return a;\n}\n",
        [("const a", "let a"), ("a.trim()", "a = a.trim()")],
    ),
    (
        script_calls.method_not_called,
        "class A {\n  empty() { return true; }\n  f() { if (this.empty) return 1; }\n}\n",
        [("this.empty", "this.empty()")],
    ),
    (
        script_values.other_container,
        "function f(xs) {\n  const seen = new Set(xs);\n  return seen.length;\n}\n",
        [("seen.length", "seen.size")],
    ),
    (
        script_objects.defaults_win,
        "const f = (given) => ({ ...given, ...DEFAULTS });\n",
        [("...given, ...DEFAULTS", "...DEFAULTS, ...given")],
    ),
    (
        script_absent.nothing_to_take_apart,
        "function f({ a = 1, b = 2 }: Sizes) {\n  return a + b;\n}\n",
        [(": Sizes", ": Sizes = {}")],
    ),
]


@pytest.mark.parametrize(("rule", "text", "pairs"), MENDED)
def test_the_first_way_out_of_a_trap(rule, text, pairs):
    assert offered(rule, text)[0] == exchanged(text, pairs)


# A rule, and what looks like its trap but is none.
QUIET = [
    (script_compare.compared_with_nan, "const f = (x) => x === NAN;\n"),
    (script_values.assigned_in_condition, "while ((m = next())) {\n  use(m);\n}\n"),
    (script_calls.object_taken_for_block, "const f = () => {\n  go();\n};\n"),
    (script_calls.object_taken_for_block, "xs.forEach((x) => {});\n"),
    (script_arrays.mapped_with_index, "const f = (xs) => xs.map(String);\n"),
    (script_arrays.shared_filling, "const xs = new Array(3).fill(0);\n"),
    (script_arrays.mapped_holes, "const xs = [...Array(3)].map((_, i) => i);\n"),
    (script_async.loop_that_does_not_wait, "async function f() {\n  xs.forEach((x) => x);\n}\n"),
    (
        script_async.promises_for_values,
        "async function f() {\n  return Promise.all(xs.map(async (x) => x));\n}\n",
    ),
    (
        script_async.not_waited_for,
        "async function load() {}\nasync function f() {\n  await load();\n  return load();\n}\n",
    ),
    (script_sorting.sorted_as_texts, "xs.sort((a, b) => a - b);\n"),
    (script_sorting.compared_as_truth, "xs.sort((a, b) => a.age - b.age);\n"),
    (script_calls.result_not_returned, "xs.forEach((x) => { x.go(); });\n"),
    (script_calls.result_not_returned, "const f = (xs) => xs.map((x) => { return x; });\n"),
    (script_compare.compared_in_a_row, "const f = (a, b, c) => a < b && b < c;\n"),
    (script_compare.compared_in_a_row, 'const f = (x) => x.name || "b";\n'),
    (script_compare.closer_than_meant, "const f = (a, b) => a + (b ?? 0);\n"),
    (script_arrays.last_is_one_less, "xs[xs.length] = 1;\n"),
    (script_arrays.first_is_zero, "if (xs.indexOf(x) >= 0 && xs.includes(y)) go();\n"),
    (
        script_calls.lost_this,
        "class A {\n  f(xs) {\n    xs.map(function (x) { return this.y; }, this);\n  }\n}\n",
    ),
    (script_values.caught_by_later_turns, "for (var i = 0; i < 3; i++) {\n  go(i);\n}\n"),
    (
        script_order.skipped_after_removal,
        "for (let i = 0; i < xs.length; i++) {\n  ys.splice(i, 1);\n}\n",
    ),
    (script_arrays.deleted_element, "const o = {};\ndelete o[key];\n"),
    (script_calls.result_dropped, "xs.push(s.trim());\nxs.sort();\n"),
    (
        script_calls.method_not_called,
        "class A {\n  get empty() { return true; }\n  f() { if (this.empty) return 1; }\n}\n",
    ),
    (script_values.other_container, "const s = new Set();\ns.add(s.size);\n"),
    (script_objects.defaults_win, "const f = (given) => ({ ...DEFAULTS, ...given });\n"),
    (script_absent.nothing_to_take_apart, "function f({ a = 1, b }) {\n  return a + b;\n}\n"),
]


@pytest.mark.parametrize(("rule", "text"), QUIET)
def test_what_is_no_trap_is_left_alone(rule, text):
    assert offered(rule, text) == []
