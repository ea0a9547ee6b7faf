"""What the rules for Python copy, and how."""

import pytest
from adapters.pitfalls.known_cases import offered


def changed(text):
    return offered("a.py", text)


def has(text, part):
    return any(part in one for one in changed(text))


CONTAINERS = [
    ("def all(self) -> dict:", "pass", "dict(self._values)"),
    ("def all(self) -> list[int]:", "pass", "list(self._values)"),
    ("def all(self) -> 'list[int] | None':", "pass", "copy.copy(self._values)"),
    ("def all(self):", "self._values = {}", "dict(self._values)"),
    ("def all(self):", "self._values: set[int] = make()", "set(self._values)"),
    ("def all(self):", "self._values = defaultdict(list)", "self._values.copy()"),
    ("def all(self):", "self._values.append(1)", "list(self._values)"),
    ("def all(self):", "self._values.setdefault(1, 2)", "dict(self._values)"),
    ("def all(self):", "self._values.discard(1)", "set(self._values)"),
    ("def all(self):", "self._values[0] = 1", "copy.copy(self._values)"),
    ("def all(self):", "self._values = None or []", "list(self._values)"),
]


@pytest.mark.parametrize(("head", "line", "copied"), CONTAINERS)
def test_what_is_given_away_is_copied_as_what_it_is(head, line, copied):
    text = (
        f"class A:\n    def g(self):\n        {line}\n\n    {head}\n        return self._values\n"
    )
    got = [one for one in changed(text) if "return self._values\n" not in one]
    assert [one.rpartition("return ")[2].strip() for one in got] == [copied]
    assert all(("import copy" in one) == copied.startswith("copy.") for one in got)


def test_what_may_not_change_is_not_copied():
    text = (
        "class A:\n    def g(self, n):\n        self.n = n\n\n"
        "    def f(self):\n        return self.n\n"
    )
    assert not has(text, "(self.n)")
    assert not has(text, "= list(n)")
    assert not has(text.replace("self, n)", "self, n: str)"), "(n)")


@pytest.mark.parametrize(
    ("given", "copied"),
    [
        ("values: dict[str, int]", "dict(values)"),
        ("values: 'Mapping[str, int]'", "dict(values)"),
        ("values: list[int]", "list(values)"),
        ("values: Optional[list[int]]", "copy.copy(values)"),
        ("values: list[int] | None = None", "copy.copy(values)"),
        ("values", "copy.copy(values)"),
    ],
)
def test_an_argument_is_copied_as_what_it_is(given, copied):
    kept = "class A:\n    def __init__(self, values):\n        self.v = values\n"
    kept = kept.replace("values)", f"{given})") + "        self.v.pop()\n"
    changes = f"def f({given}):\n    values[0] = 1\n"
    makers = ("list", "dict", "copy.copy")
    for text, name in ((kept, "self.v"), (changes, "values")):
        made = [one for one in makers if has(text, f"{name} = {one}(")]
        assert made == [copied.partition("(")[0]]


HEADS = {
    '"""A text."""\n\n\n': '"""A text."""\n\nimport copy\n\n\n',
    "from __future__ import annotations\n\n\n": (
        "from __future__ import annotations\nimport copy\n\n\n"
    ),
    "#!/bin/x\n": "#!/bin/x\n\nimport copy\n\n",
    "import copy\n\n\n": "import copy\n\n\n",
    "import os, copy\n": "import os, copy\n",
    "import copy as c\n": "import copy as c\nimport copy\n",
    "def g():\n    import os\n\n\n": "import copy\n\ndef g():\n    import os\n\n\n",
    "": "import copy\n\n",
}


@pytest.mark.parametrize("head", HEADS)
def test_an_import_stands_where_imports_do(head):
    text = f"{head}def f(d):\n    return d.copy()\n"
    assert HEADS[head] + "def f(d):\n    return copy.deepcopy(d)\n" in changed(text)
    kept = text.replace("return d.copy()", "d[0] = 1")
    assert HEADS[head] + "def f(d):\n    d = copy.copy(d)\n    d[0] = 1\n" in changed(kept)


@pytest.mark.parametrize(
    "head",
    ["from copy import copy\n", "import x as copy\n", "copy = 1\n", "def copy():\n    pass\n"],
)
def test_a_name_that_is_taken_is_not_imported(head):
    assert not has(f"{head}def f(d):\n    return d.copy()\n", "deepcopy")


@pytest.mark.parametrize(
    ("change", "copied"),
    [
        ("found[name] += notes", "list(notes)"),
        ("found[name].extend(notes)", "list(notes)"),
        ("found[name].update(notes)", "dict(notes)"),
        ("found[name].add(notes[0])", "set(notes)"),
    ],
)
def test_what_a_container_keeps_and_changes_later_is_a_copy(change, copied):
    text = (
        "def f(rows):\n    found = {}\n    for name, notes in rows:\n        if name in found:\n"
        f"            {change}\n        else:\n            found[name] = notes\n    return found\n"
    )
    assert has(text, f"found[name] = {copied}\n")
    # The key is there: nothing has to begin.
    assert not has(text, ".get(name, 0)")
    assert not has(text.replace("= notes\n", "= [*notes]\n"), f"found[name] = {copied}\n")
    made = text.replace("        if name", "        notes = list(notes)\n        if name")
    assert not has(made, f"found[name] = {copied}\n")


def test_a_key_that_is_not_asked_for_has_to_begin_somewhere():
    text = "def f(rows):\n    found = {}\n    for one in rows:\n        found[one] += 1\n"
    assert has(text, "found[one] = found.get(one, 0) + 1")
