"""A save after which a function gives another result: what its callers have to do with it."""

import pytest
from following import asked

from spark_desktop.domain.proposal import Cancelled, Ready

GRADE = """def grade(answers):
    return sum(answers)


def alone():
    print("x")
    return 1
"""
BOTH = """def grade(answers):
    points = sum(answers)
    return points, points > 3
"""
GO = {
    "a.go": "package app\n\ntype Shape interface {\n\tSize(unit int) int\n}\n\n"
    "type Square struct {\n\tSide, Edge int\n}\n\n"
    "func (s Square) Size(unit int) int { return s.Side * unit }\n\n"
    "func Load(path string) string { return path }\n",
    "b.go": "package app\n\nfunc Tins(shape Shape) int {\n"
    "\tmany := []Square{{Side: 2}, {Edge: 1}}\n"
    "\treturn shape.Size(1) + many[0].Side + Square{Side: 3}.Size(2)\n}\n",
    "c.go": 'package app\n\nfunc Two() string {\n\treturn Load("a")\n}\n',
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("points = grade([1])\n", "points, _ = grade([1])\n"),
        ("print(grade([1]), 'x')\n", "print(grade([1])[0], 'x')\n"),
        ("points = grade([1]) + 2\n", "points = grade([1])[0] + 2\n"),
        ("def f():\n    points = grade(\n        [1],\n    )\n", "    points, _ = grade("),
        ("from gettext import gettext as _\nx = grade([1])\n", "x = grade([1])[0]\n"),
    ],
)
async def test_a_tuple_with_the_former_result_is_taken_apart_without_a_model(
    project, before, after
):
    one = project({"a.py": GRADE, "b.py": f"from a import grade\n\n{before}"})
    await one.save(a__py=BOTH)
    assert after in one.offered["b.py"]
    assert one.world.endpoint.requests == []


@pytest.mark.parametrize("use", ["grade([1])\n", "points, is_passed = grade([1])\n"])
async def test_a_call_that_needs_no_change_gets_none(project, use):
    one = project({"a.py": GRADE, "b.py": f"from a import grade\n\n{use}"})
    await one.save(a__py=BOTH)
    assert one.world.board.all() == ()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("    return max(answers), sum(answers) / 2\n", "now gives 2 values as a tuple"),
        ("    yield from answers\n", "now gives an iterator"),
    ],
)
async def test_a_result_that_nobody_can_match_is_asked_of_the_model(project, body, told):
    answer = "def f():\n    return grade([1])[1]\n"
    one = project(
        {"a.py": GRADE, "b.py": "from a import grade\n\ndef f():\n    return grade([1])\n"}
    )
    one.world.endpoint.answers.extend(type(one.world.endpoint)(answer).answers)
    await one.save(a__py=f"def grade(answers):\n{body}")
    assert asked(one) == {"f(), b.py: grade() gives another result"}
    (proposal,) = one.world.board.all()
    assert "A call of `grade` gave one value" in proposal.trigger.instruction
    assert told in proposal.trigger.instruction


async def test_an_error_beside_the_result_in_go_is_asked_of_the_model(project):
    one = project(GO, 'func Two() string {\n\ttext, _ := Load("a")\n\treturn text\n}\n')
    await one.replace(
        "a.go",
        (
            "(path string) string { return path }",
            "(path string) (string, error) { return path, nil }",
        ),
    )
    assert asked(one) == {"Two(), c.go: Load() gives another result"}


FIND = """def find(rooms, number) -> Room | None:
    for room in rooms:
        if room.number == number:
            return room
    return None
"""
FAILS = """def find(rooms, number) -> Room:
    for room in rooms:
        if room.number == number:
            return room
    raise NoSuchRoom(number)
"""
DESK = """from a import find


def text(rooms):
    room = find(rooms, 1)
    return "none" if room is None else room.name
"""


async def test_a_function_that_fails_now_instead_of_giving_none_is_asked_of_the_model(project):
    answer = """def text(rooms):
    try:
        return find(rooms, 1).name
    except NoSuchRoom:
        return "none"
"""
    one = project({"a.py": FIND, "b.py": DESK})
    one.world.endpoint.answers.extend(type(one.world.endpoint)(answer).answers)
    await one.save(a__py=FAILS)
    assert asked(one) == {"text(), b.py: find() gives another result"}
    (proposal,) = one.world.board.all()
    assert "gave `Room | None` and now gives `Room`" in proposal.trigger.instruction
    assert "raise NoSuchRoom(number)" in proposal.trigger.instruction


async def test_a_caller_that_the_model_leaves_as_it_is_needs_nothing(project):
    one = project({"a.py": FIND, "b.py": DESK})
    unchanged = DESK.partition("\n\n\n")[2]
    one.world.endpoint.answers.extend(type(one.world.endpoint)(unchanged).answers)
    await one.save(a__py=FAILS)
    (proposal,) = one.world.board.all()
    assert proposal.state == Cancelled("nothing is left to follow up")
    assert len(one.world.endpoint.requests) == 1


async def test_a_call_that_surely_fits_no_more_is_not_left_as_it_is(project):
    one = project(
        {"a.py": "def f(x):\n    return x\n", "b.py": "from a import f\n\n\ndef g():\n    f(1)\n"}
    )
    unchanged = "def g():\n    f(1)\n"
    for answer in (unchanged, unchanged.replace("1", "1, 2")):
        one.world.endpoint.answers.extend(type(one.world.endpoint)(answer).answers)
    await one.save(a__py="def f(x, y):\n    return x + y\n")
    (proposal,) = one.world.board.all()
    assert proposal.state == Ready()
    assert len(one.world.endpoint.requests) == 2


async def test_a_function_that_is_renamed_with_the_type_that_it_gives_is_no_other_result(project):
    shop = (
        "class Tin:\n    size = 1\n    name = 'x'\n\n\n"
        "def make_tin(a) -> Tin:\n    b = a + 1\n    return Tin()\n"
    )
    one = project({"a.py": shop, "b.py": "from a import make_tin\n\nx = make_tin(1)\n"})
    await one.save(a__py=shop.replace("Tin", "Can").replace("make_tin", "make_can"))
    assert one.offered["b.py"] == "from a import make_can\n\nx = make_can(1)\n"
    assert one.world.endpoint.requests == []


async def test_a_type_that_is_renamed_in_the_same_save_is_no_other_result(project):
    shop = "class Tin:\n    size = 1\n\n\ndef first() -> Tin:\n    return Tin()\n"
    use = "from a import first\n\n\ndef f():\n    return first()\n"
    one = project({"a.py": shop, "b.py": use})
    await one.save(a__py=shop.replace("Tin", "Can"))
    assert one.world.board.all() == ()


WALK = """package app

func Walk(visit func(name string)) { visit("a") }

func All(depth int, visit func(name string) int) {}
"""
WALKS = """package app

func Count() int {
\tcount := 0
\tWalk(func(name string) { count++ })
\tAll(1, nil)
\treturn count
}
"""


async def test_a_function_that_is_passed_and_has_to_give_something_now_is_asked_of_the_model(
    project,
):
    one = project({"a.go": WALK, "b.go": WALKS}, WALKS.partition("\n\n")[2])
    await one.replace("a.go", ("visit func(name string)) {", "visit func(name string) bool) {"))
    assert asked(one) == {"Count(), b.go: new arguments for Walk()"}


async def test_other_names_of_what_a_passed_function_takes_ask_nothing(project):
    one = project({"a.go": WALK, "b.go": WALKS})
    await one.replace("a.go", ("visit func(name string))", "visit func(word string))"))
    assert one.world.board.all() == ()


async def test_a_method_of_an_interface_is_followed_with_those_of_its_types(project):
    one = project(GO)
    await one.replace("a.go", ("\tSize(unit", "\tArea(unit"), (") Size(unit", ") Area(unit"))
    assert one.offered == {"b.go": GO["b.go"].replace("Size", "Area")}
    assert one.left == ""
    assert asked(one) == {"rename Size() to Area"}


async def test_a_field_of_go_is_followed_into_literals(project):
    one = project(GO)
    await one.replace("a.go", ("Side, Edge", "Width, Edge"), ("s.Side", "s.Width"))
    assert one.offered == {"b.go": GO["b.go"].replace("Side", "Width")}


LEG = {
    "a.go": "package app\n\ntype Leg struct {\n\tName string\n\tMinutes int\n}\n",
    "b.go": "package app\n\nfunc Total(legs []Leg) int {\n\tsum := 0\n"
    "\tfor _, leg := range legs {\n\t\tsum += leg.Minutes\n\t}\n\treturn sum\n}\n",
}


async def test_a_field_for_which_another_one_came_is_asked_of_the_model(project):
    answer = LEG["b.go"].partition("\n\n")[2].replace("leg.Minutes", "int(leg.Walk.Minutes())")
    one = project(LEG, answer)
    await one.replace("a.go", ("Minutes int", "Walk time.Duration"))
    assert asked(one) == {"Total(), b.go: Walk in the place of Minutes"}
    (proposal,) = one.world.board.all()
    told = proposal.trigger.instruction
    assert "`Leg` has no `Minutes` any more, but `Walk`" in told
    assert "Walk time.Duration" in told
    assert "Minutes int" in told


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\tMinutes int\n", "\tWalk time.Duration\n\tRest time.Duration\n"),  # which of them?
        ("\tMinutes int\n", ""),
    ],
)
async def test_what_came_for_a_field_has_to_be_clear(project, before, after):
    one = project(LEG)
    await one.replace("a.go", (before, after))
    assert one.world.board.all() == ()


LISTED = (
    "def names(lines):\n    found = []\n    for line in lines:\n"
    "        found.append(line.strip())\n    return found\n"
)
LAZY = "def names(lines):\n    for line in lines:\n        yield line.strip()\n"


@pytest.mark.parametrize(
    ("use", "now"),
    [
        ("def f(x):\n    found = names(x)\n    return len(found)\n", "found = list(names(x))\n"),
        ("def f(x):\n    return a.names(x)[-1]\n", "return list(a.names(x))[-1]\n"),
        ("def f(x):\n    if names(x):\n        return 1\n", "if list(names(x)):\n"),
        ("def f(x):\n    return names(x)\n", "return list(names(x))\n"),
        ("def f(x):\n    return sum(names(x)[1:])\n", "sum(list(names(x))[1:])\n"),
        ("def f(x):\n    return len(names(x))\n", "len(list(names(x)))\n"),
        ("found = max(names(x), names(y))\n", "max(list(names(x)), list(names(y)))\n"),
        ("is_any = any(names(x) for x in y)\n", "any(list(names(x)) for x in y)\n"),
        ("for x in names(y), []:\n    print(x)\n", "for x in list(names(y)), []:\n"),
        ("def f(x):\n    x.set(names(x))\n", "x.set(list(names(x)))\n"),
        ("def f(x):\n    return 2 *names(x)\n", "return 2 *list(names(x))\n"),
    ],
)
async def test_where_a_list_is_lazy_now_it_is_made_a_list_again(project, use, now):
    head = "import a\nfrom a import names\n\n\n"
    one = project({"a.py": LISTED, "b.py": head + use})
    await one.save(a__py=LAZY)
    assert now in one.offered["b.py"]
    assert one.world.endpoint.requests == []


@pytest.mark.parametrize(
    "use",
    [
        "for one in names([]):\n    print(one)\n",
        "found = [len(one) for one in names([]) if one]\n",
        "found = sorted(names([]), key=len)\n",
        "text = ', '.join(names([]))\n",
        "first = next(names([]))\n",
        "found = names([])\nfirst = next(found)\n",
        "def f():\n    yield from names([])\n",
    ],
)
async def test_what_only_walks_a_list_that_is_lazy_now_stays(project, use):
    one = project({"a.py": LISTED, "b.py": f"from a import names\n\n\n{use}"})
    await one.save(a__py=LAZY)
    assert one.world.board.all() == ()


@pytest.mark.parametrize(
    ("head", "is_list"), [("names(lines) -> list[str]", True), ("names(lines)", False)]
)
async def test_only_what_surely_was_a_list_is_made_one(project, head, is_list):
    before = f"def {head}:\n    return make(lines)\n\n\ndef make(lines):\n    return lines\n"
    use = "from a import names\n\n\ndef f():\n    return len(names([]))\n"
    one = project({"a.py": before, "b.py": use}, "def f():\n    return 0\n")
    await one.save(a__py=before.replace("return make(lines)", "yield from make(lines)"))
    assert bool(one.world.endpoint.requests) != is_list


@pytest.mark.parametrize(
    "use",
    ["list = 3\nfound = names([])\n", "def f(list):\n    return names(list)\n"],
)
async def test_where_list_is_another_thing_the_model_is_asked(project, use):
    one = project({"a.py": LISTED, "b.py": f"from a import names\n\n\n{use}"}, "pass\n")
    await one.save(a__py=LAZY)
    assert one.world.endpoint.requests


PACK = """class Pack:
    def take(self, name):
        thing = self.things.pop(name)
        return thing
"""
FROZEN = PACK.replace("pop", "get").replace("return thing", "return {anew}, thing")


@pytest.mark.parametrize(
    "anew",
    ["replace(self, things=())", "Pack({})", "self._replace(things=())", "type(self)({})"],
)
@pytest.mark.parametrize("use", ["thing = pack.take(1)", "pack.take(1)"])
async def test_who_would_lose_what_the_object_became_is_left_to_the_model(project, anew, use):
    use = f"from a import Pack\n\n\ndef first(pack: Pack):\n    {use}\n    return pack\n"
    one = project({"a.py": PACK, "b.py": use}, "def first(pack: Pack):\n    return 1\n")
    await one.save(a__py=FROZEN.format(anew=anew))
    assert "b.py" not in one.offered or one.world.endpoint.requests
    assert one.world.endpoint.requests


async def test_a_list_is_made_of_the_whole_call_of_a_method(project):
    inside = "".join(f"    {line}\n" for line in LISTED.splitlines()).replace(
        "(lines", "(self, lines"
    )
    lazy = "".join(f"    {line}\n" for line in LAZY.splitlines()).replace("(lines", "(self, lines")
    use = "from a import Book\n\nfirst = Book().names(1)[0]\nlast = books[1].names(2)[-1]\n"
    one = project({"a.py": f"class Book:\n{inside}", "b.py": use})
    await one.save(a__py=f"class Book:\n{lazy}")
    assert one.offered["b.py"] == (
        "from a import Book\n\nfirst = list(Book().names(1))[0]\n"
        "last = list(books[1].names(2))[-1]\n"
    )


@pytest.mark.parametrize("value", ["[lines][0]", "sorted(lines)[0]", "(lines)", "[1] + lines"])
async def test_an_element_of_a_list_was_no_list(project, value):
    before = f"def names(lines):\n    return {value}\n"
    use = "from a import names\n\n\ndef f():\n    return len(names([]))\n"
    one = project({"a.py": before, "b.py": use}, "def f():\n    return 0\n")
    await one.save(a__py=before.replace("return", "yield"))
    assert one.world.endpoint.requests


@pytest.mark.parametrize(
    "use", ["sum(map(needed, weights))", "sorted(weights, key=needed)", "Plan(needed)"]
)
async def test_what_gives_another_type_and_is_passed_on_is_asked_of_the_model(project, use):
    home = "def needed(weight: float) -> int:\n    return int(weight / 60)\n"
    user = f"from crews import needed\n\n\ndef total(weights):\n    return {use}\n"
    answer = user.partition("\n\n\n")[2].replace("needed", "lambda one: needed(one).haulers", 1)
    one = project({"crews.py": home, "site.py": user}, answer)
    now = "def needed(weight: float) -> Crew:\n    return Crew(int(weight / 60), 1)\n"
    await one.save(crews__py=f"from crew import Crew\n\n\n{now}")
    assert asked(one) == {"total(), site.py: needed() gives another result"}
    (proposal,) = one.ready
    assert "where it is passed on, pass what gives what it gave" in proposal.trigger.instruction


async def test_what_one_save_asks_is_told_from_what_another_does(project):
    home = "def needed(weight: float) -> int:\n    return int(weight / 60)\n"
    use = "from crews import needed\n\n\ndef total(weight):\n    return needed(weight) + 1\n"
    one = project({"crews.py": home, "site.py": use}, *["x\n"] * 9)
    changes = []
    for kind in ("Crew", "Team"):
        # Both times from the same text.
        await one.save(crews__py=home)
        await one.save(crews__py=home.replace("int:", f"{kind}:"))
        newest = one.world.board.all()[-1]
        assert newest.trigger.change == one.world.files.snapshot("crews.py").digest
        changes.append(newest.trigger.change)
    assert len(set(changes)) == 2
