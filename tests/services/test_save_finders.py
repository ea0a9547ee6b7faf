"""What else looks at saves: it is shown both versions, and its triggers follow the same rules."""

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ChangeIgnored, WorkFailed
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Repair, Span, title_of
from spark_desktop.domain.workspace import Ignored, IgnoreReason, snapshot_of
from spark_desktop.services.seen_texts import NoCommits, SeenTexts


class Commits(NoCommits):
    """One commit, in memory."""

    def __init__(self, **texts: str) -> None:
        self.texts = {name.replace("__", "."): text for name, text in texts.items()}

    async def text(self, path):
        text = self.texts.get(path)
        return None if text is None else SourceText(text)


class Finder:
    """Remembers what it was shown, and finds the same in each save."""

    def __init__(self, *found):
        self.shown = []
        self.found = found

    async def __call__(self, before, saved):
        self.shown.append((before and before.text.content, saved.text.content))
        return self.found


def repair(world, path="a.py"):
    return Repair(world.files.snapshot(path), Span(0, 1), "a bracket is open")


async def test_a_finder_is_shown_the_version_before_and_the_saved_one(world_of):
    world = world_of(MemoryFiles(a__py="x = 1\n"))
    finder = Finder()
    world.inbox.finders.append(finder)
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", "x = 2\n")
    await world.inbox.saved(["a.py"])
    assert finder.shown == [(None, "x = 1\n"), ("x = 1\n", "x = 2\n")]


async def test_a_file_seen_for_the_first_time_is_compared_with_its_commit(world_of):
    world = world_of(MemoryFiles(a__py="x = 2\n"))
    finder = Finder()
    world.inbox.finders.append(finder)
    world.inbox.seen.commits = Commits(a__py="x = 1\n")
    await world.inbox.saved(["a.py"])
    assert finder.shown == [("x = 1\n", "x = 2\n")]


async def test_a_save_that_changes_nothing_is_shown_to_no_finder(world_of):
    world = world_of(MemoryFiles(a__py="x = 1\n"))
    finder = Finder()
    world.inbox.finders.append(finder)
    await world.inbox.saved(["a.py"])
    await world.inbox.saved(["a.py"])
    assert len(finder.shown) == 1


async def test_what_a_finder_sees_is_requested(world_of):
    world = world_of(MemoryFiles(a__py="x = (1\n"), Answer(hangs=True))
    world.inbox.finders.append(Finder(repair(world)))
    await world.inbox.saved(["a.py"])
    assert [title_of(one.trigger) for one in world.turns.proposals()] == [
        "repair: a bracket is open"
    ]


async def test_our_own_write_is_shown_to_no_finder(world_of):
    world = world_of(MemoryFiles(a__py="X = 1\n"))
    finder = Finder(repair(world))
    world.inbox.finders.append(finder)
    snapshot = world.files.snapshot("a.py")
    await world.files.replace("a.py", snapshot.text.with_content("X = (2\n"), snapshot.digest)
    await world.inbox.saved(["a.py"])
    assert finder.shown == []
    assert world.turns.proposals() == ()


async def test_after_our_own_write_the_next_save_is_compared_with_it(world_of):
    world = world_of(MemoryFiles(a__py="X = 1\n"))
    finder = Finder()
    world.inbox.finders.append(finder)
    snapshot = world.files.snapshot("a.py")
    await world.files.replace("a.py", snapshot.text.with_content("X = 2\n"), snapshot.digest)
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", "X = 3\n")
    await world.inbox.saved(["a.py"])
    assert finder.shown == [("X = 2\n", "X = 3\n")]


async def test_what_changed_during_a_pause_is_shown_when_watching_goes_on(world_of):
    world = world_of(MemoryFiles(a__py="x = 1\n"))
    finder = Finder()
    world.inbox.finders.append(finder)
    await world.inbox.saved(["a.py"])
    world.inbox.pause()
    for number in (2, 3):
        world.files.write("a.py", f"x = {number}\n")
        await world.inbox.saved(["a.py"])
    await world.inbox.saved(world.inbox.resume())
    assert finder.shown == [(None, "x = 1\n"), ("x = 1\n", "x = 3\n")]


async def test_what_a_finder_says_of_a_save_that_asks_for_nothing_is_its_reason(world_of):
    world = world_of(MemoryFiles(a__py="x = (1\n"))
    said = Ignored("a.py", IgnoreReason.UNFINISHED, "line 1")
    world.inbox.finders.append(Finder(said))
    await world.inbox.saved(["a.py"])
    (entry,) = world.inbox.log.entries()
    assert (entry.cause, entry.reason) == (IgnoreReason.UNFINISHED, "looks unfinished: line 1")
    assert world.seen.of(ChangeIgnored) == [ChangeIgnored(said)]


async def test_that_it_looks_unfinished_is_not_said_to_who_wants_no_repairs(world_of):
    world = world_of(MemoryFiles(a__py="x = (1\n"))
    world.inbox.watching = Watching(repairs=False)
    world.inbox.finders.append(Finder(Ignored("a.py", IgnoreReason.UNFINISHED)))
    await world.inbox.saved(["a.py"])
    assert world.inbox.log.entries()[0].cause is IgnoreReason.NO_TRIGGER


async def test_what_a_finder_says_does_not_hide_what_the_save_asks_for(world_of):
    world = world_of(MemoryFiles(a__py="def one():\n    pass\n"), Answer(hangs=True))
    world.inbox.finders.append(Finder(Ignored("a.py", IgnoreReason.UNFINISHED)))
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 1


@pytest.mark.parametrize("error", [SparkError("The index is gone.", "Build it."), ValueError("x")])
async def test_a_finder_that_fails_hides_nothing_of_the_others(world_of, error, caplog):
    world = world_of(MemoryFiles(a__py="x = (1\n"), Answer(hangs=True))

    async def broken(_before, _saved):
        raise error

    world.inbox.finders += [broken, Finder(repair(world))]
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 1
    if isinstance(error, SparkError):
        assert world.seen.of(WorkFailed) == [WorkFailed("The index is gone.", "Build it.")]
    else:
        assert "a.py" in caplog.text


async def test_the_kept_versions_are_bounded_and_the_oldest_goes_first():
    seen = SeenTexts(NoCommits(), most=3000)
    for name in "abc":
        seen.keep(snapshot_of(f"{name}.py", SourceText(name * 1000)))
    assert seen.held <= 3000
    assert await seen.before("a.py") is None
    assert (await seen.before("c.py")).text.content == "c" * 1000


async def test_a_committed_secret_is_no_version_before():
    key = "ghp_" + "a1B2c3D4e5F6" * 3
    seen = SeenTexts(Commits(a__py=f'TOKEN = "{key}"\n'))
    assert await seen.before("a.py") is None


async def test_a_repository_that_cannot_be_read_is_like_none():
    class Broken(NoCommits):
        async def text(self, path):
            raise SparkError("It is broken.")

    assert await SeenTexts(Broken()).before("a.py") is None
