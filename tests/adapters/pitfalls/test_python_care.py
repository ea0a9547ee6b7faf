"""What the rules for Python leave alone, and the ways out that they choose by what is known."""

import ast
import time

import pytest

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls import pitfalls
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span


def found(text, lines=None):
    span = lines or Span(0, len(split_lines(text)))
    return pitfalls(Parsing().parse("a.py", text), text, span)


def changed(text, lines=None):
    return [one.applied(text) for one in found(text, lines)]


def has(text, part):
    return any(part in one for one in changed(text))


@pytest.mark.parametrize(
    "head",
    [
        "def f(count, newest_first=True):\n",
        "def f(count, newest_first: bool):\n",
        "def f(count, is_newest, newest_first=False):\n    a = newest_first\n",
        "def f(count, newest_first):\n    a = sorted(count, reverse=newest_first)\n",
        "def f(count, newest_first):\n    a = newest_first is True\n",
        "def f(count):\n    newest_first = count > 1\n",
    ],
)
def test_what_is_yes_or_no_is_never_missing(head):
    text = f"{head}    if newest_first:\n        return 1\n    if count:\n        return 2\n"
    assert not has(text, "if newest_first is not None")
    assert has(text, "if count is not None")


def test_an_attribute_that_is_yes_or_no_is_never_missing():
    text = (
        "class A:\n    def __init__(self, last: bool, n):\n        self.last = last\n"
        "        self.n = n\n        self.done = False\n\n    def f(self):\n"
        "        if self.last or self.done:\n            pass\n        if self.last:\n"
        "            pass\n        if self.done:\n            pass\n        if self.n:\n"
        "            pass\n"
    )
    got = changed(text, Span(6, 15))
    assert any("if self.n is not None" in one for one in got)
    assert not any("last is not" in one or "done is not" in one for one in got)


@pytest.mark.parametrize("name", ["is_new", "has_more", "with_tax", "self._is_new"])
def test_a_name_that_asks_is_never_missing(name):
    assert changed(f"def f({name.partition('.')[0]}):\n    if {name}:\n        return 1\n") == []


def test_the_condition_of_a_loop_that_counts_down_stays():
    assert not has("def f(n):\n    while n:\n        n -= 1\n", "is not None")


@pytest.mark.parametrize(
    ("before", "texts"),
    [
        ("def f(r):\n    return sum(r) // len(r)\n", ["-(-sum", "round(sum"]),
        ("def f(a):\n    return re.match(P, a)\n", ["fullmatch", "search"]),
        ("def f(xs):\n    return max(xs)\n", ["default=None", "default=0"]),
        ("def f(xs):\n    return sorted(xs)\n", ["key=int", "key=str.lower"]),
        ("def f(n):\n    return range(n)\n", ["range(n + 1)", "range(1, n + 1)"]),
        (
            'def f(a):\n    k, v = a.split(" ")\n    return k\n',
            [".split()", '.split(" ", 1)', '.rsplit(" ", 1)'],
        ),
    ],
)
def test_ways_out_that_exclude_one_another_have_one_place(before, texts):
    places = [
        next(one.place for one in found(before) if text in one.applied(before)) for text in texts
    ]
    assert len(set(places)) == 1
    assert places[0] >= 0


@pytest.mark.parametrize(
    ("said", "offered", "left_out"),
    [
        ("The rounded mean.", "round(sum(r) / len(r))", "-(-sum(r) // len(r))"),
        ("The mean, rounded up.", "-(-sum(r) // len(r))", "round(sum(r) / len(r))"),
    ],
)
def test_how_is_rounded_is_what_the_docstring_says(said, offered, left_out):
    text = f'def f(r):\n    """{said}"""\n    return sum(r) // len(r)\n'
    assert has(text, offered)
    assert not has(text, left_out)


CLASS = "class A:\n    items = []\n\n    def add(self, x):\n        self.items.append(x)\n"


@pytest.mark.parametrize(
    "text",
    [
        CLASS.replace("A:", "A(Base):"),
        CLASS.replace("A:", "A(metaclass=M):"),
        CLASS + "\n    @inject\n    def __init__(self):\n        pass\n",
        CLASS + "\n    @classmethod\n    def f(cls):\n        return cls.items\n",
        CLASS + "\n\nprint(A.items)\n",
        CLASS + "\n\nclass B(A):\n    pass\n",
        CLASS + "\n    def __init__(self):\n        self.items = [1]\n",
        CLASS.replace("items = []", "items: ClassVar[list] = []"),
        CLASS.replace("items = []", "items = []\n    others = items"),
        CLASS.replace("items = []", "one = 1\n    items = [one]"),
    ],
)
def test_a_list_of_the_class_stays_where_it_may_be_meant(text):
    assert not has(text, "self.items = []")
    assert not has(text, "self.items = [one]")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CLASS.replace("A:", "A(object):"), "def __init__(self):\n        self.items = []\n"),
        (
            CLASS.replace("items = []", "items: list[int] = []  # all"),
            "def __init__(self):\n        self.items: list[int] = []  # all\n",
        ),
        (
            CLASS.replace("    def", "    # Adds one.\n    def"),
            "self.items = []\n\n    # Adds one.\n    def add",
        ),
    ],
)
def test_a_list_of_the_class_goes_into_its_init(before, after):
    assert has(before, after)


@pytest.mark.parametrize(
    ("cut", "after"),
    [
        ("xs[-n:]", "xs[max(0, len(xs) - n):]"),
        ("xs[-self.n:]", "xs[max(0, len(xs) - self.n):]"),
        ("xs[-len(y):]", "xs[max(0, len(xs) - len(y)):]"),
        ("xs[-3:]", None),
        ("xs[:-n]", "xs[: max(0, len(xs) - n)]"),
        ("xs[:-len(y)]", "xs[: max(0, len(xs) - len(y))]"),
        ("xs[:-1]", None),
        ("g(xs)[:-n]", None),
        ("xs[-n::2]", None),
        ("xs[-n // 2:]", None),
        ("g(xs)[-n:]", None),
    ],
)
def test_the_last_ones_are_cut_off_where_there_are_fewer_too(cut, after):
    text = f"def f(self, xs, n, y):\n    return {cut}\n"
    got = [one.rpartition("return ")[2].strip() for one in changed(text)]
    assert [one for one in got if "len(xs)" in one] == ([after] if after else [])


def test_only_lines_that_are_meant_change_their_order():
    text = "a = 1\nb = a\n\n\ndef f(x):\n    return x\n\n\nf(a)\na.g(b)\n"
    assert changed(text, Span(4, 6)) == []
    assert any("b = a\na = 1\n" in one for one in changed(text, Span(0, 2)))


@pytest.mark.parametrize(
    ("type_", "after"),
    [
        ('"list[int]"', '"list[int] | None"'),
        ("'list[int]'", "'list[int] | None'"),
        ("list['int']", "list['int'] | None"),
        ("list[int | None]", "list[int | None] | None"),
        ("list[int] | None", "list[int] | None"),
        ("None | list", "None | list"),
        ("Optional[list]", "Optional[list]"),
        ("typing.Optional[list]", "typing.Optional[list]"),
        ("list[Optional[int]]", "list[Optional[int]] | None"),
        ("Union[list, None]", "Union[list, None]"),
        ('"list[int] | None"', '"list[int] | None"'),
    ],
)
def test_a_type_allows_none_once(type_, after):
    assert has(f"def f(x: {type_} = []):\n    return x\n", f"def f(x: {after} = None):\n")


def test_a_while_is_not_continued_before_its_step():
    text = "def f(n):\n    while n < 9:\n        if n:\n            return\n        n += 1\n"
    assert not has(text, "continue")
    assert has(text.replace("while n < 9", "for n in x"), "continue")


def test_what_follows_a_loop_is_not_continued():
    text = "def f(xs):\n    for x in xs:\n        x()\n    else:\n        return\n"
    assert not has(text, "continue")


@pytest.mark.parametrize("part", ["d[1, 2]", "d[1:2]", "d[1:2, 3]"])
def test_what_is_no_key_is_not_looked_up(part):
    text = f"def f(d):\n    {part} += 1\n    {part}.append(1)\n    return {part}\n"
    assert not has(text, "get(")
    assert not has(text, "setdefault(")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("n = 0\n\n\ndef f(n):\n    n += 1\n", "global"),
        ("class A:\n    n = 0\n\n\ndef f():\n    n += 1\n", "global"),
        (
            "def f():\n    n = 0\n\n    def g():\n        for n in x:\n            n += 1\n",
            "nonlocal",
        ),
    ],
)
def test_a_name_that_the_function_binds_stays_its_own(text, word):
    assert not has(text, word)


def test_a_long_file_costs_little():
    body = "".join(
        f"class C{n}:\n    rows = []\n\n    def f(self, x, y):\n        n = 0\n"
        "        for i in range(3):\n            if x[i] == y.q(i) and i > n:\n"
        "                n = n * 0.5 + x[i] - self.a[i]\n        self.put([k for k in y], w=n)\n"
        "        return n == self.b(n, x) + 1\n\n"
        for n in range(450)
    )
    parsed = Parsing().parse("a.py", body)
    start = time.process_time()
    got = pitfalls(parsed, body, Span(2486, 2496))
    # Some 50 ms; when each class asked all nodes, it was a minute.
    assert time.process_time() - start < 1
    for one in got:
        ast.parse(one.applied(body))
