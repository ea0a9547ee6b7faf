"""A save after which a flag says the opposite: what reads, sets or gives it is negated."""

import pytest
from following import asked

GATE = """from dataclasses import dataclass


@dataclass(kw_only=True)
class Gate:
    name: str
    is_shut: bool = {default}


def read(line):
    return Gate(name=line, is_shut=line {sign} "-")
"""
BEFORE = GATE.format(default="False", sign="==")
AFTER = GATE.format(default="True", sign="!=").replace("is_shut", "is_passable")


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("if gate.is_shut:\n        return 1", "if not gate.is_passable:\n        return 1"),
        ("return not gate.is_shut", "return gate.is_passable"),
        ("return [gate.is_shut, 2]", "return [not gate.is_passable, 2]"),
        ("return gate.is_shut + 1", "return (not gate.is_passable) + 1"),
        ("return 1 == gate.is_shut", "return 1 == (not gate.is_passable)"),
        ("return gate.is_shut and 1", "return not gate.is_passable and 1"),
        ("return 1 if gate.is_shut else 2", "return 1 if not gate.is_passable else 2"),
        ("gate.is_shut = True", "gate.is_passable = False"),
        ("gate.is_shut = other", "gate.is_passable = not other"),
        ("gate.is_shut = not other", "gate.is_passable = other"),
        ("return Gate(name='a', is_shut=True)", "return Gate(name='a', is_passable=False)"),
    ],
)
async def test_uses_of_a_flag_in_python_are_negated(project, body, then):
    text = f"from a import Gate\n\n\ndef f(gate: Gate, other):\n    {body}\n"
    one = project({"a.py": BEFORE, "b.py": text})
    await one.save(a__py=AFTER)
    assert one.offered["b.py"] == text.replace(body, then)
    assert one.world.endpoint.requests == []


@pytest.mark.parametrize(
    "body",
    [
        "gate.is_shut = other or 1",
        "gate.is_shut |= other",
        "del gate.is_shut",
        "return not gate.is_shut == other",
        "return Gate(name='a', is_shut=other == 1)",
    ],
)
async def test_what_is_more_than_a_simple_use_a_model_is_asked_for(project, body):
    text = f"from a import Gate\n\n\ndef f(gate: Gate, other):\n    {body}\n"
    one = project({"a.py": BEFORE, "b.py": text}, "def f(gate, other): ...\n")
    await one.save(a__py=AFTER)
    assert asked(one) == {"f(), b.py: is_passable in the place of is_shut"}


DOOR = """export interface Door {
  name: string;
  floor: number;
  %s: boolean;
}

export const read = (line: string): Door => ({ name: line, floor: 1, %s });
"""
DOORS = DOOR % ("shut", 'shut: line === "-"'), DOOR % ("usable", 'usable: line !== "-"')


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("return door.shut ? 1 : 2;", "return !door.usable ? 1 : 2;"),
        ("return !door.shut;", "return door.usable;"),
        ("door.shut = true;", "door.usable = false;"),
        ("return doors.filter((one) => one.shut);", "return doors.filter((one) => !one.usable);"),
        (
            "return [...doors].sort((a, b) => Number(a.shut) - Number(b.shut));",
            "return [...doors].sort((a, b) => Number(!a.usable) - Number(!b.usable));",
        ),
        (
            "for (const { shut, name } of doors) if (!shut || door.name === name) say(shut);",
            "for (const { usable, name } of doors) if (usable || door.name === name) say(!usable);",
        ),
        (
            "return doors.map(({ shut, floor }) => (shut ? floor : 0));",
            "return doors.map(({ usable, floor }) => (!usable ? floor : 0));",
        ),
    ],
)
async def test_uses_of_a_flag_in_typescript_are_negated(project, body, then):
    head = (
        'import type { Door } from "./a";\n\nexport function f(door: Door, doors: readonly Door[])'
    )
    text = f"{head} {{\n  {body}\n}}\n"
    one = project({"a.ts": DOORS[0], "b.ts": text})
    await one.save(a__ts=DOORS[1])
    assert one.offered["b.ts"] == text.replace(body, then)


@pytest.mark.parametrize(
    ("body", "then"),
    [
        ("if lamp.Dark {\n\t\treturn 1\n\t}", "if !lamp.Lit {\n\t\treturn 1\n\t}"),
        ("lamp.Dark = false", "lamp.Lit = true"),
        ("use(Lamp{Dark: true})", "use(Lamp{Lit: false})"),
    ],
)
async def test_uses_of_a_flag_in_go_are_negated(project, body, then):
    lamp = (
        "package app\n\ntype Lamp struct {\n\t%s bool\n}\n\nfunc New() Lamp { return Lamp{%s} }\n"
    )
    text = f"package app\n\nfunc F(lamp *Lamp) int {{\n\t{body}\n\treturn 2\n}}\n"
    one = project({"a.go": lamp % ("Dark", "Dark: true"), "b.go": text})
    await one.save(a__go=lamp % ("Lit", "Lit: false"))
    assert one.offered["b.go"] == text.replace(body, then)


async def test_calls_of_a_function_that_gives_the_opposite_are_negated(project):
    before = "def is_ripe(fruit):\n    return fruit.days > 3 + fruit.size\n"
    after = "def is_green(fruit):\n    return fruit.days <= 3 + fruit.size\n"
    text = (
        "from a import is_ripe\n\n\ndef f(all_of):\n    return [x for x in all_of if is_ripe(x)]\n"
    )
    one = project({"a.py": before, "b.py": text})
    await one.save(a__py=after)
    now = text.replace("if is_ripe", "if not is_green").replace("is_ripe", "is_green")
    assert one.offered["b.py"] == now


@pytest.mark.parametrize(
    ("old", "new"), [("enabled", "disabled"), ("is_wet", "is_not_wet"), ("valid", "invalid")]
)
async def test_by_opposite_names_alone_a_model_is_asked(project, old, new):
    text = f"from a import Part\n\n\ndef f(part: Part):\n    return part.{old}\n"
    before = f"class Part:\n    size: int\n    {old}: bool\n"
    one = project({"a.py": before, "b.py": text}, "def f(part): ...\n")
    await one.save(a__py=before.replace(old, new))
    assert asked(one) == {f"f(), b.py: {new} in the place of {old}"}


@pytest.mark.parametrize(
    ("old", "new"), [("is_wet: bool", "is_damp: bool"), ("free: int", "taken: int")]
)
async def test_other_names_are_followed_as_they_are(project, old, new):
    was, now = old.partition(":")[0], new.partition(":")[0]
    text = f"from a import Part\n\n\ndef f(part: Part):\n    return part.{was}\n"
    before = f"class Part:\n    size: int\n    {old}\n"
    one = project({"a.py": before, "b.py": text})
    await one.save(a__py=before.replace(old, new))
    assert one.offered["b.py"] == text.replace(f".{was}", f".{now}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def is_loud():\n    return True\n", "def is_noisy():\n    return False\n"),
        ("class Part:\n    is_loud = True\n", "class Part:\n    is_noisy = False\n"),
    ],
)
async def test_another_value_alone_says_nothing_of_the_meaning(project, before, after):
    use = "is_loud()" if "def" in before else "Part.is_loud"
    name = "is_loud" if "def" in before else "Part"
    text = f"from a import {name}\n\n\ndef f():\n    return {use}\n"
    one = project({"a.py": before, "b.py": text}, "def f(): ...\n")
    await one.save(a__py=after)
    assert "return not" not in str(one.offered)


async def test_a_condition_of_which_one_part_is_negated_is_no_opposite(project):
    before = "def is_apt(cat):\n    return cat.old and cat.calm and cat.size > 3\n"
    after = "def is_fit(cat):\n    return not cat.old and cat.calm and cat.size > 3\n"
    text = "from a import is_apt\n\n\ndef f(cat):\n    return is_apt(cat)\n"
    one = project({"a.py": before, "b.py": text})
    await one.save(a__py=after)
    assert one.offered["b.py"] == text.replace("is_apt", "is_fit")
