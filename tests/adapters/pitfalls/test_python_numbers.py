"""Texts that stand where numbers are meant: made numbers, and left where they may be none."""

import pytest
from adapters.pitfalls.known_cases import both
from adapters.pitfalls.script_rules import offered

from spark_desktop.adapters.pitfalls.python_numbers import text_for_number

PLANT = """
from dataclasses import dataclass


@dataclass
class Plant:
    name: str
    height: float
    leaves: int = 0


"""
WRONG = {
    "what is made of the parts of a line": PLANT
    + """
def read(line):
    name, height, leaves = line.split(",")
    return Plant(name.strip(), «height.strip()→float(height)», «leaves→int(leaves)»)
""",
    "by its names": PLANT
    + """
def read(line):
    parts = line.split()
    return Plant(name=parts[0], height=«parts[1]→float(parts[1])»)
""",
    "the rows of a table": PLANT
    + """
def read(file):
    rows = csv.DictReader(file)
    return [Plant(row["name"], «row["height"]→float(row["height"])») for row in rows]
""",
    "a method of the class": """
class Plant:
    def __init__(self, name: str, height: int):
        self.name = name
        self.height = height

    @classmethod
    def read(cls, line):
        name, _, height = line.partition("=")
        return cls(name, «height→int(height)»)
""",
    "what a function says that it gives": """
def age(match: re.Match) -> int:
    return «match.group("age")→int(match.group("age"))»
""",
    "a list of them": """
def ages(line: str) -> list[int]:
    return «line.split(",")→[int(part) for part in line.split(",")]»
""",
    "a sum": """
def total(lines):
    total = 0
    for line in lines:
        name, amount = line.split()
        total += «amount→int(amount)»
    return total
""",
    "compared with a number": """
def is_late(clock):
    hours, colon, minutes = clock.partition(":")
    return «hours→int(hours)» >= 22
""",
}
RIGHT = {
    "a text": PLANT + "def f(line):\n    name, rest = line.split()\n    return Plant(name, 1.5)\n",
    "already a number": PLANT
    + "def f(line):\n    name, size = line.split()\n    size = float(size)\n"
    "    return Plant(name, size)\n",
    "what is given": PLANT + "def f(name, size):\n    return Plant(name, size)\n",
    "a base with fields of its own": "@dataclass\nclass Tree(Plant):\n    rings: int\n\n\n"
    "def f(line):\n    return Tree(line.strip())\n",
    "numbers that are parted": "def f(x) -> int:\n    a, b = divmod(x, 3)\n    return a\n",
    "may be None": "def f(line) -> int | None:\n    return line.strip()\n",
    "added to a text": 'def f(line):\n    text = ""\n    for one in line.split():\n'
    "        text += one\n    return text\n",
    "the rest": "def f(line) -> int:\n    a, *b = line.split()\n    return b\n",
    "pairs of what is walked": "def f(xs) -> int:\n    for a, b in xs.split():\n        return a\n",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_number_is_made_of_the_text(name):
    before, after = both(WRONG[name])
    assert offered(text_for_number, before, "a.py")[0] == after


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_changed(name):
    assert offered(text_for_number, RIGHT[name], "a.py") == []
