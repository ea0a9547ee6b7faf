"""A save after which a field of a class holds another type: who reads or sets it has to follow."""

import pytest
from following import asked, following

from spark_desktop.domain.events import FilesChanged

TRIP = """from dataclasses import dataclass
from typing import Optional


class Boat:
    seats = 2


@dataclass(frozen=True)
class Trip:
    river: str
    crew: str
    _note: str = ""

    def line(self):
        return self.crew.title()
"""
NOW = ("crew: str", "crew: tuple[str, ...]")
LINE = "    def line(self):\n        return self.crew.title()\n"


def used(body: str, head: str = "from a import Trip\n") -> str:
    return f"{head}\n\ndef f(trip: Trip):\n    {body}\n"


@pytest.mark.parametrize(
    "body",
    [
        "return trip.crew.upper()",
        "trip.crew = 'Ada'",
        "return Trip(river='Oka', crew='Ada')",
        "return Trip('Oka', 'Ada')",
        "return Trip(*parts)",
        "return replace(trip, crew='Ada')",
        "return dataclasses.replace(trip, river='Oka', crew='Ada')",
        "return trip._replace(crew='Ada')",
        "return trip['crew'].upper()",
        "return [one for one in trip.crew if one]",
        "match trip:\n        case Trip(crew='Ada'):\n            return 1",
    ],
)
async def test_what_reads_or_sets_the_field_is_asked_of_the_model(project, body):
    one = project({"a.py": TRIP.replace(LINE, ""), "b.py": used(body)}, used(body)[20:])
    await one.replace("a.py", NOW)
    assert asked(one) == {"f(), b.py: Trip.crew is tuple[str, ...] now"}


@pytest.mark.parametrize("base", ["NamedTuple", "TypedDict", "Base", ""])
async def test_each_kind_of_class_is_followed(project, base):
    before = f"class Trip({base}):\n    crew: str\n".replace("()", "")
    one = project({"a.py": before, "b.py": used("return Trip(crew='Ada')")}, "def f(): ...\n")
    await one.replace("a.py", NOW)
    assert asked(one) == {"f(), b.py: Trip.crew is tuple[str, ...] now"}


async def test_each_function_that_uses_the_field_is_asked_also_in_its_file(project):
    use = used("return trip.crew") + "\n\ndef g():\n    return Trip('Oka', 'Ada')\n"
    one = project({"a.py": TRIP, "b.py": use}, *["pass\n"] * 9)
    await one.replace("a.py", NOW)
    places = "line(), a.py", "f(), b.py", "g(), b.py"
    assert asked(one) == {f"{place}: Trip.crew is tuple[str, ...] now" for place in places}


async def test_the_model_is_told_the_type_before_and_now(project):
    answer = 'def f(trip: Trip):\n    return " ".join(trip.crew)\n'
    one = project({"a.py": TRIP.replace(LINE, ""), "b.py": used("return trip.crew")}, answer)
    await one.replace("a.py", NOW)
    (proposal,) = one.ready
    told = proposal.trigger.instruction
    assert "`crew` of `Trip` was `str` and is now `tuple[str, ...]`" in told
    assert "A call of" not in told
    assert one.offered == {"b.py": used('return " ".join(trip.crew)')}
    assert len(one.world.endpoint.requests) == 1


async def test_a_function_that_the_model_leaves_as_it_is_needs_nothing(project):
    one = project({"a.py": TRIP.replace(LINE, ""), "b.py": used("return len(trip.crew)")})
    one.world.endpoint.answers.extend(
        type(one.world.endpoint)("def f(trip: Trip):\n    return len(trip.crew)\n").answers
    )
    await one.replace("a.py", NOW)
    assert one.ready == []
    assert len(one.world.endpoint.requests) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("str", "str"),
        ("str", '"str"'),
        ("str", "Literal['Ada', 'Bo']"),
        ("str", "Any"),
        ("str", "Name"),  # what the file calls str
        ("str", "Code"),
        ("str", "Final[str]"),
        ("str", "Annotated[str, 'a name']"),
        ("str", "typing.ClassVar[str]"),
        ("list[str]", "List[str]"),
        ("List[Type[Boat]]", "list[type[Boat]]"),
        ("list", "list[str]"),
        ("dict[str, Any]", "dict[str, int]"),
        ("Sequence[str]", "tuple[str, ...]"),
        ("Mapping[str, int]", "dict[str, int]"),
        ("float", "int"),
        ("Optional[str]", "str | None"),
        ("Optional[str]", "str"),
        ("str | int | None", "int | None"),
        ("None", "str"),
    ],
)
async def test_a_type_that_is_no_other_one_to_its_users_asks_nothing(project, old, new):
    head = "Name = str\nCode = NewType('Code', str)\n\n\n"
    text = head + TRIP.replace("crew: str", f"crew: {old}").replace(LINE, "")
    one = project({"a.py": text, "b.py": used("return trip.crew, Trip('a', 'b')")})
    await one.replace("a.py", (f"crew: {old}", f"crew: {new}"))
    assert one.world.board.all() == ()


async def test_a_type_that_is_renamed_in_the_same_save_asks_nothing(project):
    text = TRIP.replace("crew: str", "crew: Boat").replace(LINE, "")
    one = project({"a.py": text, "b.py": used("return trip.crew.seats")})
    await one.replace("a.py", ("Boat", "Canoe"))
    assert one.world.board.all() == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("crew: str", "crew: str = 'Ada'"),
        ("crew: str", "crew"),
        ("    crew: str\n", "    crew = 'Ada'\n"),
        ("_note: str", "_note: bytes"),
        ("        return self.crew", "        crew: bytes = self.crew\n        return crew"),
        ("    river", "    crew: bytes\n    river"),  # which of the two is it?
    ],
)
async def test_only_a_type_that_is_told_before_and_now_asks_something(project, old, new):
    text = TRIP + "\n    def note(self):\n        return self._note.upper()\n"
    one = project({"a.py": text, "b.py": used("return trip.crew")})
    await one.replace("a.py", (old, new))
    assert one.world.board.all() == ()


@pytest.mark.parametrize(
    "body",
    [
        "return Trip('Oka')",
        "return Trip(**parts)",
        "return Trip",
        "return other.crew",
        "return replace(other, crew=1)",
        "return other['crew']",
        "return 'trip.crew'  # trip['crew']",
        "crew = 1",
        "return Ship(crew=1)",
    ],
)
async def test_what_may_mean_something_else_is_not_asked(project, body):
    ship = "class Ship:\n    crew: int = 0\n"
    one = project({"a.py": TRIP.replace(LINE, ""), "b.py": used(body), "c.py": ship})
    await one.replace("a.py", NOW)
    assert asked(one) == set()


async def test_what_only_a_base_of_the_class_tells_by_its_places_is_not_guessed(project):
    text = TRIP.replace("class Trip:", "class Trip(Boat):").replace(LINE, "")
    one = project({"a.py": text, "b.py": used("return Trip('Oka', 'Ada')")})
    await one.replace("a.py", NOW)
    assert one.world.board.all() == ()


async def test_fields_that_the_documentation_lists_change_no_place(project):
    told = (
        '    """A trip.\n\n    Attributes:\n        river: Its name.\n    """\n\n    river: str\n'
    )
    trip = TRIP.replace(LINE, "").replace("    river: str\n", told)
    one = project({"a.py": trip, "b.py": used("return Trip('Oka', 'Ada')")}, "def f(): ...\n")
    await one.replace("a.py", NOW)
    assert asked(one) == {"f(), b.py: Trip.crew is tuple[str, ...] now"}


async def test_a_private_field_is_followed_only_to_other_files(project):
    text = TRIP.replace("self.crew", "self._note")
    one = project({"a.py": text, "b.py": used("return trip._note")}, "def f(): ...\n")
    await one.replace("a.py", ("_note: str", "_note: bytes"))
    assert asked(one) == {"f(), b.py: Trip._note is bytes now"}


async def test_what_was_saved_together_with_the_field_fits_already(project):
    one = project({"a.py": TRIP, "b.py": used("return trip.crew")})
    one.write("a.py", TRIP.replace(*NOW).replace("self.crew.title()", "str(self.crew)"))
    one.world.seen_bus.publish(FilesChanged(("a.py", "b.py")))
    await one.save("a.py", b__py=used("return ' '.join(trip.crew)"))
    assert one.world.board.all() == ()


async def test_no_more_functions_are_asked_than_of_other_changes(project):
    use = "from a import Trip\n" + "".join(
        f"\n\ndef f{number}(trip: Trip):\n    return trip.crew\n" for number in range(12)
    )
    one = project({"a.py": TRIP.replace(LINE, ""), "b.py": use}, *["def f(): ...\n"] * 8)
    await one.replace("a.py", NOW)
    assert len(asked(one)) == 8


async def test_a_function_is_told_of_all_fields_that_it_uses(project):
    use = used("return trip.river") + "\n\ndef g():\n    return Trip('Oka', 'Ada')\n"
    one = project({"a.py": TRIP.replace(LINE, ""), "b.py": use}, *["pass\n"] * 6)
    await one.replace("a.py", NOW, ("river: str", "river: River"))
    first, second = (p.trigger.instruction for p in one.world.board.all())
    assert "`river` of `Trip` was `str` and is now `River`" in first
    assert "`crew`" not in first
    assert "`river` of `Trip` was" in second
    assert "`crew` of `Trip` was" in second


async def test_a_class_for_itself_is_followed_where_it_is_made(project):
    text = TRIP.replace("Trip", "_Trip").replace(LINE, "")
    use = "\n\ndef f():\n    return _Trip('Oka', 'Ada')\n"
    one = project({"a.py": text + use}, "def f(): ...\n")
    await one.replace("a.py", NOW)
    assert asked(one) == {"f(), a.py: _Trip.crew is tuple[str, ...] now"}


async def test_a_field_that_has_another_name_as_well_is_replaced(project):
    one = project({"a.py": TRIP.replace(LINE, ""), "b.py": used("return trip.crew")}, "pass\n")
    await one.replace("a.py", ("crew: str", "people: tuple[str, ...]"))
    assert asked(one) == {"f(), b.py: people in the place of crew"}
    (proposal,) = one.world.board.all()
    assert "A call of" not in proposal.trigger.instruction


@pytest.mark.parametrize(
    ("body", "is_renamed"),
    [
        ("return replace(trip, river=f(1), crew=2)", False),
        ("return replace(trip, crew=2)", True),
        ("return trip._replace(crew=2)", True),
        ("return replace(trip(), crew=2)", False),
        ("return replace(other, crew=2)", False),
    ],
)
async def test_a_copy_with_a_renamed_field_is_followed_where_its_class_is_told(
    project, body, is_renamed
):
    one = project({"a.py": TRIP.replace(LINE, ""), "b.py": used(f"trip.crew\n    {body}")})
    await one.replace("a.py", ("crew: str", "who: str"))
    now = body.replace("crew", "who") if is_renamed else body
    assert one.offered == {"b.py": used(f"trip.who\n    {now}")}


ITEMS = """class Store:
    def __init__(self):
        self.items = {}
        self.limit = 3

    def add(self, key):
        self.items[key] = 1
        return len(self.items) < self.limit
"""


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("def f(s: Store): return s.items", "def f(s: Store): return s.entries"),
        ("found = Store().items", "found = Store().entries"),
        ("class Big(Store):\n    def f(self): return self.items", "self.entries"),
        ("def f(d: dict, s: Store): return d.items(), s.items", "return d.items(), s.entries"),
    ],
)
async def test_a_field_that_a_constructor_sets_is_followed(tmp_path, line, then):
    text = f"from a import Store\n\n\n{line}\n"
    one = following(tmp_path, {"a.py": ITEMS, "b.py": text})
    await one.replace("a.py", ("self.items", "self.entries"))
    assert then in one.offered["b.py"]


async def test_a_field_is_followed_in_its_class_where_only_one_place_was_changed(tmp_path):
    one = following(tmp_path, {"a.py": ITEMS})
    await one.replace("a.py", ("self.items = {}", "self.entries = {}"))
    assert one.offered["a.py"] == ITEMS.replace("self.items", "self.entries")


@pytest.mark.parametrize(
    "change",
    [
        # Another value, another place, and what only goes: none of these is a rename.
        ("self.items = {}", "self.names = []"),
        (
            "        self.items = {}\n        self.limit = 3\n",
            "        self.limit = 3\n        self.a = {}\n",
        ),
        ("        self.items = {}\n", ""),
    ],
)
async def test_what_methods_set_comes_and_goes(tmp_path, change):
    text = "from a import Store\n\n\ndef f(s: Store): return s.items\n"
    one = following(tmp_path, {"a.py": ITEMS, "b.py": text})
    await one.replace("a.py", change)
    assert (asked(one), one.offered) == (set(), {})


@pytest.mark.parametrize(
    ("line", "is_renamed"),
    [
        ("args.items", False),
        ("pd.read_csv('a').items", False),
        ("s.items", False),
        ("store.items", True),
        ("self._store.items", True),
        ("Store().items", True),
    ],
)
async def test_a_name_alone_does_not_tell_of_a_field_that_a_constructor_sets(
    tmp_path, line, is_renamed
):
    text = f"from a import Store\n\n\ndef f(args, pd, s, store, self):\n    return {line}\n"
    defined = ITEMS.replace("items", "verbose")
    text = text.replace(".items", ".verbose")
    more = "from a import Store\n\n\ndef g(s: Store):\n    return s.verbose\n"
    one = following(tmp_path, {"a.py": defined, "b.py": text, "c.py": more})
    await one.replace("a.py", ("self.verbose", "self.loud"))
    assert ("b.py" in one.offered) is is_renamed
    assert ("b.py, line 5: which verbose is meant is not clear" in one.left) is not is_renamed


async def test_what_is_set_within_another_function_is_no_field_of_the_class(tmp_path):
    defined = (
        ITEMS + "\n    def later(self):\n        def inner(self):\n            self.late = 1\n"
    )
    text = "from a import Store\n\n\ndef f(s: Store): return s.late\n"
    one = following(tmp_path, {"a.py": defined, "b.py": text})
    await one.replace("a.py", ("self.late", "self.last"))
    assert one.offered == {}


async def test_a_field_that_a_constructor_of_javascript_sets_is_followed(tmp_path):
    made = "    this.items = [];\n    this.limit = 3;\n"
    defined = f"export class Store {{\n  constructor() {{\n{made}  }}\n}}\n"
    text = 'import { Store } from "./a.js";\n\nconst s = new Store();\nconsole.log(s.items);\n'
    one = following(tmp_path, {"a.js": defined, "b.js": text})
    await one.replace("a.js", ("this.items", "this.entries"))
    assert "console.log(s.entries);" in one.offered["b.js"]


AREA = "class Area:\n    def __init__(self, width):\n        self.width = width\n"


@pytest.mark.parametrize("base", ["Area", "Box"])
async def test_what_a_constructor_takes_is_no_field_that_it_sets(tmp_path, base):
    box = "from a import Area\n\n\nclass Box(Area):\n    pass\n\n\n"
    text = f"{box}def f(a: Area):\n    return {base}(width=1), a.width\n"
    one = following(tmp_path, {"a.py": AREA, "b.py": text})
    await one.replace("a.py", ("self.width", "self.breadth"))
    assert one.offered == {"b.py": text.replace("a.width", "a.breadth")}


async def test_a_pattern_names_a_field_that_a_constructor_sets(tmp_path):
    text = "from a import Area\n\n\ndef f(a):\n    match a:\n        case Area(width=1):\n"
    text += "            return 1\n"
    one = following(tmp_path, {"a.py": AREA, "b.py": text})
    await one.replace("a.py", ("self.width", "self.breadth"))
    assert one.offered == {"b.py": text.replace("width", "breadth")}


async def test_a_field_is_followed_together_with_what_the_constructor_takes(tmp_path):
    text = "from a import Area\n\n\ndef f(a: Area):\n    return Area(width=1), a.width\n"
    text += "\n\ndef g(a: Area):\n    return a.width\n"
    one = following(tmp_path, {"a.py": AREA, "b.py": text})
    await one.replace("a.py", ("width", "breadth"))
    assert one.offered == {"b.py": text.replace("width", "breadth")}
    assert one.left == ""


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("const { answer, detail } = await get();", ""),
        ("const one = { answer: 1, detail: 2 };", ""),
        ("const { answer, detail } = new Store();", "const { reply: answer, detail } ="),
    ],
)
async def test_what_is_taken_from_anything_is_no_field_that_a_constructor_sets(
    tmp_path, line, then
):
    made = "    this.answer = 0;\n    this.detail = 1;\n"
    defined = f"export class Store {{\n  constructor() {{\n{made}  }}\n}}\n"
    text = f'import {{ Store }} from "./a.js";\n\nasync function f(get) {{\n  {line}\n}}\n'
    one = following(tmp_path, {"a.js": defined, "b.js": text})
    await one.replace("a.js", ("this.answer", "this.reply"))
    assert ("b.js" in one.offered) is bool(then)
    assert then in one.offered.get("b.js", "")


HOLD = (
    "from dataclasses import dataclass\n\n\n@dataclass\nclass Hold:\n"
    '    """A pose from the frame ``first`` on, for ``length`` frames."""\n\n'
    "    first: int\n    length: int\n"
)


@pytest.mark.parametrize(
    ("old", "new", "is_other"),
    [
        ("on, for ``length`` frames", "to the frame ``last``", True),
        ("on, for ``length`` frames", "on, for ``last`` frames", False),
        ("``first`` on, for", "``first``, for", True),
    ],
)
async def test_a_field_that_means_something_else_now_is_no_rename(tmp_path, old, new, is_other):
    text = "from a import Hold\n\n\ndef f(hold: Hold):\n    return hold.first + hold.length\n"
    one = following(tmp_path, {"a.py": HOLD, "b.py": text})
    await one.replace("a.py", (old, new), ("    length: int", "    last: int"))
    if is_other:
        assert asked(one) == {"f(), b.py: last in the place of length"}
        assert one.offered == {}
    else:
        assert one.offered["b.py"] == text.replace("length", "last")


async def test_a_field_of_a_like_name_is_a_rename_whatever_its_class_tells(tmp_path):
    text = "from a import Hold\n\n\ndef f(hold: Hold):\n    return hold.first + hold.length\n"
    one = following(tmp_path, {"a.py": HOLD, "b.py": text})
    await one.replace("a.py", ("``length`` frames", "its frames"), ("length: int", "lengths: int"))
    assert one.offered["b.py"] == text.replace("length", "lengths")


WAIT = "export interface Wait {\n  pauseSeconds: number;\n}\n"


@pytest.mark.parametrize(
    ("new", "is_other"),
    [("pauseMs", True), ("pauseMinutes", True), ("pauseSecs", False), ("delaySeconds", False)],
)
async def test_a_field_that_counts_in_another_unit_is_no_rename(tmp_path, new, is_other):
    text = (
        'import type { Wait } from "./a";\n\n'
        "export function long(wait: Wait): boolean {\n  return wait.pauseSeconds > 9;\n}\n"
    )
    one = following(tmp_path, {"a.ts": WAIT, "b.ts": text})
    await one.replace("a.ts", ("pauseSeconds", new))
    if is_other:
        assert asked(one) == {f"long(), b.ts: {new} in the place of pauseSeconds"}
    else:
        assert one.offered["b.ts"] == text.replace("pauseSeconds", new)


@pytest.mark.parametrize(
    ("value", "new", "is_other"),
    [("15", "pause_ms: int = 15_000", True), ("15", "pause_ms: int = 15", False)],
)
async def test_a_default_tells_whether_a_field_has_another_unit(tmp_path, value, new, is_other):
    text = f"class Wait:\n    pause_seconds: int = {value}\n"
    use = "from a import Wait\n\n\ndef f(wait: Wait):\n    return wait.pause_seconds\n"
    one = following(tmp_path, {"a.py": text, "b.py": use})
    await one.replace("a.py", (f"pause_seconds: int = {value}", new))
    assert ("b.py" in one.offered) is not is_other


@pytest.mark.parametrize(
    ("body", "is_other"),
    [("this.end - this.start", False), ("(this.end - this.start) * 1000", True)],
)
async def test_a_method_that_computes_another_unit_is_no_rename(tmp_path, body, is_other):
    text = (
        "export class Walk {\n  constructor(readonly start: number, readonly end: number) {}\n\n"
        "  lengthSeconds(): number {\n    return this.end - this.start;\n  }\n}\n"
    )
    use = (
        'import type { Walk } from "./a";\n\n'
        "export function long(walk: Walk): boolean {\n  return walk.lengthSeconds() > 9;\n}\n"
    )
    one = following(tmp_path, {"a.ts": text, "b.ts": use})
    await one.replace("a.ts", ("lengthSeconds", "lengthMs"), ("this.end - this.start;", f"{body};"))
    assert ("b.ts" in one.offered) is not is_other


HIVE = """from dataclasses import dataclass


@dataclass
class Hive:
    \"\"\"A hive, where it stands, and how many {told} live in it.\"\"\"

    place: str
    {name}: int
"""


@pytest.mark.parametrize(
    ("name", "told"), [("honey_insects", "insects"), ("winged_lodgers", "winged lodgers")]
)
async def test_a_field_whose_things_are_called_otherwise_in_its_class_is_renamed(
    project, name, told
):
    before = HIVE.format(told="bees", name="bees")
    one = project(
        {"a.py": before, "b.py": "def f(hives):\n    return sum(h.bees for h in hives)\n"}
    )
    await one.save(a__py=HIVE.format(told=told, name=name))
    assert one.offered["b.py"] == f"def f(hives):\n    return sum(h.{name} for h in hives)\n"


@pytest.mark.parametrize(
    ("old", "was", "new", "now"),
    [
        ("width", "width", "top_cost", "cost"),
        ("days", "days", "life_hours", "hours"),
        ("bees", "bees", "old_queens", "queens besides"),
    ],
)
async def test_a_field_of_which_its_class_tells_something_else_is_no_other_name(
    project, old, was, new, now
):
    files = {
        "a.py": HIVE.format(told=was, name=old),
        "b.py": f"def f(hives):\n    return sum(h.{old} for h in hives)\n",
    }
    one = project(files, "def f(hives):\n    return 0\n")
    await one.save(a__py=HIVE.format(told=now, name=new))
    assert asked(one) == {f"f(), b.py: {new} in the place of {old}"}


PASTURE = (
    "#pragma once\n\n// Days of the year, from the first one to the last one.\n"
    "struct Grazing {\n    int first;\n    int last;\n};\n"
)


@pytest.mark.parametrize(
    ("told", "is_other"),
    [
        ("from `first` on until `end`, which is the day after.", True),
        ("from the first one to the end one.", False),
    ],
)
async def test_what_a_comment_above_tells_of_a_field_counts_as_well(tmp_path, told, is_other):
    text = (
        '#include "a.hpp"\n\nint days(const Grazing& one) {\n    return one.last - one.first;\n}\n'
    )
    one = following(tmp_path, {"a.hpp": PASTURE, "b.cpp": text})
    await one.replace(
        "a.hpp", ("from the first one to the last one.", told), ("int last", "int end")
    )
    if is_other:
        assert asked(one) == {"days(), b.cpp: end in the place of last"}
        assert one.offered == {}
    else:
        assert one.offered["b.cpp"] == text.replace("last", "end")


@pytest.mark.parametrize("before", ["one.first > 0 && one.first", "one.first * one.first"])
async def test_what_stands_in_front_of_a_sign_is_no_type(tmp_path, before):
    text = (
        '#include "a.hpp"\n\nint days(const Grazing & one, const Grazing& two) {\n'
        f"    return {before} > two.first && two.last > one.last;\n}}\n"
    )
    one = following(tmp_path, {"a.hpp": PASTURE, "b.cpp": text})
    await one.replace("a.hpp", ("the last one", "the final_day one"), ("int last", "int final_day"))
    assert one.offered["b.cpp"] == text.replace("last", "final_day")
