"""Traps of JavaScript and TypeScript that look like what somebody may have meant."""

import pytest
from adapters.pitfalls.script_rules import changes, exchanged, offered

from spark_desktop.adapters.pitfalls import (
    script_absent,
    script_arrays,
    script_async,
    script_calls,
    script_compare,
    script_copies,
    script_maps,
    script_objects,
    script_order,
    script_slices,
    script_sorting,
    script_sums,
    script_text,
    script_values,
)

_LOOP = "async function f(xs) {\n  xs.forEach(async (x) => {\n    await g(x);\n  });\n}\n"
_BACK = "function f(xs: number[], x: number) {\n  xs.push(x);\n  return xs;\n}\n"
_COUNT = (
    "function f(ids: string[]) {\n  const seen: Record<string, number> = {};\n"
    "  for (const id of ids) {\n    seen[id] = (seen[id] ?? 0) + 1;\n  }\n"
    "  return Object.entries(seen);\n}\n"
)
_GROUPS = (
    "function f(xs) {\n  const by = {};\n  for (const x of xs) {\n"
    "    (by[x.k] ||= []).push(x);\n  }\n  return Object.values(by);\n}\n"
)

# A rule, a text with its trap, and what is exchanged in the first way out.
MENDED = [
    (
        script_absent.falsy_for_absent,
        "function f(o) {\n  const a = o.a || 3;\n  return o.b ? o.b : a;\n}\n",
        [("||", "??"), ("o.b ?", "o.b != null ?")],
    ),
    (
        script_absent.truth_for_presence,
        "interface A { n: number | null }\nconst f = (a: A) => (a.n ? a.n : 2);\n",
        [("a.n ?", "a.n !== null ?")],
    ),
    (
        script_absent.truth_for_presence,
        "function f(x, o) {\n  if (o.min && x < o.min) return o.min;\n  return x;\n}\n",
        [("o.min &&", "o.min != null &&")],
    ),
    (
        script_absent.truth_for_presence,
        "function f(s: string) {\n  const n = Number(s);\n  return !n ? null : n;\n}\n",
        [("!n", "Number.isNaN(n)")],
    ),
    (
        script_copies.changed_for_its_result,
        "function f(xs) {\n  return xs.reverse();\n}\n",
        [("xs.reverse", "[...xs].reverse")],
    ),
    (
        script_copies.changed_for_its_result,
        "class A {\n  top() { return this.xs.sort((a, b) => a - b)[0]; }\n}\n",
        [("this.xs", "[...this.xs]")],
    ),
    (
        script_copies.changed_alias,
        "function f(xs, i) {\n  const copy = xs;\n  copy.splice(i, 1);\n  return copy;\n}\n",
        [("copy = xs", "copy = [...xs]")],
    ),
    (
        script_copies.kept_while_it_changes,
        "function f(all, path, x) {\n  path.push(x);\n  all.push(path);\n  path.pop();\n}\n",
        [("all.push(path)", "all.push([...path])")],
    ),
    (
        script_text.remembered_place,
        "const WORD = /foo/gi;\n\nfunction f(s) {\n  return WORD.test(s);\n}\n",
        [("/gi", "/i")],
    ),
    (
        script_text.remembered_place,
        "const WORD = /foo/g;\nconst all = (s) => s.match(WORD);\n"
        "function f(s) {\n  return WORD.test(s);\n}\n",
        [("  return", "  WORD.lastIndex = 0;\n  return")],
    ),
    (
        script_arrays.keys_for_elements,
        "function f(xs) {\n  for (const x in xs) use(x);\n}\n",
        [(" in ", " of ")],
    ),
    (
        script_arrays.keys_for_elements,
        "function f(xs: number[]) {\n  for (const i in xs) use(i, xs[i]);\n}\n",
        [(" in xs", " of xs.keys()")],
    ),
    (
        script_arrays.summed_without_start,
        "const f = (xs) => xs.reduce((sum, x) => sum + x.size);\n",
        [("x.size)", "x.size, 0)")],
    ),
    (
        script_arrays.removed_what_is_not_there,
        "function f(xs, x) {\n  xs.splice(xs.indexOf(x), 1);\n}\n",
        [
            (
                "  xs.splice(xs.indexOf(x), 1);",
                "  const index = xs.indexOf(x);\n  if (index !== -1) xs.splice(index, 1);",
            )
        ],
    ),
    (
        script_arrays.one_list_for_many,
        "const f = (xs) => Math.max(xs);\n",
        [("max(xs)", "max(...xs)")],
    ),
    (
        script_copies.handed_out,
        "class A {\n  private seen = new Set<string>();\n  all() { return this.seen; }\n}\n",
        [("return this.seen", "return new Set(this.seen)")],
    ),
    (
        script_copies.shared_inside,
        "function f(a, x) {\n  const b = { ...a };\n  b.user.name = x;\n  return b;\n}\n",
        [("...a }", "...a, user: { ...a.user } }")],
    ),
    (
        script_copies.shared_inside,
        "function f(xs, i) {\n  const ys = [...xs];\n  ys[i].done = true;\n  return ys;\n}\n",
        [("[...xs]", "xs.map((item) => ({ ...item }))")],
    ),
    (script_copies.changed_parameter, _BACK, [("  xs.push", "  xs = [...xs];\n  xs.push")]),
    (
        script_copies.changed_parameter,
        "function f(d: Date) {\n  d.setDate(1);\n  return d;\n}\n",
        [("  d.set", "  d = new Date(d);\n  d.set")],
    ),
    (
        script_objects.assigned_into_given,
        "const f = (a, b) => Object.assign(a, b);\n",
        [("Object.assign(a, b)", "({ ...a, ...b })")],
    ),
    (
        script_slices.none_from_the_end,
        "const last = (log: string[], o: Options) => log.slice(-o.lines);\n",
        [("-o.lines", "Math.max(0, log.length - o.lines)")],
    ),
    (
        script_slices.none_from_the_end,
        "function cut(name, end) {\n  return name.slice(0, -end.length);\n}\n",
        [("-end.length", "Math.max(0, name.length - end.length)")],
    ),
    (
        script_slices.none_from_the_end,
        "function f(xs: number[], n: number) {\n  return xs.filter((x) => x > 1).slice(-n);\n}\n",
        [
            (
                "xs.filter((x) => x > 1).slice(-n)",
                "n > 0 ? xs.filter((x) => x > 1).slice(-n) : []",
            ),
        ],
    ),
    (
        script_text.one_side_prepared,
        "const f = (xs, q) => xs.filter((x) => x.name.toLowerCase().includes(q));\n",
        [("(q)", "(q.toLowerCase())")],
    ),
    (
        script_text.one_side_prepared,
        'const f = (s) => s.trim().toLowerCase() === "Yes";\n',
        [("Yes", "yes")],
    ),
    (
        script_text.one_side_prepared,
        "function f(xs, q) {\n  const low = q.toLowerCase();\n"
        "  return xs.filter((x) => x.name.includes(low));\n}\n",
        [("x.name.", "x.name.toLowerCase().")],
    ),
    (
        script_compare.compared_by_place,
        "const f = (a: Date, b: Date) => a !== b;\n",
        [("a !== b", "a.getTime() !== b.getTime()")],
    ),
    (
        script_absent.empty_is_true,
        "function f(xs) {\n  const found = xs.filter(ok);\n  if (!found) return 1;\n}\n",
        [("!found", "found.length === 0")],
    ),
    (
        script_values.day_of_the_week,
        "const f = (d) => d.getDay();\n",
        [("getDay", "getDate")],
    ),
    (
        script_text.length_for_end,
        "const f = (xs, start, size) => xs.slice(start, size);\n",
        [(", size);", ", start + size);")],
    ),
    (
        script_values.falls_through,
        "switch (a) {\n  case 1:\n    b = 1;\n  default:\n    b = 2;\n}\n",
        [("b = 1;\n", "b = 1;\n    break;\n")],
    ),
    (
        script_order.changed_while_read,
        "for (const x of set) {\n  set.add(x + 1);\n}\n",
        [("of set", "of [...set]")],
    ),
    (
        script_order.changed_while_read,
        "xs.forEach((x, at) => {\n  if (x.done) xs.splice(at, 1);\n});\n",
        [("xs.forEach", "[...xs].forEach"), ("splice(at,", "splice(xs.indexOf(x),")],
    ),
    (
        script_order.changed_while_read,
        "xs.forEach(({ done }, at) => {\n  if (done) xs.splice(at, 1);\n});\n",
        [("xs.forEach", "[...xs].forEach")],
    ),
    (
        script_order.both_at_once,
        "function f(a, b) {\n  a = b;\n  b = a + b;\n}\n",
        [("a = b;\n  b = a + b;", "[a, b] = [b, a + b];")],
    ),
    (
        script_calls.this_of_nothing,
        "const o = {\n  n: 0,\n  next: () => this.n + 1,\n};\n",
        [("next: () => this.n + 1", "next() { return this.n + 1; }")],
    ),
    (script_values.power_sign, "const f = (x) => x ^ 2;\n", [("^", "**")]),
    (
        script_sums.texts_that_add_up,
        'function f(t) {\n  const [h, m] = t.split(":");\n  return h * 60 + m;\n}\n',
        [('split(":")', 'split(":").map(Number)')],
    ),
    (
        script_sums.texts_that_add_up,
        "function f(xs) {\n  let sum = 0;\n  for (const x of xs) sum += x.count;\n}\n",
        [("x.count", "Number(x.count)")],
    ),
    (
        script_values.remainder_below_zero,
        "const f = (xs, i) => xs[i % xs.length];\n",
        [("i % xs.length", "((i % xs.length) + xs.length) % xs.length")],
    ),
    (
        script_text.only_first_matched,
        "const f = (s) => (s.match(/a/) ?? []).length;\n",
        [("/a/", "/a/g")],
    ),
    (
        script_sums.glued_sum,
        'const f = (a, b) => "sum: " + a + b;\n',
        [("a + b", "(a + b)")],
    ),
    (
        script_compare.null_is_an_object,
        'const f = (x) => typeof x === "object";\n',
        [('"object"', '"object" && x !== null')],
    ),
    (
        script_async.perhaps_not_waited_for,
        "async function f(api, id) {\n  const user = api.load(id);\n  return user.name;\n}\n",
        [("= api", "= await api")],
    ),
    (script_compare.loosely_equal, "const f = (x) => x == 0;\n", [("==", "===")]),
    (
        script_values.rounded_to_the_right,
        "const f = (x) => Math.round(x);\n",
        [("Math.round(x)", "Math.sign(x) * Math.round(Math.abs(x))")],
    ),
    (script_values.no_base_given, "const f = (s) => parseInt(s);\n", [("(s);", "(s, 10);")]),
    (
        script_objects.keys_of_all_objects,
        "const RATES = { a: 1 };\nconst f = (k) => RATES[k] ?? 0;\n",
        [("RATES[k] ?? 0", "Object.hasOwn(RATES, k) ? RATES[k] : 0")],
    ),
    (
        script_values.local_time,
        "const f = (d) => new Date(d.getFullYear(), 1, d.getDate());\n",
        [("(d.getFullYear", "(Date.UTC(d.getUTCFullYear"), ("getDate())", "getUTCDate()))")],
    ),
    (
        script_text.letters_cut_in_two,
        'const f = (s) => s.split("").length;\n',
        [('s.split("")', "[...s]")],
    ),
    (
        script_absent.default_for_null,
        'function f(s: string | null = "you") {\n  return s;\n}\n',
        [("  return", '  s ??= "you";\n  return')],
    ),
    (
        script_maps.numbers_come_first,
        _COUNT,
        [
            (": Record<string, number> = {}", " = new Map<string, number>()"),
            ("seen[id] = (seen[id] ?? 0) + 1", "seen.set(id, (seen.get(id) ?? 0) + 1)"),
            ("Object.entries(seen)", "[...seen]"),
        ],
    ),
    (
        script_maps.numbers_come_first,
        _GROUPS,
        [
            ("by = {}", "by = new Map()"),
            (
                "(by[x.k] ||= []).push(x);",
                "if (!by.has(x.k)) by.set(x.k, []);\n    by.get(x.k).push(x);",
            ),
            ("Object.values(by)", "[...by.values()]"),
        ],
    ),
    (
        script_objects.other_one_wins,
        "const f = (given) => ({ ...given, a: 1 });\n",
        [("...given, a: 1", "a: 1, ...given")],
    ),
    (
        script_copies.shallow_copy,
        "const f = (a) => {\n  return { ...a };\n};\n",
        [("{ ...a }", "structuredClone(a)")],
    ),
    (
        script_order.one_too_few,
        "const f = (xs, a, b) => xs.slice(a, b);\n",
        [(", b);", ", b + 1);")],
    ),
    (
        script_order.read_too_late,
        "function f() {\n  n += 1;\n  out.push(n);\n}\n",
        [("n += 1;\n  out.push(n);", "out.push(n);\n  n += 1;")],
    ),
]


@pytest.mark.parametrize(("rule", "text", "pairs"), MENDED)
def test_the_first_way_out_of_a_trap(rule, text, pairs):
    assert offered(rule, text)[0] == exchanged(text, pairs)


# What may be meant in one of two places: nobody asked for a change of the other one.
TOGETHER = [
    (
        script_absent.truth_for_presence,
        "function f(n?: number) {\n  if (!n) return 1;\n  return n ? n : 2;\n}\n",
        [("!n", "n === undefined"), ("n ? n", "n !== undefined ? n")],
    ),
    (
        script_text.only_first_replaced,
        'const f = (s) => s.replace(" ", "-").replace(/x/i, "");\n',
        [('replace(" "', 'replaceAll(" "'), ("/x/i", "/x/ig")],
    ),
    (
        script_copies.handed_out,
        "class A {\n  constructor(items) {\n    this.items = items;\n  }\n"
        "  add(x) { this.items.push(x); }\n  all() { return this.items; }\n}\n",
        [("= items", "= [...items]"), ("return this.items", "return [...this.items]")],
    ),
    (
        script_values.months_from_zero,
        'const f = (d) => d.getMonth() + "/" + String(d.getMonth());\n',
        [("d.getMonth()", "(d.getMonth() + 1)"), ("(d.getMonth())", "(d.getMonth() + 1)")],
    ),
]


@pytest.mark.parametrize(("rule", "text", "pairs"), TOGETHER)
def test_each_place_comes_alone_and_all_of_them_last(rule, text, pairs):
    found = offered(rule, text)
    assert found[2] == exchanged(text, pairs)
    assert len({text, *found[:3]}) == 4


def test_defaults_come_at_once_first():
    text = "function f(o) {\n  const a = o.a || 3;\n  return [a, o.b || o.c || 4];\n}\n"
    found = offered(script_absent.default_for_falsy, text)
    assert found[0] == text.replace("||", "??")


# One place, and what stands there in each way out of it.
EXCLUDING = [
    (script_values.no_base_given, "const f = (s) => parseInt(s);\n", 2),
    (script_values.rounded_to_the_right, "const f = (x) => Math.floor(x * 100);\n", 2),
    (script_sorting.sorted_as_texts, "const f = () => g().sort();\n", 2),
    (script_order.one_too_few, "const f = (xs, a, b) => xs.slice(a, b);\n", 2),
    (script_async.loop_that_does_not_wait, _LOOP, 1),
    (script_arrays.mapped_with_index, "const f = (xs) => xs.map(parseInt);\n", 1),
]


@pytest.mark.parametrize(("rule", "text", "count"), EXCLUDING)
def test_ways_out_that_mean_something_else_have_one_place(rule, text, count):
    found = changes(rule, text)
    assert len(found) == count
    assert len({one.place for one in found}) == 1
    assert count == 1 or found[0].place >= 0
