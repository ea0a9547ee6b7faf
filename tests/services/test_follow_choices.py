"""What the user, the checks and an index change about follow-ups."""

import asyncio

import pytest

from spark_desktop.adapters.git_commits import GitCommits
from spark_desktop.adapters.renaming_search import NameSearch
from spark_desktop.domain.code import IndexState
from spark_desktop.domain.effort import Effort
from spark_desktop.domain.events import ChangeIgnored
from spark_desktop.domain.proposal import Cancelled, Check, Failed, Ready
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.first_look import first_look
from spark_desktop.services.seen_texts import NoCommits, SeenTexts

FILES = {
    "a.py": "def slug(text):\n    return text.lower().strip()\n",
    "b.py": "from a import slug\n\n\ndef f():\n    return slug('B')\n",
    "c.py": "import a\n\n\ndef g():\n    return a.slug('C')\n",
}
RENAMED = FILES["a.py"].replace("slug", "make_slug")


async def test_switched_off_a_rename_starts_nothing_and_says_why(project):
    one = project(FILES)
    one.world.inbox.watching = Watching(follow_ups=False)
    ignored = []
    one.world.seen_bus.subscribe(ChangeIgnored, lambda event: ignored.append(event.ignored))
    await one.save(a__py=RENAMED)
    assert one.world.board.all() == ()
    assert [one.reason for one in ignored] == [IgnoreReason.SWITCHED_OFF]


async def test_without_computing_the_model_is_asked_for_each_file(project):
    one = project(
        FILES,
        "def f():\n    return make_slug('B')\n",
        "def g():\n    return a.make_slug('C')\n",
    )
    one.world.suggester.effort = Effort(computed=False, samples=1, doubts=False)
    await one.save(a__py=RENAMED)
    assert len(one.world.endpoint.requests) == 2
    assert "`slug` is called `make_slug` now" in str(one.world.endpoint.requests[0])


async def test_a_file_with_two_names_is_changed_by_its_own_name_only(project):
    one = project({**FILES, "lnk.py": FILES["b.py"]})
    one.world.files.links = {"lnk.py": "b.py"}
    await one.save(a__py=RENAMED)
    assert set(one.offered) == {"b.py", "c.py"}
    await one.world.review.accept_group(one.ready[0].group)
    assert "make_slug" in one.text("b.py")


async def test_a_model_is_asked_once_for_a_file_with_two_names(project):
    one = project({"a.py": FILES["a.py"], "b.py": FILES["b.py"], "lnk.py": FILES["b.py"]}, "")
    one.world.files.links = {"lnk.py": "b.py"}
    one.world.suggester.effort = Effort(samples=1, doubts=False)
    await one.save(a__py=FILES["a.py"].replace("slug(text)", "slug(text, sep)"))
    assert [p.trigger.snapshot.path for p in one.world.board.all()] == ["b.py"]


# Joined here, so that this file holds no secret itself.
SECRET = "pass" + "word = 'hK8s9d7fJw2LmQx0Zt'\n"


async def test_a_rename_is_computed_where_a_secret_stands_since_nothing_of_it_is_sent(project):
    one = project({**FILES, "sec.py": FILES["b.py"] + SECRET})
    await one.save(a__py=RENAMED)
    assert set(one.offered) == {"b.py", "c.py", "sec.py"}
    assert one.world.endpoint.requests == []


async def test_where_a_model_would_read_the_secret_it_is_still_refused(project):
    one = project({"a.py": FILES["a.py"], "sec.py": FILES["b.py"] + SECRET})
    one.world.suggester.effort = Effort(computed=False, samples=1, doubts=False)
    await one.save(a__py=RENAMED)
    (proposal,) = one.world.board.all()
    assert isinstance(proposal.state, Failed)
    assert "sec.py may hold secrets" in proposal.state.reason
    assert one.world.endpoint.requests == []


async def test_the_projects_checks_see_all_files_at_once_and_withhold_nothing(project):
    asked = []

    async def evidence(texts):
        asked.append(texts)
        return (Check(say("tests"), False, say("2 fail")),)

    one = project(FILES)
    one.follow_ups.evidence = evidence
    await one.save(a__py=RENAMED)
    assert [set(texts) for texts in asked] == [{"b.py", "c.py"}]
    assert [one.state for one in one.ready] == [Ready(), Ready()]
    assert all(check.is_advice for p in one.ready for check in p.evidence if not check.passed)


async def test_a_rename_that_is_taken_back_while_the_checks_run_offers_nothing(project):
    one = project(FILES)
    running, go_on = asyncio.Event(), asyncio.Event()

    async def evidence(texts):
        running.set()
        await go_on.wait()
        return ()

    one.follow_ups.evidence = evidence
    one.write("a.py", RENAMED)
    await one.world.inbox.saved(["a.py"])
    await running.wait()
    one.write("a.py", FILES["a.py"])
    await one.world.inbox.saved(["a.py"])
    go_on.set()
    await one.world.turns.idle()
    assert {type(p.state) for p in one.world.board.all()} == {Cancelled}


class _Index:
    """An index that is ready and knows one file."""

    state = IndexState(3, 3, True)

    def __init__(self, *paths):
        self.paths = paths

    async def importers(self, path):
        return self.paths

    async def references(self, name, most):
        return ()

    async def definitions(self, name, most):
        return ()


async def test_of_many_files_an_index_names_those_to_look_at_and_the_last_saved_are_added(project):
    files = project(FILES).world.files
    search = NameSearch(files, _Index("b.py", "readme.md"))
    assert await search.holding("a.py", ["slug"]) == ("a.py", "b.py", "c.py")
    search.looked_at = 2
    assert await search.holding("a.py", ["slug"]) == ("b.py",)
    search.saved(["c.py", "d.py"])
    assert await search.holding("a.py", ["slug"]) == ("b.py", "c.py")


async def test_a_folder_without_version_control_is_read_once_so_that_the_first_save_counts(
    project,
):
    one = project(FILES)
    seen = SeenTexts(NoCommits())
    assert await first_look(one.world.files, seen, lambda path: path.endswith(".py")) == 3
    one.world.inbox.seen = seen
    await one.save(a__py=RENAMED)
    assert set(one.offered) == {"b.py", "c.py"}


async def test_in_a_folder_with_version_control_nothing_is_read(project, tmp_path):
    one = project(FILES)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    seen = SeenTexts(GitCommits(tmp_path))
    assert await first_look(one.world.files, seen, lambda path: True) == 0
    assert seen.held == 0


async def test_a_method_that_is_passed_on_is_asked_of_the_model_once_it_is_a_property(project):
    shapes = "class Shape:\n    def area(self):\n        return 2\n"
    use = "from shapes import Shape\n\n\ndef f(a: Shape):\n    return g(a.area)\n"
    one = project(
        {"shapes.py": shapes, "use.py": use},
        "def f(a: Shape):\n    return g(lambda: a.area)\n",
    )
    one.world.suggester.effort = Effort(samples=1, doubts=False)
    await one.save(shapes__py=shapes.replace("    def", "    @property\n    def"))
    (request,) = one.world.endpoint.requests
    assert "`area` of Shape is a property now: use it without calling it" in str(request)
    (proposal,) = one.world.board.all()
    assert proposal.trigger.title == "f(), use.py: Shape.area is a property now"
    assert proposal.state == Ready()


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("sorted(all, key=Shape.area)", "sorted(all, key=lambda one: one.area)"),
        ("map(Shape.area, all)", "map(lambda one: one.area, all)"),
        (
            "sum(\n        map(\n            shapes.Shape.area,\n            all))",
            "sum(\n        map(\n            lambda one: one.area,\n            all))",
        ),
        # The class that comes from it may have its own; a part of something needs more.
        ("sorted(all, key=Shape.area)\n\n\nclass Box(Shape):\n    x = 1", None),
        ("Shape.area or len", None),
        ("g(x == Shape.area)", None),
    ],
)
async def test_a_method_of_a_python_class_that_is_passed_on_is_read_by_a_function(
    project, text, then
):
    shapes = "class Shape:\n    def area(self):\n        return 2\n"
    use = f"import shapes\nfrom shapes import Shape\n\n\ndef f(all):\n    return {text}\n"
    one = project({"shapes.py": shapes, "use.py": use}, "no", "no", "no", "no")
    one.world.suggester.effort = Effort(samples=1, doubts=False)
    await one.save(shapes__py=shapes.replace("    def", "    @property\n    def"))
    assert bool(one.world.endpoint.requests) is (then is None)
    if then is not None:
        assert one.offered == {"use.py": use.replace(text, then)}
