"""A save after which a value of a type that is one of several texts is called otherwise."""

import pytest
from following import Following, following

from spark_desktop.domain.literal_types import literal_change

SHIP = (
    'export type State = "moored" | "sailing" | "aground";\n\n'
    "export interface Ship {\n  name: string;\n  state: State;\n}\n\n"
    "export function isAway(ship: Ship): boolean {\n"
    '  return ship.state === "sailing";\n}\n'
)
NOW = SHIP.replace('| "sailing"', '| "underway"')
IMPORT = 'import type { Ship, State } from "./ship";\n\n'
PYTHON = (
    'from typing import Literal\n\nState = Literal["moored", "sailing", "aground"]\n\n\n'
    "class Ship:\n    name: str\n    state: State\n"
)


@pytest.fixture
async def project(tmp_path):
    """Make projects, and close their services in the end."""
    made: list[Following] = []

    def make(files) -> Following:
        made.append(following(tmp_path, files))
        return made[-1]

    yield make
    for one in made:
        await one.world.turns.close()
        await one.world.chat.close()
        await one.world.scope.close()


@pytest.mark.parametrize(
    "use",
    [
        'const shown: Record<State, string> = { moored: "here", sailing: "away" };\n',
        'const order = ["aground", "sailing", "moored"];\n',
        'const away = ships.filter((ship) => ship.state === "sailing");\n',
        'const away = ships.filter((ship) => "sailing" !== ship.state);\n',
        'switch (ship.state) {\n  case "moored":\n    break;\n  case "sailing":\n    go();\n}\n',
        'const gull: Ship = { name: "Gull", state: "sailing" };\n',
        "let state: State = 'sailing';\n",
        'type Free = "moored" | "sailing";\n',
        'const shown: Record<State, string> = known();\nconst text = shown["sailing"];\n',
    ],
)
async def test_where_a_value_of_the_type_is_meant_it_is_called_as_it_is_now(project, use):
    one = project({"src/ship.ts": SHIP, "src/use.ts": IMPORT + use})
    await one.save(src___ship__ts=NOW)
    changed = use.replace('"sailing"', '"underway"').replace("'sailing'", "'underway'")
    changed = changed.replace("sailing:", "underway:")
    assert one.offered == {
        "src/ship.ts": NOW.replace('"sailing"', '"underway"'),
        "src/use.ts": IMPORT + changed,
    }
    assert {one.trigger.title for one in one.ready} == {'"sailing" of State is "underway" now'}


@pytest.mark.parametrize(
    "use",
    [
        'const title = "sailing";\n',
        'log("sailing");\n',
        "// sailing ships\n",
        'const sports = ["sailing", "rowing"];\n',
        "const hobby = { sailing: 1, rowing: 2 };\n",
        'const same = ship.name === "sailing";\n',
        "const title = `sailing`;\n",
    ],
)
async def test_an_equal_text_that_may_be_shown_to_people_stays(project, use):
    one = project({"src/ship.ts": SHIP, "src/use.ts": IMPORT + use})
    await one.save(src___ship__ts=NOW)
    assert set(one.offered) == {"src/ship.ts"}


async def test_a_file_that_gets_nothing_from_where_the_type_is_has_its_own_values(project):
    use = 'const order = ["aground", "sailing", "moored"];\n'
    one = project({"src/ship.ts": SHIP, "src/use.ts": use})
    await one.save(src___ship__ts=NOW)
    assert set(one.offered) == {"src/ship.ts"}


async def test_the_values_of_a_literal_of_python_are_followed_as_well(project):
    use = (
        "from ship import Ship, State\n\n\nSHOWN: dict[State, str] = {\n"
        '    "moored": "in the harbour",\n    "sailing": "at sea",  # sailing\n'
        '    "aground": "in trouble",\n}\n\n\ndef is_away(ship: Ship) -> bool:\n'
        '    print("sailing")\n    return ship.state == "sailing" or ship.name == "sailing"\n'
    )
    one = project({"ship.py": PYTHON, "use.py": use})
    await one.save(ship__py=PYTHON.replace("sailing", "at-sea"))
    changed = use.replace('"sailing": "at', '"at-sea": "at')
    assert one.offered == {"use.py": changed.replace('state == "sailing"', 'state == "at-sea"')}


async def test_a_key_that_is_no_name_any_more_is_quoted(project):
    use = IMPORT + "const shown = { moored: 1, sailing: 2, aground: 3 };\n"
    one = project({"src/ship.ts": SHIP, "src/use.ts": use})
    await one.save(src___ship__ts=SHIP.replace('"sailing"', '"at-sea"'))
    assert one.offered == {"src/use.ts": use.replace("sailing:", '"at-sea":')}


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("type A = 'x' | 'y';", "type A = 'x' | 'z';", ("y", "z", ("x",))),
        ("type A =\n  | 'x' // one\n  | 'y';", "type A = 'w' | 'y';", ("x", "w", ("y",))),
        ("A = Literal['x', 'y']", "A = Literal['x', 'z']", ("y", "z", ("x",))),
        ("type A = Literal['x', 'y']", "type A = t.Literal['z', 'y',]", ("x", "z", ("y",))),
        # Changed places, one more, one less, two others, no texts, or no union.
        ("type A = 'x' | 'y';", "type A = 'y' | 'x';", None),
        ("type A = 'x' | 'y';", "type A = 'x' | 'y' | 'z';", None),
        ("type A = 'x' | 'y';", "type A = 'x';", None),
        ("type A = 'x' | 'y';", "type A = 'v' | 'w';", None),
        ("type A = 'x' | B;", "type A = 'z' | B;", None),
        ("A = ['x', 'y']", "A = ['x', 'z']", None),
    ],
)
def test_which_value_is_called_otherwise_is_told_by_the_type(before, after, change):
    assert literal_change(before, after) == change
