"""A save after which an object takes the place of several parameters."""

from dataclasses import dataclass, field

import pytest

from spark_desktop.domain.parameter_objects import fields_of


@dataclass(frozen=True)
class Case:
    """A file before and now, one that calls it, and what of that is to become what."""

    name: str
    path: str
    before: str
    now: str
    use: tuple[str, str]
    pairs: tuple[tuple[str, str], ...] = ()
    more: dict[str, str] = field(default_factory=dict)


POINT = "@dataclass\nclass Point:\n    x: int\n    y: int\n\n\n"
PYTHON = "from dataclasses import dataclass\n\n\n"
MARK = "def mark(row, column, sign='*'):\n    rows[row][column] = sign\n"
MARKED = POINT + "def mark(place: Point, sign='*'):\n    rows[place.y][place.x] = sign\n"
CHART = "class Chart:\n    def at(self, row, column):\n        return self.rows[row][column]\n"
CHARTED = (
    POINT + "class Chart:\n    def at(self, place: Point):\n"
    "        return self.rows[place.y][place.x]\n"
)
GO = {"go.mod": "module example.com/app\n\ngo 1.19\n"}
CASES = [
    Case(
        "python: among the names of an import, by keyword, and with a default",
        "a.py",
        PYTHON + MARK,
        PYTHON + MARKED,
        ("b.py", "from a import mark\n\nmark(1, n + 1)\nmark(column=2, row=f(3), sign='.')\n"),
        (
            ("import mark", "import Point, mark"),
            ("mark(1, n + 1)", "mark(Point(x=n + 1, y=1))"),
            ("column=2, row=f(3), sign='.'", "place=Point(x=2, y=f(3)), sign='.'"),
        ),
    ),
    Case(
        "python: by the name of the module",
        "a.py",
        PYTHON + MARK,
        PYTHON + MARKED,
        ("b.py", "import a\n\na.mark(1, 2)\n"),
        (("a.mark(1, 2)", "a.mark(a.Point(x=2, y=1))"),),
    ),
    Case(
        "python: a method, where nothing was imported",
        "a.py",
        PYTHON + CHART,
        PYTHON + CHARTED,
        ("b.py", 'import os\n\n\ndef f(chart: "Chart"):\n    return chart.at(1, 2)\n'),
        (
            ("import os\n", "import os\nfrom a import Point\n"),
            ("at(1, 2)", "at(Point(x=2, y=1))"),
        ),
    ),
    Case(
        "typescript: a literal",
        "src/a.ts",
        "export function mark(row: number, column: number): string {\n"
        "  return rows[row][column];\n}\n",
        "export interface Point {\n  x: number;\n  y: number;\n}\n\n"
        "export function mark(place: Point): string {\n  return rows[place.y][place.x];\n}\n",
        ("src/b.ts", 'import { mark } from "./a";\n\nconst x = 1;\nmark(2, x);\n'),
        (("mark(2, x)", "mark({ x, y: 2 })"),),
    ),
    Case(
        "go: of another package",
        "chart/a.go",
        "package chart\n\nfunc Mark(row int, column int) int {\n\treturn rows[row][column]\n}\n",
        "package chart\n\ntype Point struct {\n\tX, Y int\n}\n\n"
        "func Mark(place Point) int {\n\treturn rows[place.Y][place.X]\n}\n",
        ("main.go", 'package main\n\nimport c "example.com/app/chart"\n\nvar a = c.Mark(1, 2)\n'),
        (("c.Mark(1, 2)", "c.Mark(c.Point{X: 2, Y: 1})"),),
        GO,
    ),
    Case(
        "rust: brought by name",
        "src/a.rs",
        "pub fn mark(row: usize, column: usize) -> u8 {\n    ROWS[row][column]\n}\n",
        "pub struct Point {\n    pub x: usize,\n    pub y: usize,\n}\n\n"
        "pub fn mark(place: Point) -> u8 {\n    ROWS[place.y][place.x]\n}\n",
        ("src/main.rs", "use crate::a::mark;\n\nfn main() {\n    mark(1, 2);\n}\n"),
        (
            ("use crate::a::mark;\n", "use crate::a::mark;\nuse crate::a::Point;\n"),
            ("mark(1, 2)", "mark(Point { x: 2, y: 1 })"),
        ),
    ),
    Case(
        "c++: fields that are called like the parameters",
        "a.hpp",
        "inline int mark(int row, int column) {\n  return row * 8 + column;\n}\n",
        "struct Place {\n  int row = 0;\n  int column = 0;\n};\n\nint mark(const Place& place);\n",
        ("b.cpp", '#include "a.hpp"\n\nint f() { return mark(1, 2); }\n'),
        (("mark(1, 2)", "mark(Place{1, 2})"),),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_calls_pass_the_object_that_takes_the_place_of_their_arguments(case, project):
    path, use = case.use
    one = project({case.path: case.before, path: use, **case.more})
    one.write(case.path, case.now)
    await one.world.inbox.saved([case.path])
    await one.world.turns.idle()
    for old, new in case.pairs:
        assert old in use
        use = use.replace(old, new)
    assert one.offered == {path: use}
    assert one.left == ""
    assert one.world.endpoint.requests == []


@pytest.mark.parametrize(
    ("now", "call"),
    [
        # Which parameter is which field nobody can tell.
        (POINT + "def mark(place: Point, sign='*'):\n    put(place, sign)\n", "mark(1, 2)"),
        # One more field, of which nothing is known.
        (MARKED.replace("    y: int\n", "    y: int\n    z: int\n"), "mark(1, 2)"),
        # It constructs itself.
        (MARKED.replace("@dataclass\n", ""), "mark(1, 2)"),
        # What is called second may need what the first one does.
        (MARKED, "mark(f(), g())"),
        (MARKED, "mark(queue.pop(), queue.size)"),
        (MARKED, "mark(await f(), await g())"),
        (MARKED, "mark(n := 1, n + 1)"),
        (MARKED, "mark(row=1, sign=f(), column=g())"),
        (MARKED, "mark(1,  # the row\n         2)"),
        # What it is made from is not what its fields say.
        (MARKED.replace("class Point:", "class Point(Base):"), "mark(1, 2)"),
        (MARKED.replace("@dataclass", "@dataclass(init=False)"), "mark(1, 2)"),
        (
            MARKED.replace("    y: int\n", "    y: int\n\n    def __init__(self): ...\n"),
            "mark(1, 2)",
        ),
        # It takes several of them.
        (
            POINT.replace("x:", "row:").replace("y:", "column:")
            + "def mark(places: list[Point], sign='*'):\n    put(places, sign)\n",
            "mark(1, 2)",
        ),
    ],
)
async def test_where_it_is_open_what_to_pass_the_model_is_asked(project, now, call):
    use = f"from a import mark\n\n\ndef h():\n    {call}\n"
    one = project({"a.py": PYTHON + MARK, "b.py": use}, "def h():\n    pass\n")
    await one.save(a__py=PYTHON + now)
    assert one.world.endpoint.requests


@pytest.mark.parametrize(
    "head",
    [
        "from a import mark\nfrom geo import Point\n",
        "from a import mark\n\nPoint = 3\n",
        # A cycle of modules may be why it is imported in functions.
        "import a\n\ndef g():\n    from a import mark\n",
    ],
)
async def test_where_the_type_cannot_be_brought_for_sure_the_model_is_asked(project, head):
    call = "    from a import mark\n    mark(1, 2)\n" if "def g" in head else "    mark(1, 2)\n"
    head = head.removeprefix("import a\n\n")
    one = project({"a.py": PYTHON + MARK, "b.py": f"{head}\n\ndef h():\n{call}"}, "def h(): ...\n")
    await one.save(a__py=PYTHON + MARKED)
    assert one.offered.get("b.py", "").find("Point(x") < 0
    assert one.world.endpoint.requests


@pytest.mark.parametrize(
    ("name", "old", "new", "use"),
    [
        ("go: of another package", "place Point", "place *Point", None),
        ("go: of another package", "X, Y", "x, y", None),
        ("rust: brought by name", "pub x", "x", None),
        ("rust: brought by name", "place: Point", "place: &Point", None),
        ("typescript: a literal", "place: Point", "place: Point[]", None),
        ("typescript: a literal", "  y: number;\n", "  y: number;\n  far(): number;\n", None),
        ("c++: fields that are called like the parameters", "const Place&", "Place&", None),
        (
            "c++: fields that are called like the parameters",
            "struct",
            "namespace a {}\nstruct",
            None,
        ),
        ("typescript: a literal", "", "", ("mark(2, x)", "mark(x++, x)")),
    ],
)
async def test_what_cannot_be_made_for_a_call_is_not_made(project, name, old, new, use):
    case = next(one for one in CASES if one.name == name)
    path, text = case.use
    text = text.replace(*use) if use else text
    now = case.now.replace(".Y", ".y").replace(".X", ".x") if new == "x, y" else case.now
    one = project({case.path: case.before, path: text, **case.more}, "nothing")
    one.write(case.path, now.replace(old, new, 1) if old else now)
    await one.world.inbox.saved([case.path])
    await one.world.turns.idle()
    assert one.offered.get(path, "nothing\n") == "nothing\n"


async def test_in_rust_another_crate_names_the_crate(project):
    case = next(one for one in CASES if one.name == "rust: brought by name")
    use = "use app::a::mark;\n\nfn f() {\n    mark(1, 2);\n}\n"
    crate = {"Cargo.toml": '[package]\nname = "app"\n', "src/lib.rs": "pub mod a;\n"}
    one = project({case.path: case.before, "tests/b.rs": use, **crate})
    await one.save(src___a__rs=case.now)
    assert one.offered["tests/b.rs"] == use.replace(
        "mark;\n", "mark;\nuse app::a::Point;\n"
    ).replace("mark(1, 2)", "mark(Point { x: 2, y: 1 })")


async def test_below_src_a_type_is_imported_without_that_folder(project):
    use = 'import os\n\n\ndef f(chart: "Chart"):\n    return chart.at(1, 2)\n'
    one = project({"src/p/__init__.py": "", "src/p/a.py": PYTHON + CHART, "src/p/b.py": use})
    await one.save(src___p___a__py=PYTHON + CHARTED)
    assert "\nfrom p.a import Point\n" in one.offered["src/p/b.py"]


@pytest.mark.parametrize(
    ("language", "text", "fields"),
    [
        ("python", "class P(NamedTuple):\n    x: int = 1\n\n    def f(self): ...\n", ("x",)),
        (
            "python",
            'class P(NamedTuple):\n    """Doc.\n\n    Attributes:\n        z: A z.\n    """\n\n'
            "    x: dict[\n        str: int\n    ]\n    y: int = 1\n",
            ("x", "y"),
        ),
        ("typescript", "type P = { readonly x: number; y?: string };", ("x", "y")),
        ("typescript", "class P { x = 1 }", ()),
        ("go", "type P struct {\n\tx, y int // two\n\tname []string\n}", ("x", "y", "name")),
        ("rust", "struct P {\n    pub(crate) x: Vec<u8>,\n    y: u8,\n}", ("x", "y")),
        ("cpp", "struct P {\n  std::vector<int> x; int y{1}, z;\n};", ("x", "y")),
        ("cpp", "struct P {\n  P(int x);\n  int x;\n};", ()),
        ("go", "type P struct {\n\tBase\n\tx int\n}", ()),
        ("rust", "enum P {\n    A { x: u8 },\n}", ()),
        ("typescript", "interface P extends Q { x: string }", ()),
        ("cpp", "struct P : Q {\n  int x;\n};", ()),
        ("ruby", "class P\nend", ()),
    ],
)
def test_the_fields_of_a_type_are_read_in_their_order(language, text, fields):
    found = fields_of(language, text)
    assert found[: len(fields)] == fields
    assert bool(found) == bool(fields)
