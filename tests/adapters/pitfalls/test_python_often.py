"""Traps of Python that are met often, each marked with what is exchanged: «old→new»."""

import ast

import pytest

from tests.adapters.pitfalls.known_cases import both, offered

FIRST = {
    "a prefix and an ending by their names": """
HEAD = "img_"
TAIL = ".jpeg"


def stem(name):
    return name.«lstrip→removeprefix»(HEAD).«rstrip→removesuffix»(TAIL)
""",
    "names of others": """
def stem(name, prefix):
    return name.«lstrip→removeprefix»(prefix) + name.«rstrip→removesuffix»(parts.ENDING)
""",
    "one of two texts": """
def is_sweet(fruit):
    return fruit.kind «== "fig" or "date"→in ("fig", "date")»
""",
    "one of three numbers, beside other questions": """
def counts(day, is_open):
    if is_open or day «== 1 or 2 or -3→in (1, 2, -3)» or day > 9:
        return True
""",
    "none of two": """
def counts(day):
    return day «!= 1 or 2→not in (1, 2)»
""",
    "none of two, with and": """
def counts(day):
    return day «!= 1 and 2→not in (1, 2)»
""",
    "in brackets": """
def counts(day):
    return day «== ("mon" or "tue")→in ("mon", "tue")»
""",
    "in one of several": """
def counts(day):
    return day in («"mon" or "tue"→"mon", "tue"»)
""",
    "members of an enumeration": """
def is_warm(colour):
    return colour «== Colour.RED or Colour.ORANGE→in (Colour.RED, Colour.ORANGE)»
""",
    "two words in a text": """
def is_rude(text):
    return «"drat" or "dash"→"drat" in text or "dash"» in text
""",
    "two words in a text, the other way round": """
def is_rude(text):
    return "drat" in text and "dash"«→ in text»
""",
    "two beginnings": """
def is_web(url):
    return url.startswith(«"http:" or "https:"→("http:", "https:")»)
""",
    "a beginning and another": """
def is_web(url):
    return url.startswith(«"http:") or "https:"→("http:", "https:"))»
""",
    "two types": """
def is_number(x):
    return isinstance(x, «int or float→(int, float)»)
""",
    "two errors": """
def read(text):
    try:
        return int(text)
    except «ValueError or TypeError→(ValueError, TypeError)»:
        return None
""",
}
QUIET = {
    "a set of letters": """
CHARS = "xyz"


def f(a, chars):
    return a.strip("0123456789").strip(chars).strip("\\t\\n").strip(self.quotes)
""",
    "a flag": "def f(x):\n    return x == 3 or DEBUG\n",
    "a text for what is not so": 'def f(x):\n    return x == 3 or "not three"\n',
    "the old choice": 'def f(n):\n    return n != 1 and "some" or "one"\n',
    "two questions": 'def f(x):\n    return x == "a" or x == "b" or f("c")\n',
    "a variable": "def f(x, y, z):\n    return x == y or z.lower()\n",
}


@pytest.mark.parametrize("name", FIRST)
def test_what_is_meant_is_tried_first(name):
    before, after = both(FIRST[name])
    found = offered("a.py", before)
    assert found[:1] == [after]
    for one in found:
        ast.parse(one)


@pytest.mark.parametrize("name", QUIET)
def test_what_is_meant_as_it_is_stays(name):
    assert offered("a.py", QUIET[name].lstrip("\n")) == []
