"""A save after which a value of a type that is one of several texts is called otherwise."""

import time

import pytest

from spark_desktop.adapters.renaming import TreeSitterNames
from spark_desktop.domain.literal_changes import literals_meant
from spark_desktop.domain.literal_types import literal_change
from spark_desktop.domain.name_changes import changes_between

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
        # Of another type: here, in general, or by the name of the field.
        'const isIt = (order: { state: string }) => order.state === "sailing";\n',
        'type Sport = { state: "sailing" | "rowing" };\nconst is = s.state === "sailing";\n',
        # A new variable, and a condition's last value.
        'let state = "sailing";\n',
        'function f(state = "sailing") {}\n',
        'const text = ship.known ? state : "sailing";\n',
        'const is = "sailing" === sport ? state : none;\n',
        # Keys that may be of anything, or are read by their names.
        "const style = { moored: 1, sailing: 2 };\n",
        "const { moored: a, sailing: b, aground: c } = sports;\n",
        "interface Counts { moored: number, sailing: number, aground: number }\n",
        "const n = { moored: 0, sailing: 0, aground: 0 };\nn.sailing += 1;\n",
        # Lists of some of the words, values of a call, and other unions and cases.
        'const sports = ["moored", "sailing"];\n',
        'show("moored", "sailing", "aground");\n',
        'type Mode = "moored" | "sailing" | "rowing";\n',
        'switch (sport) {\n  case "moored":\n  case "sailing":\n  case "rowing":\n}\n',
        'switch (sport) {\n  case "moored":\n  case "sailing":\n}\n',
        # Within a template, behind a quote or a grave accent in a regular expression.
        'const a = `${b ? `["moored", "sailing", "aground"]` : "c"}`;\n',
        'const r = /`/; const a = 1;\nconst b = `["moored", "sailing", "aground"]`;\n',
        # A part of another text.
        'const is = ship.state === "sailing" + suffix;\n',
        'const is = ship.state === "sailing".toUpperCase();\n',
    ],
)
async def test_an_equal_text_that_may_be_shown_to_people_stays(project, use):
    one = project({"src/ship.ts": SHIP, "src/use.ts": IMPORT + use})
    await one.save(src___ship__ts=NOW)
    assert set(one.offered) == {"src/ship.ts"}


async def test_texts_between_tags_stay_as_people_read_them(project):
    use = (
        IMPORT + "const own: State = 'sailing';\n"
        "const a = <p>{own} own: State = 'sailing'</p>;\n"
        'const b = <p>["moored", "sailing", "aground"]</p>;\n'
        'const c = <Badge state="sailing" title="sailing" />;\n'
    )
    one = project({"src/ship.ts": SHIP, "src/use.tsx": use})
    await one.save(src___ship__ts=NOW)
    now = use.replace("own: State = 'sailing'", "own: State = 'underway'", 1)
    assert one.offered["src/use.tsx"] == now


async def test_a_type_of_the_same_name_from_elsewhere_is_another_one(project):
    use = (
        'import { Ship } from "./ship";\nimport { State } from "./order";\n\n'
        'let first: State = "sailing";\nlet order: { state: State } = { state: "sailing" };\n'
    )
    one = project({"src/ship.ts": SHIP, "src/order.ts": "", "src/use.ts": use})
    await one.save(src___ship__ts=NOW)
    assert set(one.offered) == {"src/ship.ts"}


@pytest.mark.parametrize(
    ("use", "now"),
    [
        ("x: State = 'sailing'\n", "x: State = 'at-sea'\n"),
        ("Ship(state='sailing')\n", "Ship(state='at-sea')\n"),
        ("ship.state in ('moored', 'sailing')\n", "ship.state in ('moored', 'at-sea')\n"),
        (
            "match ship.state:\n    case 'moored' | 'sailing':\n        go()\n",
            "match ship.state:\n    case 'moored' | 'at-sea':\n        go()\n",
        ),
        ("order(state='sailing')\n", None),
        ("f = lambda state: 'sailing'\n", None),
        ("shown = {state: 'sailing'}\n", None),
        ("n = {sailing: 1, moored: 2, aground: 3}\n", None),
        ("ship.state == b'sailing'\n", None),
        ("frame[['moored', 'sailing', 'aground']]\n", None),
        (
            "match sport:\n    case 'sailing':\n        go()\n    case 'moored':\n        go()\n",
            None,
        ),
    ],
)
async def test_in_python_a_value_is_meant_where_what_is_of_the_type_gets_it(project, use, now):
    head = "from ship import Ship, State\n\n\n"
    one = project({"ship.py": PYTHON, "use.py": head + use})
    await one.save(ship__py=PYTHON.replace("sailing", "at-sea"))
    assert one.offered == ({} if now is None else {"use.py": head + now})


async def test_a_value_that_has_a_quote_is_written_in_the_other_quotes(project):
    use = IMPORT + "let state: State = 'sailing';\n"
    one = project({"src/ship.ts": SHIP, "src/use.ts": use})
    await one.save(src___ship__ts=SHIP.replace('"sailing"', '"it\'s"'))
    assert one.offered == {"src/use.ts": use.replace("'sailing'", '"it\'s"')}


async def test_a_long_file_is_read_in_a_moment(project):
    use = IMPORT + "switch (sport) {\n" + '  case "sailing":\n    break;\n' * 5000 + "}\n"
    use += "const a = [\n" + '  "moored", "sailing", "aground",\n' * 5000 + "];\n"
    (change,) = changes_between(
        TreeSitterNames().defined("ship.ts", SHIP), TreeSitterNames().defined("ship.ts", NOW)
    ).changed
    file = TreeSitterNames().names("use.ts", use, ["State"])
    started = time.perf_counter()
    found = literals_meant(change, file, SHIP, frozenset(), {"State"})
    assert len(found.edits) == 5000
    # Without what is remembered of brackets it takes a minute.
    assert time.perf_counter() - started < 10


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
