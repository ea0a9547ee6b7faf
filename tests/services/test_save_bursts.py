"""Many files that change at once are one entry, and nothing in them starts by itself."""

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.events import ChangeIgnored, FilesChanged, SaveSettled
from spark_desktop.domain.inbox_entry import Outcome
from spark_desktop.domain.proposal import Queued, Ready
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, title_of
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.services.save_bursts import MANY
from spark_desktop.services.seen_texts import NoCommits

STUB = "def one():\n    pass\n"
NAMES = [f"{number}.py" for number in range(MANY)]


class Branches(NoCommits):
    """A checkout whose branch the test switches."""

    def __init__(self, **texts: str) -> None:
        self.branch = "main"
        self.texts = {name.replace("__", "."): text for name, text in texts.items()}

    async def head(self):
        return self.branch

    async def text(self, path):
        return SourceText(self.texts[path]) if path in self.texts else None


def full_of(text: str) -> MemoryFiles:
    files = MemoryFiles()
    for name in NAMES:
        files.write(name, text)
    return files


def entries(world):
    return [event.entry for event in world.seen.of(SaveSettled)]


async def test_a_burst_is_one_entry_that_holds_each_path_and_starts_nothing(world_of):
    world = world_of(full_of(STUB))
    await world.inbox.saved(NAMES)
    (entry,) = entries(world)
    assert entry.paths == tuple(NAMES)
    assert entry.reason == "100 files changed at once; nothing proposed."
    assert (entry.outcome, entry.cause) == (Outcome.IGNORED, IgnoreReason.BURST)
    assert world.turns.proposals() == ()
    assert world.seen.of(FilesChanged) == [FilesChanged(tuple(NAMES))]
    assert world.seen.of(ChangeIgnored) == []


async def test_fewer_files_are_saves_of_their_own(world_of):
    world = world_of(full_of("x = 1\n"))
    await world.inbox.saved(NAMES[1:])
    assert [entry.paths for entry in entries(world)] == [(name,) for name in NAMES[1:]]


async def test_the_finders_see_nothing_of_a_burst(world_of):
    world = world_of(full_of("x = (\n"))
    shown = []

    async def finder(before, saved):
        shown.append(saved.path)
        return ()

    world.inbox.finders.append(finder)
    await world.inbox.saved(NAMES)
    assert shown == []
    world.files.write("1.py", "x = 1\n")
    await world.inbox.saved(["1.py"])
    assert shown == ["1.py"]


async def test_comments_in_a_burst_are_counted_and_offered_but_not_started(world_of):
    files = full_of(STUB)
    files.write("3.py", "x = 1\n# two AI!\n")
    files.write("4.py", "x = 1\n# why AI?\n")
    world = world_of(files, Answer(hangs=True))
    await world.inbox.saved(NAMES)
    (entry,) = entries(world)
    assert [title_of(one) for one in entry.offered] == ["two", "why"]
    assert entry.reason.endswith("nothing proposed. 2 comments for Spark can be started.")
    assert world.turns.proposals() == ()


async def test_what_a_burst_offers_can_be_started(world_of):
    files = full_of("x = 1\n")
    files.write("3.py", "x = 1\n# two AI!\n")
    world = world_of(files, "x = 2\n")
    await world.inbox.saved(NAMES)
    (entry,) = entries(world)
    (request,) = world.inbox.start(entry.id)
    await world.turns.idle()
    assert world.board.get(request).state == Ready()
    newest = entries(world)[-1]
    assert (newest.id, newest.outcome, newest.offered) == (entry.id, Outcome.QUEUED, ())
    assert newest.reason == "started by you: two"
    assert world.inbox.start(entry.id) == ()


async def test_comments_are_not_offered_where_they_are_switched_off(world_of):
    files = full_of("x = 1\n")
    files.write("3.py", "x = 1\n# two AI!\n")
    world = world_of(files)
    world.inbox.watching = Watching(comments=False)
    await world.inbox.saved(NAMES)
    assert entries(world)[0].offered == ()


async def test_of_a_burst_with_very_many_comments_only_some_files_are_read(world_of):
    world = world_of(full_of("x = 1\n# two AI!\n"))
    await world.inbox.saved(NAMES)
    (entry,) = entries(world)
    assert len(entry.offered) == 50
    assert entry.reason.endswith("50 more files may hold comments for Spark.")


async def test_ignored_files_of_a_burst_are_not_offered_and_not_told_as_changed(world_of):
    files = full_of("x = 1\n# two AI!\n")
    for name in NAMES[1:]:
        files.ignored_paths[name] = Ignored(name, IgnoreReason.GITIGNORE, "*.py")
    world = world_of(files)
    await world.inbox.saved(NAMES)
    assert [one.snapshot.path for one in entries(world)[0].offered] == ["0.py"]
    assert world.seen.of(FilesChanged) == [FilesChanged(("0.py",))]


@pytest.mark.parametrize("is_own", [False, True])
async def test_a_name_that_is_not_utf_8_is_shown_in_a_burst_as_elsewhere(world_of, is_own):
    files = full_of("x = 1\n")
    files.write("caf\udce9.py", "x = 1\n")
    if is_own:
        for name in (*NAMES, "caf\udce9.py"):
            await files.replace(name, SourceText("x = 2\n"), files.snapshot(name).digest)
    world = world_of(files)
    await world.inbox.saved([*NAMES, "caf\udce9.py"])
    (entry,) = entries(world)
    assert entry.paths == (*NAMES, "caf?.py")
    assert entry.cause is (IgnoreReason.OWN_WRITE if is_own else IgnoreReason.BURST)


async def test_our_own_writes_in_a_burst_are_not_counted_and_offer_nothing(world_of):
    files = full_of("x = 1\n")
    snapshot = files.snapshot("0.py")
    await files.replace("0.py", SourceText("x = 1\n# two AI!\n"), snapshot.digest)
    world = world_of(files)
    await world.inbox.saved(NAMES)
    (entry,) = entries(world)
    assert entry.reason == "99 files changed at once; nothing proposed."
    assert entry.offered == ()


async def test_a_burst_of_our_own_writes_only_says_so(world_of):
    files = full_of("x = 1\n")
    for name in NAMES:
        await files.replace(name, SourceText("x = 2\n"), files.snapshot(name).digest)
    world = world_of(files)
    await world.inbox.saved(NAMES)
    assert entries(world)[0].cause is IgnoreReason.OWN_WRITE


async def test_a_proposal_that_waits_moves_with_its_file_in_a_burst(world_of):
    files = full_of("x = 1\n")
    files.write("1.py", STUB)
    world = world_of(files, "return 1\n")
    await world.inbox.saved(["1.py"])
    await world.turns.idle()
    world.files.write("1.py", "# above\n" + STUB)
    await world.inbox.saved(NAMES)
    (proposal,) = world.turns.proposals()
    assert proposal.trigger.snapshot.text.content.startswith("# above")


@pytest.mark.parametrize("count", [1, MANY])
async def test_a_branch_switch_is_named_however_few_files_it_changes(world_of, count):
    world = world_of(full_of(STUB))
    commits = Branches(**{name.replace(".", "__"): STUB for name in NAMES})
    world.inbox.seen.commits = commits
    await world.inbox._bursts.look()
    commits.branch = "other"
    await world.inbox.saved(NAMES[:count])
    (entry,) = entries(world)
    assert entry.reason.startswith(f"Branch switched: {count} file")
    assert entry.is_burst
    assert world.turns.proposals() == ()


@pytest.mark.parametrize(("committed", "there"), [("\n", "\r\n"), ("\r\n", "\n")])
async def test_a_switch_is_one_where_git_checks_out_other_line_ends(world_of, committed, there):
    world = world_of(MemoryFiles(a__py=STUB.replace("\n", there), b__py=STUB + "x = 1\n"))
    commits = Branches(a__py=STUB.replace("\n", committed), b__py=STUB)
    world.inbox.seen.commits = commits
    await world.inbox._bursts.look()
    commits.branch = "other"
    burst, others = await world.inbox._bursts.split(("a.py", "b.py"))
    assert burst is not None
    assert (burst.paths, others) == (("a.py",), ("b.py",))


async def test_a_file_removed_by_a_switch_is_part_of_it(world_of):
    world = world_of(MemoryFiles(a__py=STUB))
    commits = Branches(a__py=STUB)
    world.inbox.seen.commits = commits
    await world.inbox._bursts.look()
    commits.branch = "other"
    await world.inbox.saved(["a.py", "gone.py"])
    (entry,) = entries(world)
    assert entry.paths == ("a.py", "gone.py")


async def test_a_save_after_a_switch_that_changed_nothing_starts_what_it_asks_for(world_of):
    world = world_of(MemoryFiles(a__py="x = 1\n# two AI!\n"), Answer(hangs=True))
    commits = Branches(a__py="x = 1\n")
    world.inbox.seen.commits = commits
    await world.inbox._bursts.look()
    commits.branch = "new"
    await world.inbox.saved(["a.py"])
    (proposal,) = world.turns.proposals()
    assert isinstance(proposal.trigger, EditComment)
    assert proposal.state == Queued()
