"""Results that are kept by a key which does not tell them apart."""

import ast

import pytest
from adapters.pitfalls import known_cases
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls import python_caches, script_caches
from spark_desktop.adapters.syntax import TreeSitterSyntax


def python(text):
    return offered(python_caches.forgetful_key, text, "a.py")


def script(text, path="a.ts"):
    return offered(script_caches.forgetful_key, text, path)


PYTHON = {
    "asked for first": (
        "class A:\n    def __init__(self):\n        self._kept = {}\n\n"
        "    def icon(self, name, width, dark=False):\n"
        "        if name not in self._kept:\n"
        "            self._kept[name] = self._draw(name, width, dark)\n"
        "        return self._kept[name]\n",
        "    def icon(self, name, width, dark=False):\n"
        "        key = (name, width, dark)\n"
        "        if key not in self._kept:\n"
        "            self._kept[key] = self._draw(name, width, dark)\n"
        "        return self._kept[key]\n",
    ),
    "taken and caught": (
        "kept = {}\n\n\ndef icon(width, name):\n    try:\n        return kept[name]\n"
        "    except KeyError:\n        made = kept[name] = draw(name, width)\n"
        "        return made\n",
        "    key = (width, name)\n    try:\n        return kept[key]\n"
        "    except KeyError:\n        made = kept[key] = draw(name, width)\n",
    ),
    "got and made, a list": (
        "kept = {}\n\n\ndef total(name, rows: list[int]):\n    found = kept.get(name)\n"
        "    if found is None:\n        found = add(name, rows)\n        kept[name] = found\n"
        "    return found\n",
        "    key = (name, tuple(rows))\n    found = kept.get(key)\n"
        "    if found is None:\n        found = add(name, rows)\n        kept[key] = found\n",
    ),
    "by what decides": (
        "kept = {}\n\n\ndef load(path, small):\n    if path in kept:\n        return kept[path]\n"
        "    made = read(path)\n    if small:\n        made = shrink(made)\n"
        "    kept[path] = made\n    return made\n",
        "    key = (path, small)\n    if key in kept:\n        return kept[key]\n"
        "    made = read(path)\n    if small:\n        made = shrink(made)\n"
        "    kept[key] = made\n",
    ),
    "with a variable for the key": (
        "def memo(f):\n    kept = {}\n\n    def g(*args, **more):\n        key = args\n"
        "        if key not in kept:\n            kept[key] = f(*args, **more)\n"
        "        return kept[key]\n\n    return g\n",
        "        key = (args, tuple(sorted(more.items())))\n        if key not in kept:\n",
    ),
    "in one place": (
        "class A:\n    def f(self, a, b):\n"
        "        return self.kept.setdefault(a.lower(), make(a, b))\n",
        "        return self.kept.setdefault((a.lower(), b), make(a, b))\n",
    ),
    "handed on": (
        "def ways(n, left, memo={}):\n    if n in memo:\n        return memo[n]\n"
        "    memo[n] = ways(n - 1, left, memo) + ways(n - 1, left - n, memo)\n"
        "    return memo[n]\n",
        "    key = (n, left)\n    if key in memo:\n        return memo[key]\n"
        "    memo[key] = ways(n - 1, left, memo)",
    ),
    "two parts of three": (
        "kept = {}\n\n\ndef f(a, b, c):\n    if (a, c) not in kept:\n"
        "        kept[a, c] = g(a, b, c)\n    return kept[a, c]\n",
        "    key = (a, b, c)\n    if key not in kept:\n        kept[key] = g(a, b, c)\n",
    ),
    "with types": (
        "kept: dict[str, bytes] = {}\n\n\ndef f(name: str, width: int) -> bytes:\n"
        "    if name not in kept:\n        kept[name] = draw(name, width)\n"
        "    return kept[name]\n",
        "kept: dict[tuple[str, int], bytes] = {}\n",
    ),
}


@pytest.mark.parametrize("trap", PYTHON)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_takes_all_that_the_result_is_made_of(trap, end):
    before, after = (text.replace("\n", end) for text in PYTHON[trap])
    (found,) = python(before)
    assert after in found
    ast.parse(found)
    assert found in known_cases.offered("a.py", before)


CLASS = PYTHON["asked for first"][0]
DROPS = [
    (
        "def drop(self, name):\n        self._kept.pop(name, None)\n",
        "self._kept = {key: kept for key, kept in self._kept.items() if key[0] != name}\n",
    ),
    (
        "def drop(self, key):\n        if key in self._kept:\n            del self._kept[key]\n",
        "self._kept = {one: kept for one, kept in self._kept.items() if one[0] != key}\n",
    ),
    ("def drop(self, name):\n        return self._kept.pop(name)\n", "return self._kept.pop(name)"),
    ("def drop(self):\n        self._kept.clear()\n", "self._kept.clear()\n"),
]


@pytest.mark.parametrize(("method", "after"), DROPS)
def test_what_was_dropped_by_the_key_is_dropped_by_its_part(method, after):
    (found,) = python(f"{CLASS}\n    {method}")
    assert found.partition("def drop")[2].endswith(after) or after in found
    ast.parse(found)


def test_other_dictionaries_are_changed_and_not_made_anew():
    text = CLASS.replace("= {}", "= OrderedDict()")
    (found,) = python(f"{text}\n    def drop(self, name):\n        del self._kept[name]\n")
    assert found.endswith(
        "        for key in [key for key in self._kept if key[0] == name]:\n"
        "            del self._kept[key]\n"
    )


QUIET_PYTHON = [
    # All parameters are in the key, or the result is not made of them.
    CLASS.replace("name, width, dark)", "name)"),
    "def f(a, b):\n    if (a, b) not in kept:\n        kept[a, b] = g(a, b)\n"
    "    return kept[a, b]\n",
    "@lru_cache\ndef f(a, b):\n    return g(a, b)\n",
    # A register, in which others look, too.
    CLASS + "\n    def width(self, name):\n        return self._kept[name].width\n",
    CLASS + "\n    def names(self):\n        return list(self._kept)\n",
    "def f(a, b):\n    if a in kept:\n        raise ValueError(a)\n    kept[a] = Item(a, b)\n",
    "def f(a, b):\n    if a not in kept:\n        kept[a] = b\n    return kept[a]\n",
    # Sums and lists.
    "def f(a, b):\n    kept[a] = kept.get(a, 0) + b\n    return kept[a]\n",
    "def f(a, b):\n    n = kept.get(a)\n    if n:\n        n += b\n        kept[a] = n\n"
    "    return n\n",
    "def f(a, b):\n    if a in kept:\n        kept[a] += b\n    else:\n        kept[a] = g(b)\n"
    "    return kept[a]\n",
    "def f(a, b):\n    if a not in kept:\n        kept[a] = [g(b)]\n    kept[a].append(b)\n"
    "    return kept[a]\n",
    # It is asked for its age.
    "def f(a, now):\n    got = kept.get(a)\n    if got is None or got.end < now:\n"
    "        got = kept[a] = g(a, now)\n    return got\n",
    # How a result is made, not of what.
    "def f(a, make):\n    if a not in kept:\n        kept[a] = make(a)\n    return kept[a]\n",
    # Nothing is found again in what ends with the call.
    "def f(a, b):\n    kept = {}\n    if a not in kept:\n        kept[a] = g(a, b)\n"
    "    return kept[a]\n",
    # The parameter is another one by then.
    "def f(a, b):\n    if a not in kept:\n        b = b or 1\n        kept[a] = g(a, b)\n"
    "    return kept[a]\n",
    "kept = {1: 2}\n\n\ndef f(a, b):\n    if a not in kept:\n        kept[a] = g(a, b)\n"
    "    return kept[a]\n",
]


@pytest.mark.parametrize("text", QUIET_PYTHON)
def test_python_that_keeps_no_results_or_tells_them_apart_stays(text):
    assert python(text) == []


TYPED = (
    "class A {\n  private kept = new Map<string, X>();\n\n"
    "  icon(id: string, width: number): X {\n    if (!this.kept.has(id)) {\n"
    "      this.kept.set(id, this.draw(id, width));\n    }\n"
    "    return this.kept.get(id)!;\n  }\n}\n"
)
KEYED = TYPED.replace("(id", "(key").replace("icon(key", "icon(id").replace("draw(key", "draw(id")
SCRIPT = {
    "a text and a number": (
        TYPED,
        KEYED.replace("X {\n", "X {\n    const key = `${id}:${width}`;\n", 1),
    ),
    "two texts": (
        TYPED.replace("width: number", "kind: string").replace(", width", ", kind"),
        "    const key = JSON.stringify([id, kind]);\n    if (!this.kept.has(key)) {\n",
    ),
    "keys that were numbers": (
        TYPED.replace("<string,", "<number,").replace("id: string", "id: number"),
        "  private kept = new Map<string, X>();\n",
    ),
    "no types": (
        "const kept = new Map();\n\nexport const f = async (a, { b }) => {\n"
        "  const found = kept.get(a);\n  if (found) return found;\n"
        "  const made = await g(a, b);\n  kept.set(a, made);\n  return made;\n};\n",
        "  const key = JSON.stringify([a, b]);\n  const found = kept.get(key);\n",
    ),
    "a variable for the key": (
        "const kept = new Map()\n\nfunction f(a, b) {\n  const key = a.trim()\n"
        "  if (!kept.has(key)) kept.set(key, g(a, b))\n  return kept.get(key)\n}\n",
        "  const key = JSON.stringify([a.trim(), b])\n  if (!kept.has(key)) kept",
    ),
    "dropped elsewhere": (
        f"{TYPED[:-2]}\n  drop(id: string) {{\n    this.kept.delete(id);\n  }}\n}}\n",
        "    for (const key of this.kept.keys()) {\n"
        "      if (JSON.parse(key)[0] === id) this.kept.delete(key);\n    }\n",
    ),
}


@pytest.mark.parametrize("trap", SCRIPT)
def test_a_key_of_a_map_takes_all_that_the_result_is_made_of(trap):
    before, after = SCRIPT[trap]
    (found,) = script(before)
    assert after in found
    assert not TreeSitterSyntax().errors("a.ts", found)


MAP = SCRIPT["no types"][0]
QUIET_SCRIPT = [
    MAP.replace("g(a, b)", "g(a)"),
    MAP.replace("new Map()", "new WeakMap()"),
    MAP.replace("new Map()", "new Map(known)"),
    MAP.replace("const kept = new Map();\n\n", ""),
    MAP + "export const has = (a) => kept.has(a);\n",
    MAP.replace("return made", "return true").replace("return found", "return false"),
    MAP.replace("  const made", "  found.push(b);\n  const made"),
    MAP.replace("await g(a, b)", "b(a)"),
    MAP.replace("found) return", "found && found.end > b) return"),
    MAP.replace("const made = await g(a, b)", "const made = (kept.get(a) ?? 0) + g(b)"),
    TYPED.replace("width: number", "width: Map<string, string>"),
]


@pytest.mark.parametrize("text", QUIET_SCRIPT)
def test_a_map_that_keeps_no_results_or_tells_them_apart_stays(text):
    assert script(text) == []


@pytest.mark.parametrize("before", [CLASS, PYTHON["with a variable for the key"][0]])
def test_python_that_is_cut_off_anywhere_does_no_harm(before):
    for end in range(len(before)):
        python(before[:end])
        python(before[end:])


@pytest.mark.parametrize("before", [SCRIPT["dropped elsewhere"][0], MAP])
def test_script_that_is_cut_off_anywhere_does_no_harm(before):
    for end in range(len(before)):
        script(before[:end])
        script(before[end:])
