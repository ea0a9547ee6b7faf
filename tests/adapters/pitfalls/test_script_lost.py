"""Traps of JavaScript and TypeScript by which something is lost: an object, a key, a reset."""

import pytest
from adapters.pitfalls.script_rules import changes, exchanged, offered

from spark_desktop.adapters.pitfalls import (
    script_cleanup,
    script_copies,
    script_handed,
    script_keys,
    script_splits,
)

_BELL = (
    "class Bell {\n  n = 0;\n  ring() {\n    this.n++;\n  }\n  say(x) {\n    this.n = x;\n  }\n}\n"
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
    (
        script_handed.handed_over_alone,
        f"{_BELL}const bell = new Bell();\nsetTimeout(bell.ring, 5);\n",
        [("bell.ring,", "() => bell.ring(),")],
    ),
    (
        script_handed.handed_over_alone,
        f"{_BELL}const bell = new Bell();\nxs.forEach(bell.say);\n",
        [("bell.say", "(x) => bell.say(x)")],
    ),
    (
        script_handed.handed_over_alone,
        f"{_BELL}const bell = new Bell();\nrun(1, bell.say);\n",
        [("bell.say", "bell.say.bind(bell)")],
    ),
    (
        script_handed.handed_over_alone,
        f"{_BELL}const bell = new Bell();\ndoor.onopen = bell.ring;\n",
        [("bell.ring", "() => bell.ring()")],
    ),
    (
        script_handed.handed_over_alone,
        "class A {\n  n = 1;\n  go() {\n    return this.n;\n  }\n"
        "  all() {\n    return { go: this.go };\n  }\n}\n",
        [("this.go", "() => this.go()")],
    ),
    (
        script_handed.handed_over_alone,
        'import { Bell } from "./bell";\n'
        "function f(clock) {\n  const bell = new Bell();\n  clock.at(6, bell.ring);\n}\n",
        [("bell.ring", "bell.ring.bind(bell)")],
    ),
    (
        script_handed.handed_over_alone,
        "function f(xs: number[], store: Store) {\n  xs.forEach(store.put);\n}\n",
        [("store.put", "store.put.bind(store)")],
    ),
    (
        script_keys.glued_key,
        "function f(m: Map<string, number>, a: number, b: number) {\n"
        "  const key = `${a}${b}`;\n  return m.get(key);\n}\n",
        [("${a}${b}", "${a}:${b}")],
    ),
    (
        script_keys.glued_key,
        "const seen = new Set<string>();\nfunction f(a: string, b: string) {\n"
        "  if (seen.has(a + b)) return;\n  seen.add(a + b);\n}\n",
        [
            ("has(a + b)", "has(JSON.stringify([a, b]))"),
            ("add(a + b)", "add(JSON.stringify([a, b]))"),
        ],
    ),
    (
        script_keys.glued_key,
        "const kept = {};\nconst f = (a, b) => kept[`k${a}${b}`];\n",
        [("`k${a}${b}`", 'JSON.stringify(["k", a, b])')],
    ),
    (
        script_keys.glued_key,
        "const kept = {};\nconst f = (a: string, b: string) => kept[`${a}-${b}`];\n",
        [("`${a}-${b}`", "JSON.stringify([a, b])")],
    ),
    (
        script_keys.glued_key,
        'const seen = new Set();\nconst f = (a, b) => seen.has([a, b].join(""));\n',
        [('[a, b].join("")', "JSON.stringify([a, b])")],
    ),
    (
        script_keys.glued_key,
        "const seen = new Set();\nconst keyOf = (x: number, y: number) => `${x}${y}`;\n"
        "const f = (p) => seen.has(keyOf(p.x, p.y));\n",
        [("${x}${y}", "${x}:${y}")],
    ),
    (
        script_splits.cut_more_than_once,
        'function f(line) {\n  const [name, value] = line.split(":");\n  put(name, value);\n}\n',
        [('":"', r"/:([\s\S]*)/")],
    ),
    (
        script_splits.cut_more_than_once,
        'const [, value] = line.split(" = ", 2);\n',
        [('" = ", 2', r"/ = ([\s\S]*)/")],
    ),
    (
        script_splits.cut_more_than_once,
        'const value = line.split("|")[1];\n',
        [('"|"', r"/\|([\s\S]*)/")],
    ),
    (
        script_splits.cut_more_than_once,
        "const parts = line.split(/\\s*=\\s*/);\nput(parts[0], parts[1]);\n",
        [(r"/\s*=\s*/", r"/\s*=\s*([\s\S]*)/")],
    ),
    (
        script_splits.cut_more_than_once,
        'const all = new Map(text.split("\\n").map((l) => l.split("=") as [string, string]));\n',
        [('"="', r"/=([\s\S]*)/")],
    ),
    (
        script_splits.cut_more_than_once,
        'for (const [k, v] of lines.map((l) => l.split("="))) put(k, v);\n',
        [('"="', r"/=([\s\S]*)/")],
    ),
    (
        script_cleanup.left_set_by_error,
        "class Oven {\n  private hot = false;\n  bake(x) {\n    this.hot = true;\n"
        "    const y = x.rise();\n\n    this.hot = false;\n    return y;\n  }\n}\n",
        [
            (
                "    const y = x.rise();\n\n    this.hot = false;\n    return y;\n",
                "    try {\n      const y = x.rise();\n\n      return y;\n    } finally {\n"
                "      this.hot = false;\n    }\n",
            )
        ],
    ),
    (
        script_cleanup.left_set_by_error,
        "let depth = 0;\nfunction walk(x) {\n  depth++;\n  x.visit();\n"
        "  depth--;\n  log(depth);\n}\n",
        [
            (
                "  x.visit();\n  depth--;\n",
                "  try {\n    x.visit();\n  } finally {\n    depth--;\n  }\n",
            )
        ],
    ),
    (
        script_cleanup.left_set_by_error,
        "async function f(lock, x) {\n  await g();\n  lock.acquire();\n  await x.go();\n"
        "  lock.release();\n}\n",
        [
            (
                "  await x.go();\n  lock.release();\n",
                "  try {\n    await x.go();\n  } finally {\n    lock.release();\n  }\n",
            )
        ],
    ),
    (
        script_cleanup.left_set_by_error,
        "class A {\n  at(level, act) {\n    const old = this.level;\n    this.level = level;\n"
        "    act();\n    this.level = old;\n  }\n}\n",
        [
            (
                "    act();\n    this.level = old;\n",
                "    try {\n      act();\n    } finally {\n      this.level = old;\n    }\n",
            )
        ],
    ),
    (
        script_cleanup.left_set_by_error,
        "class A {\n  async f() {\n    this.busy = true;\n    try {\n      await go();\n"
        "      this.busy = false;\n    } catch (error) {\n      throw told(error);\n    }\n"
        "  }\n}\n",
        [
            ("      this.busy = false;\n", ""),
            (
                "told(error);\n    }\n",
                "told(error);\n    } finally {\n      this.busy = false;\n    }\n",
            ),
        ],
    ),
    (
        script_cleanup.left_set_by_error,
        "class A {\n  f() {\n    this.busy = true;\n    put(`a\n  b`);\n"
        "    this.busy = false;\n  }\n}\n",
        [
            (
                "    put(`a\n  b`);\n    this.busy = false;\n",
                "    try {\n      put(`a\n  b`);\n    } finally {\n"
                "      this.busy = false;\n    }\n",
            )
        ],
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
    (script_handed.handed_over_alone, f"{_BELL}const bell = new Bell();\nput(bell.n);\n"),
    (script_handed.handed_over_alone, f"{_BELL}const bell = new Bell();\nput(bell.ring, bell);\n"),
    (
        script_handed.handed_over_alone,
        f"{_BELL}const b = new Bell();\nx.on(1, b.ring);\nx.off(1, b.ring);\n",
    ),
    (script_handed.handed_over_alone, "xs.map(Math.floor);\nxs.forEach(console.log);\n"),
    (
        script_handed.handed_over_alone,
        'import { Point } from "./point";\nconst p = new Point();\nput(p.x);\nput(p.x + 1);\n',
    ),
    (script_handed.handed_over_alone, "function f(user: User) {\n  put(user.name);\n}\n"),
    (
        script_handed.handed_over_alone,
        "class A {\n  free() {\n    return 1;\n  }\n}\nconst a = new A();\nput(a.free);\n",
    ),
    (script_keys.glued_key, "const f = (a, b) => `${a}${b}`;\n"),
    (script_keys.glued_key, "const f = (m, a: number, b: number) => m.get(`${a}:${b}`);\n"),
    (
        script_keys.glued_key,
        "function f(m, a, b) {\n  const key = `${a}${b}`;\n  log(key);\n  return m.get(key);\n}\n",
    ),
    (
        script_keys.glued_key,
        "const m = new Map();\nconst f = (a, b) => m.set(`${a}${b}`, 1);\n"
        "const g = () => [...m.keys()];\n",
    ),
    (script_keys.glued_key, "const f = (xs, a, b) => xs[a + b];\n"),
    (script_splits.cut_more_than_once, 'const [a, b, c] = line.split(":");\n'),
    (script_splits.cut_more_than_once, 'const [a, ...rest] = line.split(":");\n'),
    (script_splits.cut_more_than_once, 'const [a] = line.split(":");\nf(line.split(",")[0]);\n'),
    (script_splits.cut_more_than_once, 'const xs = s.split(":");\nf(xs[0], xs[1], xs.length);\n'),
    (script_splits.cut_more_than_once, "const [a, b] = line.split(/(:)/);\nf(line.split());\n"),
    (
        script_cleanup.left_set_by_error,
        "class A {\n  f() {\n    this.busy = true;\n    try {\n      go();\n    } finally {\n"
        "      this.busy = false;\n    }\n  }\n}\n",
    ),
    (
        script_cleanup.left_set_by_error,
        "function f() {\n  let isOpen = true;\n  go();\n  isOpen = false;\n  return isOpen;\n}\n",
    ),
    (
        script_cleanup.left_set_by_error,
        "class A {\n  f() {\n    this.n = 1;\n    go();\n    this.n = 2;\n  }\n}\n",
    ),
    (
        script_cleanup.left_set_by_error,
        "class A {\n  f() {\n    this.busy = true;\n    const y = go();\n"
        "    this.busy = false;\n    return put(y);\n  }\n}\n",
    ),
    (
        script_cleanup.left_set_by_error,
        "class A {\n  f() {\n    this.busy = true;\n    this.n = 3;\n"
        "    this.busy = false;\n  }\n}\n",
    ),
    (
        script_cleanup.left_set_by_error,
        "function f() {\n  const xs = [];\n  xs.push(g());\n  h();\n  xs.pop();\n}\n",
    ),
]


@pytest.mark.parametrize(("rule", "text"), QUIET)
def test_what_is_no_trap_is_left_alone(rule, text):
    assert offered(rule, text) == []


def test_a_text_may_be_parted_at_its_first_or_its_last_sign():
    found = changes(script_splits.cut_more_than_once, 'const [a, b] = line.split(".");\n')
    assert [one.text for one in found] == [r"/\.([\s\S]*)/", r"/\.(?![\s\S]*\.)/"]
    assert len({one.place for one in found}) == 1
    assert found[0].place >= 0
