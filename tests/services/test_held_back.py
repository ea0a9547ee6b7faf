"""What quiet mode holds back is kept: over later saves, and until it is started or not needed."""

import pytest
from fakes import Answer, MemoryFiles
from following import following
from services.test_quiet import HeldClock
from services.test_save_bursts import NAMES, Branches

from spark_desktop.domain.events import ChangeIgnored, SaveSettled
from spark_desktop.domain.inbox_entry import Outcome
from spark_desktop.domain.proposal import Ready
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, FailingTest, Repair, Stub, title_of
from spark_desktop.domain.workspace import IgnoreReason
from spark_desktop.services.breakage import Breakage
from spark_desktop.services.quiet import Quiet

LIB = "def area(w, h):\n    return w * h\n"
USE = "from lib import area\n\nprint(area(1, 2))\n"
FILES = {"lib.py": LIB, "a.py": USE, "b.py": USE}
STUB = "def one():\n    pass\n"


class Brackets:
    """A parser that counts round brackets."""

    def first(self, path, content):
        from spark_desktop.domain.syntax_problem import SyntaxProblem

        is_whole = content.count("(") == content.count(")")
        return None if is_whole else SyntaxProblem(0, "a bracket is open")


def quiet_in(world):
    quiet = Quiet(HeldClock(), world.seen_bus, world.scope)
    quiet.use(True)
    return quiet


def offers(world):
    """Return what each entry offers now, the entries that offer something only."""
    newest = {one.entry.id: one.entry for one in world.seen.of(SaveSettled)}
    return {one.id: one.offered for one in newest.values() if one.offered}


def titles(world):
    return [sorted({str(title_of(one)) for one in offered}) for offered in offers(world).values()]


@pytest.fixture
async def project(tmp_path):
    made = following(tmp_path, FILES)
    made.quiet = quiet_in(made.world)
    return made


async def test_a_held_rename_is_offered_still_after_the_next_save(project):
    await project.save(lib__py=LIB.replace("area", "surface"))
    await project.save(lib__py=LIB.replace("area", "surface") + "# note\n")
    assert titles(project.world) == [["rename area() to surface"]]
    (entry_id,) = offers(project.world)
    project.world.inbox.start(entry_id)
    await project.world.turns.idle()
    assert set(project.offered) == {"a.py", "b.py"}
    assert project.offered["a.py"] == USE.replace("area", "surface")


async def test_a_name_that_is_changed_twice_in_quiet_is_followed_to_what_it_is_now(project):
    await project.save(lib__py=LIB.replace("area", "surface"))
    (first,) = offers(project.world)
    await project.save(lib__py=LIB.replace("area", "face"))
    assert titles(project.world) == [["rename area() to face"]]
    # Also where somebody clicks at the entry from before.
    assert project.world.inbox.start(first)
    await project.world.turns.idle()
    assert project.offered["b.py"] == USE.replace("area", "face")
    assert offers(project.world) == {}


async def test_after_a_start_the_next_save_does_not_ask_again(project):
    await project.save(lib__py=LIB.replace("area", "surface"))
    (entry_id,) = offers(project.world)
    started = project.world.inbox.start(entry_id)
    await project.world.turns.idle()
    assert project.world.inbox.start(entry_id) == ()
    project.quiet.use(False)
    await project.save(lib__py=LIB.replace("area", "surface") + "# note\n")
    assert tuple(one.id for one in project.ready) == started


async def test_what_was_held_is_taken_by_the_first_save_after_quiet(project):
    await project.save(lib__py=LIB.replace("area", "surface"))
    project.quiet.use(False)
    assert titles(project.world) == [["rename area() to surface"]]
    await project.save(lib__py=LIB.replace("area", "surface") + "# note\n")
    assert set(project.offered) == {"a.py", "b.py"}
    assert offers(project.world) == {}


async def test_what_the_file_does_not_need_any_more_is_no_longer_offered(project):
    await project.save(lib__py=LIB.replace("area", "surface"))
    await project.save(lib__py=LIB)
    assert offers(project.world) == {}


async def test_a_file_that_is_gone_offers_nothing(project):
    await project.save(lib__py=LIB.replace("area", "surface"))
    del project.world.files.data["lib.py"]
    await project.save("lib.py")
    assert offers(project.world) == {}


async def test_a_rename_that_is_committed_while_it_is_held_stays_offered(project):
    committed = Branches(lib__py=LIB)
    project.world.inbox.seen.forget("lib.py")
    project.world.inbox.seen.commits = committed
    await project.save(lib__py=LIB.replace("area", "surface"))
    committed.texts["lib.py"] = LIB.replace("area", "surface")
    await project.save(lib__py=LIB.replace("area", "surface") + "# note\n")
    assert titles(project.world) == [["rename area() to surface"]]


async def test_what_waited_before_quiet_is_followed_from_where_it_began(project):
    project.quiet.use(False)
    await project.save(lib__py=LIB.replace("area", "surface"))
    project.quiet.use(True)
    await project.save(lib__py=LIB.replace("area", "face"))
    await project.save(lib__py=LIB.replace("area", "face") + "# note\n")
    assert titles(project.world) == [["rename area() to face"]]
    assert project.ready == []


async def test_what_moved_to_another_file_stays_offered_there(tmp_path):
    project = following(tmp_path, {**FILES, "other.py": "X = 1\n"})
    quiet_in(project.world)
    await project.save(lib__py="Y = 2\n")
    await project.save(other__py="X = 1\n\n\n" + LIB)
    await project.save(other__py="X = 1\n\n\n" + LIB + "# note\n")
    assert ["area() moved to other.py"] in titles(project.world)


async def test_a_function_that_left_a_file_with_something_held_is_known_once(tmp_path):
    both = LIB + "\n\ndef volume(w, h, d):\n    return w * h * d\n"
    use = "from lib import volume\n\nprint(volume(1, 2, 3))\n"
    project = following(tmp_path, {**FILES, "lib.py": both, "c.py": use, "other.py": "X = 1\n"})
    quiet = quiet_in(project.world)
    rest = LIB.replace("area", "surface")
    await project.save(lib__py=rest)
    await project.save(lib__py=rest + "# note\n")
    quiet.use(False)
    await project.save(other__py="X = 1\n" + both[len(LIB) :])
    assert "from other import volume" in project.offered["c.py"]


@pytest.fixture
async def world(world_of):
    made = world_of(MemoryFiles(a__py="x = f(1)\n"), Answer(hangs=True))
    made.inbox.finders.append(Breakage(Brackets()))
    await made.inbox.saved(["a.py"])
    made.quiet = quiet_in(made)
    return made


async def saved(world, text, path="a.py"):
    world.files.write(path, text)
    await world.inbox.saved([path])


async def test_a_held_repair_is_offered_still_until_it_is_mended(world):
    for text in ("x = f(1\n", "x = f(1\ny = 2\n"):
        await saved(world, text)
        assert [[type(one) for one in found] for found in offers(world).values()] == [[Repair]]
    await saved(world, "x = f(1)\ny = 2\n")
    assert offers(world) == {}


async def test_our_own_write_leaves_what_is_held(world):
    await saved(world, "x = f(1\ny = 2\n")
    snapshot = world.files.snapshot("a.py")
    await world.files.replace("a.py", SourceText("x = f(1\ny = 3\n"), snapshot.digest)
    await world.inbox.saved(["a.py"])
    assert [[type(one) for one in found] for found in offers(world).values()] == [[Repair]]
    await saved(world, "x = f(1\ny = 4\n")
    assert [[type(one) for one in found] for found in offers(world).values()] == [[Repair]]


async def test_our_own_write_that_mends_it_takes_it_away(world):
    await saved(world, "x = f(1\n")
    snapshot = world.files.snapshot("a.py")
    await world.files.replace("a.py", SourceText("x = f(1)\n"), snapshot.digest)
    await world.inbox.saved(["a.py"])
    assert offers(world) == {}


async def test_a_save_in_a_snooze_leaves_what_is_held_and_says_it_is_snoozed(world):
    await saved(world, "x = f(1\n")
    world.quiet.snooze(5)
    await saved(world, "x = f(1\ny = 2\n")
    assert [[type(one) for one in found] for found in offers(world).values()] == [[Repair]]
    assert world.inbox.log.entries()[-1].cause is IgnoreReason.SNOOZED
    await saved(world, "x = f(1)\ny = 2\n")
    assert offers(world) == {}


def failing(world, name="test_one"):
    return FailingTest(world.files.snapshot("a.py"), None, name, "it failed")


async def test_a_failing_test_and_what_the_save_asked_for_are_offered_together(world):
    await saved(world, "x = f(1\n")
    world.inbox.found("a.py", [failing(world)])
    (offered,) = offers(world).values()
    assert {type(one) for one in offered} == {Repair, FailingTest}
    await saved(world, "x = f(1\n# note\n")
    (offered,) = offers(world).values()
    assert {type(one) for one in offered} == {Repair, FailingTest}


async def test_what_the_tests_say_now_takes_the_place_of_what_they_said(world):
    world.inbox.found("a.py", [failing(world)])
    world.inbox.found("a.py", [failing(world, "test_two")])
    assert titles(world) == [["failing test test_two"]]
    assert world.inbox.found("a.py", []) is None
    assert offers(world) == {}


async def test_a_stub_is_started_once_and_the_comment_beside_it_is_not_offered(world_of):
    world = world_of(MemoryFiles(a__py=STUB + "\n\n# two AI!\nX = 1\n"), "X = 2\n", "return 1\n")
    quiet = quiet_in(world)
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    (entry_id,) = offers(world)
    world.inbox.start(entry_id)
    await world.turns.idle()
    assert [type(one.trigger) for one in world.turns.proposals()] == [EditComment, Stub]
    quiet.use(False)
    await saved(world, STUB + "\n\n# two AI!\nX = 1\n# note\n")
    await world.turns.idle()
    assert [one.state for one in world.turns.proposals()] == [Ready(), Ready()]


async def test_what_is_held_can_be_started_however_many_saves_came_since(world):
    await saved(world, "x = f(1\n")
    (entry_id,) = offers(world)
    for number in range(600):
        world.inbox.log.settle([f"{number}.py"], Outcome.IGNORED, "it")
    assert len(world.inbox.start(entry_id)) == 1
    assert len(world.inbox.log.entries()) == 500


async def test_one_change_of_many_files_is_named_once_and_an_entry_that_is_started_says_so(project):
    await project.save(lib__py=LIB.replace("area", "surface"))
    (held,) = (one for one in project.world.inbox.log.entries() if one.offered)
    assert held.reason == "quiet mode: nothing starts unasked: rename area() to surface (2 places)"
    project.world.inbox.start(held.id)
    started = project.world.inbox.log.get(held.id)
    assert (started.outcome, started.reason) == (
        Outcome.QUEUED,
        "started by you: rename area() to surface (2 places)",
    )


async def test_what_the_save_asked_for_itself_stays_named_when_the_rest_is_started(world_of):
    world = world_of(MemoryFiles(a__py=STUB + "\n\n# two AI!\nX = 1\n"), Answer(hangs=True))
    quiet_in(world)
    await world.inbox.saved(["a.py"])
    (entry,) = world.inbox.log.entries()
    world.inbox.start(entry.id)
    assert world.inbox.log.get(entry.id).reason == "two; started by you: stub one()"


async def test_what_is_left_out_is_told_after_the_entry_of_its_save(world_of):
    stubs = "\n\n".join(f"def f{n}():\n    pass\n" for n in range(5))
    world = world_of(MemoryFiles(a__py=stubs + "# two AI!\n"), *[Answer(hangs=True)] * 5)
    told = []
    for event in (SaveSettled, ChangeIgnored):
        world.seen_bus.subscribe(event, lambda one: told.append(type(one)))
    await world.inbox.saved(["a.py"])
    assert told == [SaveSettled, ChangeIgnored]
    told.clear()
    quiet_in(world)
    world.inbox.log._entries.clear()
    await saved(world, "def g():\n    pass\n\n\n# three AI!\n")
    assert told == [SaveSettled, ChangeIgnored]


async def test_a_switch_of_the_branch_takes_away_what_was_held_in_its_files(project):
    world = project.world
    commits = Branches(lib__py=LIB)
    world.inbox.seen.commits = commits
    await world.inbox._bursts.look()
    await project.save(lib__py=LIB.replace("area", "surface"))
    commits.branch = "other"
    await project.save(lib__py=LIB)
    assert offers(world) == {}


async def test_many_files_at_once_leave_what_is_held(project):
    await project.save(lib__py=LIB.replace("area", "surface"))
    for name in NAMES:
        project.world.files.write(name, "x = 1\n")
    await project.world.inbox.saved([*NAMES, "lib.py"])
    assert titles(project.world) == [["rename area() to surface"]]
    await project.save(lib__py=LIB.replace("area", "surface") + "# note\n")
    assert titles(project.world) == [["rename area() to surface"]]


async def test_an_entry_that_was_kept_too_long_is_started_all_the_same(world):
    await saved(world, "x = f(1\n")
    (entry_id,) = offers(world)
    newest = world.inbox.log.settle(["a.py"], Outcome.IGNORED, "it")
    world.inbox.log._entries.pop(entry_id)
    assert len(world.inbox.start(newest.id)) == 1
