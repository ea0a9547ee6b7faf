"""A save after which a function gives an object that has what it gave before as a field."""

import pytest
from following import asked

BEFORE = """def weigh(line):
    words = line.split()
    return int(words[1]) / 10
"""
CLASS = """from dataclasses import dataclass
from typing import NamedTuple


{head}
    {fields}


def weigh(line):
    words = line.split()
    return {made}
"""
RECORDS = {
    "a dataclass": ("@dataclass\nclass Load:", "name: str\n    kilos: float"),
    "a frozen one": ("@dataclass(frozen=True)\nclass Load:", "name: str\n    kilos: float"),
    "a named tuple": ("class Load(NamedTuple):", "name: str\n    kilos: float"),
}


def now(kind="a dataclass", made="Load(words[0], int(words[1]) / 10)"):
    head, fields = RECORDS[kind]
    return CLASS.format(head=head, fields=fields, made=made)


@pytest.mark.parametrize("kind", RECORDS)
async def test_a_call_takes_the_field_that_has_the_value(project, kind):
    text = "from a import weigh\n\n\ndef f(lines):\n    return sum(weigh(x) for x in lines)\n"
    one = project({"a.py": BEFORE, "b.py": text})
    await one.save(a__py=now(kind))
    assert one.offered["b.py"] == text.replace("weigh(x)", "weigh(x).kilos")
    assert one.world.endpoint.requests == []


@pytest.mark.parametrize(
    ("made", "part"),
    [
        ("Load(kilos=int(words[1]) / 10, name=words[0])", ".kilos"),
        ('{"name": words[0], "kilos": int(words[1]) / 10}', "['kilos']"),
    ],
)
async def test_the_value_is_found_by_its_name(project, made, part):
    text = "import a\n\n\ndef f(line):\n    kilos = a.weigh(line)\n    return kilos + 1\n"
    one = project({"a.py": BEFORE, "b.py": text})
    await one.save(a__py=now(made=made))
    assert one.offered["b.py"] == text.replace("(line)\n    return", f"(line){part}\n    return")


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("list(map(weigh, lines))", "[weigh(one).kilos for one in lines]"),
        ("sum(map(weigh, lines))", "sum(weigh(one).kilos for one in lines)"),
        (
            "max(map(weigh, lines), default=0)",
            "max((weigh(one).kilos for one in lines), default=0)",
        ),
        ("list(map(weigh, one.split()))", "[weigh(each).kilos for each in one.split()]"),
        ("sorted(lines, key=weigh)", "sorted(lines, key=lambda one: weigh(one).kilos)"),
    ],
)
async def test_the_function_is_handed_on_with_what_takes_the_field(project, body, then):
    text = f"from a import weigh\n\n\ndef f(lines, one):\n    return {body}\n"
    one = project({"a.py": BEFORE, "b.py": text})
    await one.save(a__py=now())
    assert one.offered["b.py"] == text.replace(body, then)


@pytest.mark.parametrize(
    "body",
    [
        "return weigh(lines).kilos",
        "load = weigh(lines)\n    return load.kilos",
        "weigh(lines)",
    ],
)
async def test_a_call_that_fits_already_stays(project, body):
    text = f"from a import weigh\n\n\ndef f(lines):\n    {body}\n"
    one = project({"a.py": BEFORE, "b.py": text})
    await one.save(a__py=now())
    assert one.offered == {}


async def test_a_value_that_is_in_it_twice_or_changed_is_not_guessed(project):
    text = "from a import weigh\n\n\ndef f(line):\n    return weigh(line) + 1\n"
    one = project({"a.py": BEFORE, "b.py": text})
    await one.save(a__py=now(made="Load(words[0], int(words[1]) / 100)"))
    assert asked(one) == set()
    await one.save(a__py=BEFORE)
    await one.save(a__py=now(made="Load(int(words[1]) / 10, int(words[1]) / 10)"))
    assert one.offered == {}


async def test_a_class_that_says_itself_how_it_is_made_is_not_looked_into(project):
    text = "from a import weigh\n\n\ndef f(line):\n    return weigh(line) + 1\n"
    one = project({"a.py": BEFORE, "b.py": text}, "def f(line): ...\n")
    own = (
        "class Load:\n    def __init__(self, name, kilos):\n        self.name, self.weight = 1, 2\n"
    )
    await one.save(a__py=own + BEFORE.replace("int(words[1]) / 10", "Load(1, int(words[1]) / 10)"))
    assert asked(one) == {"f(), b.py: weigh() gives another result"}


async def test_what_only_wraps_the_value_in_a_class_of_others_is_no_change(project):
    text = "from a import weigh\n\n\ndef f(line):\n    return weigh(line) + 1\n"
    one = project({"a.py": BEFORE, "b.py": text})
    wrapped = BEFORE.replace("int(words[1]) / 10", "Decimal(int(words[1]) / 10)")
    await one.save(a__py=f"from decimal import Decimal\n\n\n{wrapped}")
    assert one.world.board.all() == ()
