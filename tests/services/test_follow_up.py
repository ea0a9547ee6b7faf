"""A save that renames, moves or changes the parameters of something: what it asks of others."""

import pytest
from following import Following

from spark_desktop.domain.events import RestChanged
from spark_desktop.domain.proposal import Cancelled, Closed, Ready
from spark_desktop.domain.rest import Rest
from spark_desktop.domain.trigger import FollowUp, title_of

UTIL = '''"""Texts."""

LIMIT = 40
WIDE = 80


def slugify(text: str, sep: str = "-") -> str:
    """Return a slug."""
    words = [word.lower() for word in text.split()]
    return sep.join(words)[:LIMIT]


def titled(text: str) -> str:
    return slugify(text).title()
'''
APP = """from pkg.util import LIMIT, slugify


def page(name):
    # slugify makes the address
    return f"/{slugify(name)}"[:LIMIT]
"""
TEST = """import pkg.util
from pkg import util as u


def test_slug():
    slugify = 3
    assert slugify == 3
    assert pkg.util.slugify("A b") == u.slugify("a B", sep="-")
"""
OTHER = """def slugify(x):
    return x


print(slugify(1))
"""
FILES = {
    "pkg/__init__.py": "from .util import slugify\n\n__all__ = ['slugify']\n",
    "pkg/util.py": UTIL,
    "app.py": APP,
    "tests/test_util.py": TEST,
    "other.py": OTHER,
    "deep/use.py": "from pkg import slugify as s, util\n\nprint(s('x'), util.slugify('y'))\n",
}


async def renamed(project) -> Following:
    one = project(FILES)
    await one.replace("pkg/util.py", ("def slugify", "def make_slug"))
    return one


async def test_a_renamed_function_is_offered_wherever_it_is_used(project):
    one = await renamed(project)
    assert one.offered == {
        "pkg/util.py": one.text("pkg/util.py").replace("return slugify", "return make_slug"),
        "pkg/__init__.py": "from .util import make_slug\n\n__all__ = ['make_slug']\n",
        "app.py": APP.replace("slugify(name)", "make_slug(name)").replace(
            "LIMIT, slugify", "LIMIT, make_slug"
        ),
        "tests/test_util.py": TEST.replace("util.slugify", "util.make_slug").replace(
            "u.slugify", "u.make_slug"
        ),
        "deep/use.py": "from pkg import make_slug as s, util\n\n"
        "print(s('x'), util.make_slug('y'))\n",
    }


async def test_all_files_of_a_rename_are_one_group_with_one_title(project):
    one = await renamed(project)
    assert len({ready.group for ready in one.ready} - {""}) == 1
    assert {title_of(ready.trigger) for ready in one.ready} == {"rename slugify() to make_slug"}


async def test_a_rename_that_quiet_mode_held_back_is_one_group_too(project):
    one = project(FILES)
    one.world.seen_bus.publish(RestChanged(Rest(is_quiet=True)))
    await one.replace("pkg/util.py", ("def slugify", "def make_slug"))
    (entry,) = one.world.inbox.log.entries()
    one.world.inbox.start(entry.id)
    await one.world.turns.idle()
    assert len(one.ready) == 5
    assert len({ready.group for ready in one.ready} - {""}) == 1


async def test_no_model_is_asked_for_a_rename(project):
    one = await renamed(project)
    assert one.world.endpoint.requests == []
    assert all(ready.evidence[0].name == "computed" for ready in one.ready)


async def test_names_in_comments_are_left_and_said(project):
    one = await renamed(project)
    app = next(ready for ready in one.ready if ready.trigger.snapshot.path == "app.py")
    assert app.evidence[-1].name == "1 mention untouched"
    assert app.evidence[-1].passed


async def test_accepting_the_group_is_one_step_and_undo_brings_every_byte_back(project):
    one = await renamed(project)
    before = dict(one.world.files.data)
    step = await one.world.review.accept_group(one.ready[0].group)
    assert len(step.changes) == 5
    assert one.text("app.py").count("make_slug") == 2
    await one.world.edits.undo(step.id)
    assert one.world.files.data == before


async def test_our_own_writes_start_no_follow_up(project):
    one = await renamed(project)
    await one.accept()
    paths = [closed.trigger.snapshot.path for closed in one.world.board.all()]
    await one.save(*paths)
    assert one.ready == []
    assert all(isinstance(done.state, Closed) for done in one.world.board.all())


async def test_a_rename_that_is_taken_back_takes_its_follow_ups_back(project):
    one = await renamed(project)
    await one.replace("pkg/util.py", ("def make_slug", "def slugify"))
    assert one.ready == []
    assert all(isinstance(gone.state, Cancelled) for gone in one.world.board.all())


async def test_a_second_rename_goes_from_the_first_name_to_the_last(project):
    one = await renamed(project)
    await one.replace("pkg/util.py", ("def make_slug", "def slug_of"))
    assert {title_of(ready.trigger) for ready in one.ready} == {"rename slugify() to slug_of"}
    assert "slug_of(name)" in one.offered["app.py"]


async def test_a_rename_that_an_editor_followed_already_leaves_nothing(project):
    one = project(FILES)
    texts = {path: text.replace("slugify", "make_slug") for path, text in FILES.items()}
    del texts["other.py"]
    for path, text in texts.items():
        one.write(path, text)
    await one.world.inbox.saved(list(texts))
    await one.world.turns.idle()
    assert one.world.board.all() == ()


async def test_a_file_saved_meanwhile_is_rebased(project):
    one = await renamed(project)
    await one.replace("app.py", ("def page", "# The page.\ndef page"))
    assert "# The page.\ndef page" in one.offered["app.py"]
    assert "make_slug(name)" in one.offered["app.py"]


async def test_a_use_that_the_user_changed_by_hand_leaves_the_group(project):
    one = await renamed(project)
    await one.save(deep___use__py=one.offered["deep/use.py"])
    assert "deep/use.py" not in one.offered
    assert len(one.offered) == 4


async def test_a_file_with_a_name_of_its_own_is_left(project):
    files = FILES | {"app.py": APP + "\n\ndef make_slug():\n    pass\n"}
    one = project(files)
    await one.replace("pkg/util.py", ("def slugify", "def make_slug"))
    assert "app.py" not in one.offered
    assert "app.py, line 1: make_slug is another thing there" in one.left


async def test_a_save_in_the_middle_of_a_change_loses_nothing(project):
    one = project(FILES)
    await one.replace("pkg/util.py", ("def slugify(text: str,", "def make_slug(text: str"))
    assert one.world.board.all() == ()
    await one.replace("pkg/util.py", ("def make_slug(text: str", "def make_slug(text: str,"))
    assert len(one.offered) == 5


async def test_a_constant_is_followed_too(project):
    one = project(FILES)
    await one.replace("pkg/util.py", ("LIMIT = 40", "MOST = 40"))
    assert "[:MOST]" in one.offered["pkg/util.py"]
    assert one.offered["app.py"].startswith("from pkg.util import MOST, slugify\n")


async def test_a_constant_with_another_value_is_another_constant(project):
    one = project(FILES)
    await one.replace("pkg/util.py", ("LIMIT = 40", "MOST = 41"))
    assert one.ready == []


async def test_a_dismissed_file_does_not_come_back_with_the_others(project):
    one = await renamed(project)
    gone = next(ready for ready in one.ready if ready.trigger.snapshot.path == "app.py")
    one.world.turns.dismiss(gone.id)
    await one.accept()
    assert "slugify" in one.text("app.py")
    assert "make_slug" in one.text("pkg/util.py")


SHAPES = '''class Shape:
    """A shape."""

    def area(self, scale=1):
        return 3 * scale

    def double(self):
        return self.area() * 2


class Square(Shape):
    def area(self, scale=1):
        return 4 * scale


class Unrelated:
    def surface(self):
        return 1
'''
USES = """from shapes import Shape, Square


def show(shape: Shape, thing):
    mine = Square()
    print(shape.area(), mine.area(2), thing.area())
    text = "area"
"""


async def test_a_method_is_followed_on_what_has_its_type_and_where_nothing_else_has_it(project):
    one = project({"shapes.py": SHAPES, "uses.py": USES})
    await one.replace(
        "shapes.py",
        ("class Shape:\n", "class Shape:\n"),
        (SHAPES[25:60], SHAPES[25:60].replace("area", "extent")),
    )
    assert "self.extent() * 2" in one.offered["shapes.py"]
    assert "class Square(Shape):\n    def extent" in one.offered["shapes.py"]
    assert "shape.extent(), mine" in one.offered["uses.py"]


STATES = """from dataclasses import dataclass


@dataclass
class Done:
    count: int
    taken_back: bool = False


class Other:
    taken_back = 3
"""
MATCH = """import states
from states import Done


def told(state, other: Done):
    match state:
        case Done(taken_back=True) | states.Done(taken_back=False):
            return Done(1, taken_back=True)
        case taken_back:
            return dict(taken_back=taken_back, of=other.taken_back)
"""


async def test_a_field_is_followed_as_the_label_by_which_its_class_is_made_or_matched(project):
    one = project({"states.py": STATES, "match.py": MATCH})
    await one.replace("states.py", ("taken_back: bool", "undone: bool"))
    wanted = MATCH.replace("Done(taken_back=", "Done(undone=").replace("1, taken_back", "1, undone")
    assert one.offered == {"match.py": wanted.replace("other.taken_back", "other.undone")}


async def test_a_class_is_followed_into_patterns(project):
    one = project({"states.py": STATES, "match.py": MATCH})
    await one.replace("states.py", ("class Done", "class Ended"))
    assert one.offered == {"match.py": MATCH.replace("Done", "Ended")}


async def test_removed_parameters_leave_the_calls(project):
    one = project(FILES)
    await one.replace("pkg/util.py", (', sep: str = "-"', ""), ("sep.join", '"-".join'))
    assert one.offered == {"tests/test_util.py": TEST.replace(', sep="-"', "")}


async def test_a_new_parameter_without_a_default_is_asked_of_the_model(project):
    answer = "def page(name):\n    return f\"/{slugify(name, '-', 9)}\"[:LIMIT]\n"
    one = project(
        {"pkg/util.py": UTIL, "app.py": APP},
        answer,
        "def titled(text: str) -> str:\n    return slugify(text, '-', 9).title()\n",
    )
    await one.replace(
        "pkg/util.py", ('sep: str = "-"', "sep: str, size: int"), ("[:LIMIT]", "[:size]")
    )
    asked = [p.trigger for p in one.world.board.all() if isinstance(p.trigger, FollowUp)]
    assert {title_of(t) for t in asked} == {
        "page(), app.py: new arguments for slugify()",
        "titled(), pkg/util.py: new arguments for slugify()",
    }
    assert "size: int" in asked[0].instruction
    assert [p.state for p in one.world.board.all()] == [Ready(), Ready()]


async def test_a_new_parameter_with_a_default_asks_for_nothing(project):
    one = project(FILES)
    await one.replace("pkg/util.py", ('sep: str = "-"', 'sep: str = "-", size: int = 40'))
    assert one.world.board.all() == ()


async def test_a_moved_constant_is_imported_from_its_new_place(project):
    one = project(FILES | {"pkg/limits.py": "MANY = 3\n"})
    await one.save(pkg___limits__py="MANY = 3\nWIDE = 80\nLIMIT = 40\n")
    await one.replace("pkg/util.py", ("LIMIT = 40\n", ""))
    assert one.offered == {
        "pkg/util.py": one.text("pkg/util.py").replace(
            '"""Texts."""\n\n', '"""Texts."""\n\nfrom .limits import LIMIT\n\n'
        ),
        "app.py": APP.replace(
            "from pkg.util import LIMIT, slugify\n",
            "from pkg.limits import LIMIT\nfrom pkg.util import slugify\n",
        ),
    }


@pytest.mark.parametrize(
    ("use", "now"),
    [
        (
            "import pkg.util as u\n\nprint(u.LIMIT, u.titled('a'))\n",
            "import pkg.util as u\nfrom pkg.limits import LIMIT\n\nprint(LIMIT, u.titled('a'))\n",
        ),
        (
            "from pkg import other, util\n\nprint(util.LIMIT, other)\n",
            "from pkg import other\nfrom pkg.limits import LIMIT\n\nprint(LIMIT, other)\n",
        ),
        (
            "import pkg.util\n\nprint(pkg.util.LIMIT)\n",
            "from pkg.limits import LIMIT\n\nprint(LIMIT)\n",
        ),
        (
            "import pkg.util\n\nprint(pkg.util.LIMIT, pkg.limits)\n",
            "import pkg.util\nfrom pkg.limits import LIMIT\n\nprint(LIMIT, pkg.limits)\n",
        ),
        (
            "from pkg import util; import os\n\nprint(util.LIMIT)\n",
            "from pkg import util; import os\nfrom pkg.limits import LIMIT\n\nprint(LIMIT)\n",
        ),
        (
            "import os\nfrom pkg import util\n\nprint(util.LIMIT, util)\n\nimport late\n",
            None,
        ),
        (
            "from pkg import util\n\nprint(util.LIMIT, util.titled)\n\nimport late\n",
            "from pkg import util\nfrom pkg.limits import LIMIT\n\n"
            "print(LIMIT, util.titled)\n\nimport late\n",
        ),
        (
            "from pkg import util\nfrom pkg.limits import MANY\n\nprint(util.LIMIT, MANY)\n",
            "from pkg.limits import LIMIT, MANY\n\nprint(LIMIT, MANY)\n",
        ),
    ],
)
async def test_what_is_got_at_by_its_module_is_brought_from_where_it_is_now(project, use, now):
    one = project({"pkg/util.py": UTIL, "pkg/limits.py": "MANY = 3\n", "use.py": use})
    await one.save(pkg___limits__py="MANY = 3\nLIMIT = 40\n")
    await one.replace("pkg/util.py", ("LIMIT = 40\n", ""))
    assert one.offered.get("use.py") == now


async def test_a_variable_that_may_be_set_later_is_not_copied(project):
    use = "from pkg import util\n\nprint(util.limit)\n"
    util = UTIL.replace("LIMIT", "limit")
    one = project({"pkg/util.py": util, "pkg/limits.py": "", "use.py": use})
    await one.save(pkg___limits__py="limit = 40\n")
    await one.replace("pkg/util.py", ("limit = 40\n", ""))
    assert "use.py" not in one.offered


async def test_a_package_still_offers_the_module_of_which_it_needs_nothing_more(project):
    use = "from . import util\n\nX = util.LIMIT\n"
    one = project({"pkg/util.py": UTIL, "pkg/limits.py": "", "pkg/__init__.py": use})
    await one.save(pkg___limits__py="LIMIT = 40\n")
    await one.replace("pkg/util.py", ("LIMIT = 40\n", ""))
    now = "from . import util\nfrom .limits import LIMIT\n\nX = LIMIT\n"
    assert one.offered["pkg/__init__.py"] == now


async def test_what_would_make_a_cycle_of_modules_is_left(project):
    limits = "from pkg.use import X\n\n"
    use = "from pkg import util\n\nX = util.LIMIT\n"
    one = project({"pkg/util.py": UTIL, "pkg/limits.py": limits, "pkg/use.py": use})
    await one.save(pkg___limits__py=limits + "LIMIT = 40\n")
    await one.replace("pkg/util.py", ("LIMIT = 40\n", ""))
    assert "pkg/use.py" not in one.offered


@pytest.mark.parametrize(
    "use",
    [
        "from pkg import util\n\nLIMIT = 3\nprint(util.LIMIT)\n",
        "from other import LIMIT\nfrom pkg import util\n\nprint(util.LIMIT)\n",
        "from pkg.util import LIMIT as L\nfrom pkg import util\n\nprint(util.LIMIT, L)\n",
        # It is given a value, or the module is: to a parameter, or to whoever gets it.
        "from pkg import util\n\nutil.LIMIT = 3\nprint(util.LIMIT)\n",
        "from pkg import util\n\nutil.LIMIT += 3\n",
        "from pkg import util\n\n\ndef f(util):\n    return util.LIMIT\n\n\nprint(util.LIMIT)\n",
        "from pkg import util\n\nmonkeypatch.setattr(util, 'LIMIT', 3)\nprint(util.LIMIT)\n",
        # A cycle of modules may be why it is imported in a function.
        "def f():\n    from pkg import util\n\n    return util.LIMIT\n",
    ],
)
async def test_where_the_name_alone_is_another_thing_it_is_left(project, use):
    one = project({"pkg/util.py": UTIL, "pkg/limits.py": "MANY = 3\n", "use.py": use})
    await one.save(pkg___limits__py="MANY = 3\nLIMIT = 40\n")
    await one.replace("pkg/util.py", ("LIMIT = 40\n", ""))
    assert "use.py" not in one.offered
    assert "its import has to be written by hand" in one.left


AREA = "class {name}:\n    def area(self, k):\n        print('{name}', k)\n        return k\n"


async def test_methods_of_one_name_are_followed_from_both_files(project):
    use = "from a import A\nfrom b import B\n\n\ndef f(a: A, b: B):\n    a.area(1)\n    print(b)\n"
    use += "    b.area(2)\n"
    one = project({"a.py": AREA.format(name="A"), "b.py": AREA.format(name="B"), "use.py": use})
    await one.replace("a.py", ("def area", "def size"))
    await one.replace("b.py", ("def area", "def size"))
    for ready in one.ready:
        await one.world.review.accept(ready.id)
    assert one.text("use.py") == use.replace("area", "size")


async def test_a_broken_version_of_another_branch_is_no_version_before(project):
    one = project({"u.py": UTIL, "app.py": "from u import slugify\n"})
    await one.replace("u.py", ("words = [", "words = [["))
    one.write("u.py", UTIL.replace("def slugify", "def make_slug"))
    one.world.inbox.seen.keep(one.world.files.snapshot("u.py"))
    await one.replace("u.py", ("WIDE = 80", "WIDE = 81"))
    assert one.offered == {}


async def test_trying_again_keeps_a_file_in_its_group(project):
    one = await renamed(project)
    group = one.ready[0].group
    again = one.world.turns.repeat(one.ready[0].id)
    await one.world.turns.idle()
    assert one.world.board.get(again).group == group
