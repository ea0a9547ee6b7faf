"""Traps of Python, and the ways out of them."""

import ast

import pytest

from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span


def changed(text, lines=None, path="a.py"):
    span = lines or Span(0, len(split_lines(text)))
    return [one.applied(text) for one in TreeSitterSyntax().pitfalls(path, text, span)]


MENDED = {
    "a default for all calls": (
        "def add(x, to=[]):\n    to.append(x)\n    return to\n",
        "def add(x, to=None):\n    if to is None:\n        to = []\n"
        "    to.append(x)\n    return to\n",
    ),
    "a default with a type": (
        'def add(to: list[int] = []):\n    """Add."""\n    return to\n',
        'def add(to: list[int] | None = None):\n    """Add."""\n    if to is None:\n'
        "        to = []\n    return to\n",
    ),
    "a default that was worked out once": (
        "def log(text, now=time.time()):\n    return now, text\n",
        "def log(text, now=None):\n    if now is None:\n        now = time.time()\n"
        "    return now, text\n",
    ),
    "a function made in a loop": (
        "def fill(menu):\n    for name in names:\n        menu.add(lambda: show(name))\n",
        "def fill(menu):\n    for name in names:\n        menu.add(lambda name=name: show(name))\n",
    ),
    "functions made in a comprehension": (
        "def all_of(xs):\n    return [lambda y: x * y for x in xs]\n",
        "def all_of(xs):\n    return [lambda y, x=x: x * y for x in xs]\n",
    ),
    "rows that are one": (
        "def grid(w, h):\n    return [[0] * w] * h\n",
        "def grid(w, h):\n    return [[0] * w for _ in range(h)]\n",
    ),
    "values that are one": (
        "def groups(keys):\n    return dict.fromkeys(keys, [])\n",
        "def groups(keys):\n    return {key: [] for key in keys}\n",
    ),
    "what sort gives": (
        "def f(xs):\n    ys = xs.sort(key=len)\n    return ys\n",
        "def f(xs):\n    ys = sorted(xs, key=len)\n    return ys\n",
    ),
    "no await": (
        "async def a():\n    return {}\n\n\nasync def b():\n    return a().get(1)\n",
        "async def a():\n    return {}\n\n\nasync def b():\n    return (await a()).get(1)\n",
    ),
    "no return": (
        "def f(x):\n    x += 1\n    double(x)\n",
        "def f(x):\n    x += 1\n    return double(x)\n",
    ),
    "no self": (
        "class A:\n    def __init__(self):\n        self.count = 0\n\n    def add(self):\n"
        "        count = 1\n",
        "class A:\n    def __init__(self):\n        self.count = 0\n\n    def add(self):\n"
        "        self.count = 1\n",
    ),
    "a variable of the function around": (
        "def f():\n    n = 0\n\n    def g():\n        n += 1\n    return g\n",
        "def f():\n    n = 0\n\n    def g():\n        nonlocal n\n        n += 1\n    return g\n",
    ),
    "a variable of the module": (
        "n = 0\n\n\ndef g():\n    n += 1\n",
        "n = 0\n\n\ndef g():\n    global n\n    n += 1\n",
    ),
    "a list of the class": (
        "class A:\n    items = []\n\n    def add(self, x):\n        self.items.append(x)\n",
        "class A:\n\n    def __init__(self):\n        self.items = []\n\n    def add(self, x):\n"
        "        self.items.append(x)\n",
    ),
    "a list that changes while it is walked": (
        "def f(xs):\n    for x in xs:\n        if x:\n            xs.remove(x)\n",
        "def f(xs):\n    for x in list(xs):\n        if x:\n            xs.remove(x)\n",
    ),
    "a dictionary that changes while it is walked": (
        "def f(self):\n    for k, v in self.d.items():\n        del self.d[k]\n",
        "def f(self):\n    for k, v in list(self.d.items()):\n        del self.d[k]\n",
    ),
    "the caller's list": (
        "def f(xs):\n    xs.sort(reverse=True)\n    return xs[0]\n",
        "def f(xs):\n    xs = sorted(xs, reverse=True)\n    return xs[0]\n",
    ),
    "the caller's dictionary": (
        "def f(d):\n    d.update(a=1)\n    return d\n",
        "def f(d):\n    d = dict(d)\n    d.update(a=1)\n    return d\n",
    ),
    "walked twice": (
        "def f(xs):\n    n = sum(x for x in xs)\n    return n, max(xs)\n",
        "def f(xs):\n    xs = list(xs)\n    n = sum(x for x in xs)\n    return n, max(xs)\n",
    ),
    "a generator that is walked twice": (
        "def f(rows):\n    xs = (r[0] for r in rows)\n    return sum(xs), max(xs)\n",
        "def f(rows):\n    xs = [r[0] for r in rows]\n    return sum(xs), max(xs)\n",
    ),
    "one side in small letters": (
        "def f(a, b):\n    return a.lower() == b\n",
        "def f(a, b):\n    return a.lower() == b.lower()\n",
    ),
    "letters taken away": (
        'def f(a):\n    return a.lstrip("www.")\n',
        'def f(a):\n    return a.removeprefix("www.")\n',
    ),
    "seconds beside the days": (
        "def f(a, b):\n    return (a - b).seconds > 5\n",
        "def f(a, b):\n    return (a - b).total_seconds() > 5\n",
    ),
    "whole minutes beside the days": (
        "def f(span):\n    return span.seconds // 60\n",
        "def f(span):\n    return int(span.total_seconds()) // 60\n",
    ),
    "minutes and seconds beside the days": (
        "def f(span):\n    return divmod(span.seconds, 60)\n",
        "def f(span):\n    return divmod(int(span.total_seconds()), 60)\n",
    ),
    "found at 0": (
        "def f(a, b):\n    if a.find(b):\n        return 1\n",
        "def f(a, b):\n    if b in a:\n        return 1\n",
    ),
    "bytes with a sign": (
        'def f(a):\n    return int.from_bytes(a, "big")\n',
        'def f(a):\n    return int.from_bytes(a, "big", signed=True)\n',
    ),
    "the same object": (
        "def f(a, b):\n    return a is b\n",
        "def f(a, b):\n    return a == b\n",
    ),
    "0 is not missing": (
        "def f(a):\n    if not a:\n        return 1\n    return a or 2\n",
        "def f(a):\n    if a is None:\n        return 1\n    return 2 if a is None else a\n",
    ),
    "0 of a dictionary is not missing": (
        "def f(a):\n    return a.get(1) or 2\n",
        "def f(a):\n    return a.get(1, 2)\n",
    ),
    "a count that has not begun": (
        "def f(d, k):\n    d[k] += 1\n",
        "def f(d, k):\n    d[k] = d.get(k, 0) + 1\n",
    ),
    "a list that has not begun": (
        "def f(d, k):\n    d[k].append(1)\n",
        "def f(d, k):\n    d.setdefault(k, []).append(1)\n",
    ),
    "more blanks": (
        'def f(a):\n    return a.split(" ")\n',
        "def f(a):\n    return a.split()\n",
    ),
    "more separators": (
        'def f(a):\n    k, v = a.split("=")\n    return k, v\n',
        'def f(a):\n    k, v = a.split("=", 1)\n    return k, v\n',
    ),
    "a part of a path": (
        "def f(path, prefix):\n    return path.startswith(prefix)\n",
        "def f(path, prefix):\n"
        '    return path == prefix or path.startswith(prefix.rstrip("/") + "/")\n',
    ),
    "the whole text": (
        "def f(a):\n    return re.match(P, a)\n",
        "def f(a):\n    return re.fullmatch(P, a)\n",
    ),
    "one more page": (
        "def f(a, b):\n    return a // b + 1\n",
        "def f(a, b):\n    return -(-a // b)\n",
    ),
    "cut, not rounded": (
        "def f(a):\n    return int(a * 100)\n",
        "def f(a):\n    return round(a * 100)\n",
    ),
    "the first decides": (
        "def f(xs):\n    for x in xs:\n        if x:\n            return True\n        else:\n"
        "            return False\n",
        "def f(xs):\n    for x in xs:\n        if x:\n            return True\n    return False\n",
    ),
    "one ends all": (
        "def f(xs):\n    for x in xs:\n        if not x:\n            return\n        use(x)\n",
        "def f(xs):\n    for x in xs:\n        if not x:\n            continue\n        use(x)\n",
    ),
    "the largest of none": (
        "def f(xs):\n    return max(xs)\n",
        "def f(xs):\n    return max(xs, default=None)\n",
    ),
    "the first of none": (
        "def f(xs):\n    return next(x for x in xs if x)\n",
        "def f(xs):\n    return next((x for x in xs if x), None)\n",
    ),
    "the largest of a generator": (
        "def f(xs):\n    return max(x[0] for x in xs)\n",
        "def f(xs):\n    return max((x[0] for x in xs), default=None)\n",
    ),
    "sorted as text": (
        "def f(xs):\n    return sorted(xs)\n",
        "def f(xs):\n    return sorted(xs, key=int)\n",
    ),
    "the smallest first": (
        "def f(xs):\n    return sorted(xs, key=len)[:3]\n",
        "def f(xs):\n    return sorted(xs, key=len, reverse=True)[:3]\n",
    ),
    "the last none": (
        "def f(xs, n):\n    return xs[-n:]\n",
        "def f(xs, n):\n    return xs[max(0, len(xs) - n):]\n",
    ),
    "from the wrong end": (
        "def f(n):\n    for i in range(n):\n        move(i, i + 1)\n",
        "def f(n):\n    for i in reversed(range(n)):\n        move(i, i + 1)\n",
    ),
    "the own list given away": (
        "class A:\n    def f(self):\n        self.xs.append(1)\n        return self.xs\n",
        "class A:\n    def f(self):\n        self.xs.append(1)\n        return list(self.xs)\n",
    ),
    "a copy that shares": (
        "import os\n\n\ndef f(d):\n    return d.copy()\n",
        "import os\nimport copy\n\n\ndef f(d):\n    return copy.deepcopy(d)\n",
    ),
    "over midnight": (
        "def f(a, x, b):\n    return a <= x < b\n",
        "def f(a, x, b):\n    return a <= x < b if a <= b else a <= x or x < b\n",
    ),
    "in the other order": (
        "def f(a, b, x):\n    b.insert(0, x)\n    a.remove(x)\n",
        "def f(a, b, x):\n    a.remove(x)\n    b.insert(0, x)\n",
    ),
    "too deep": (
        "def f(xs):\n    n = 0\n    for x in xs:\n        n += x\n        return n\n",
        "def f(xs):\n    n = 0\n    for x in xs:\n        n += x\n    return n\n",
    ),
    "not deep enough": (
        "def f(xs):\n    for x in xs:\n        y = x\n    use(y)\n",
        "def f(xs):\n    for x in xs:\n        y = x\n        use(y)\n",
    ),
    "one of several": (
        "def f(x):\n    if x > 1:\n        y = 1\n    if x > 0:\n        y = 2\n    return y\n",
        "def f(x):\n    if x > 1:\n        y = 1\n    elif x > 0:\n        y = 2\n    return y\n",
    ),
    "the end left out": (
        "def f(n):\n    return range(1, n)\n",
        "def f(n):\n    return range(1, n + 1)\n",
    ),
    "nearly equal": (
        "def f(a):\n    return a * 0.1 == 0.3\n",
        "def f(a):\n    return abs(a * 0.1 - 0.3) < 1e-9\n",
    ),
}


@pytest.mark.parametrize("trap", MENDED)
def test_a_trap_is_mended(trap):
    before, after = MENDED[trap]
    assert after in changed(before)


@pytest.mark.parametrize("trap", MENDED)
def test_what_comes_out_is_python_with_any_line_ends(trap):
    before, after = MENDED[trap]
    for one in changed(before):
        ast.parse(one)
    windows = before.replace("\n", "\r\n")
    found = changed(windows)
    assert after.replace("\n", "\r\n") in found
    assert not any("\n" in one.replace("\r\n", "") for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "def f(a, b):\n    return a + b\n",
        "def f(x, to=()):\n    return x, to\n",
        "def f(xs):\n    return [x for x in xs if x > 1]\n",
        'def f(a):\n    return a.strip(" "), a.rstrip("/")\n',
        "def f(a):\n    return a is None\n",
        "def f(k):\n    return {}\n",
        "async def a():\n    return 1\n\n\nasync def b():\n    return await a()\n",
        '"""A text: x or 1, xs.sort()."""\n',
    ],
)
def test_where_there_is_no_trap_nothing_is_tried(text):
    assert changed(text) == []


def test_only_the_lines_that_are_meant_are_looked_at():
    text = "def f(a):\n    return a is 5\n\n\ndef g(a):\n    return a is 5\n"
    assert changed(text, Span(0, 2)) == [text.replace(" is ", " == ", 1)]


def test_letters_of_two_bytes_do_not_move_the_places():
    text = "def f(größe, ö):\n    return 'ü', größe is ö\n"
    assert changed(text) == [text.replace(" is ", " == ")]


def test_defaults_are_mended_at_once_then_each_and_conditions_each():
    text = "def f(a, b):\n    c = a or 1\n    d = b or 2\n    return c, d\n"
    both, one, other, *_ = changed(text)
    assert "c = 1 if a is None else a\n    d = b or 2\n" in one
    assert "c = a or 1\n    d = 2 if b" in other
    assert "c = 1 if a is None else a\n    d = 2 if b is None else b\n" in both
    text = "def f(a, b):\n    if a:\n        return 1\n    return 3 if b else 4\n"
    one, other, both, *_ = changed(text)
    assert one == text.replace("if a:", "if a is not None:")
    assert other == text.replace("if b else", "if b is not None else")
    assert both == one.replace("if b else", "if b is not None else")


def test_a_language_without_such_knowledge_has_none():
    assert changed("a = b || c\n", path="a.rb") == []
    assert changed("a or b\n", path="a.txt") == []


def test_traps_come_by_rank_before_all_slips():
    text = "def f(a, b, to=[]):\n    a.sort()\n    b.reverse()\n    to.append(a is b)\n"
    found = TreeSitterSyntax().pitfalls("a.py", text, Span(0, 4))
    ranks = [one.rank for one in found]
    assert ranks == sorted(ranks)
    assert max(ranks) == -1
    assert len(set(ranks)) > 3


def test_ways_out_that_exclude_one_another_have_one_rank():
    text = "def f(a, b):\n    return a // b\n"
    found = TreeSitterSyntax().pitfalls("a.py", text, Span(0, 2))
    assert len(found) > 1
    assert len({one.rank for one in found}) == 1
