"""A tool that writes many files one after the other: one change, which proposes nothing."""

import pytest
from fakes import Answer, MemoryFiles
from following import following
from interface_fakes import until
from services.test_held_back import offers, quiet_in
from services.test_save_bursts import Branches

from spark_desktop.domain.events import ProposalChanged, SaveSettled
from spark_desktop.domain.proposal import Cancelled, Closed, Queued, Ready
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import EditComment, Stub
from spark_desktop.domain.workspace import Ignored, IgnoreReason
from spark_desktop.services.save_bursts import MANY

STUB = "def one():\n    pass\n"
TAKEN = "one of many files that changed at once"


class Tool:
    """Writes files of a world one by one, so many seconds after each other."""

    def __init__(self, world, text="x = 1\n", every=0.09):
        self.world, self.text, self.every = world, text, every
        self.seconds = 1000.0
        world.inbox._bursts.recent.now = lambda: self.seconds

    async def write(self, count, first=0):
        for number in range(first, first + count):
            await self.save(f"{number}.py", self.text)

    async def save(self, path, text):
        self.seconds += self.every
        self.world.files.write(path, text)
        await self.world.inbox.saved([path])


def entries(world):
    return list(world.inbox.log.entries())


def states(world):
    return [one.state for one in world.turns.proposals()]


def told(world):
    """Return the last states that were published of the proposals."""
    newest = {one.proposal.id: one.proposal.state for one in world.seen.of(ProposalChanged)}
    return set(newest.values())


@pytest.fixture
async def world(world_of):
    return world_of(MemoryFiles(), *[Answer(hangs=True)] * 3)


async def test_a_slow_tool_is_one_entry_with_each_of_its_files(world):
    await Tool(world).write(2 * MANY)
    (entry,) = entries(world)
    assert entry.paths == tuple(f"{number}.py" for number in range(2 * MANY))
    assert entry.reason == "200 files changed at once; nothing proposed."
    assert (entry.is_burst, entry.cause) == (True, IgnoreReason.BURST)


async def test_nothing_is_left_of_what_its_first_files_started(world):
    await Tool(world, STUB).write(MANY)
    await world.turns.idle()
    assert told(world) == {Cancelled(TAKEN)}
    # The one that was being written is told why it ended.
    assert states(world) == [Cancelled(TAKEN)]


async def test_what_is_written_already_is_stopped(world):
    tool = Tool(world, STUB)
    await tool.write(1)
    await until(lambda: world.turns.running is not None)
    await tool.write(MANY, first=1)
    await world.turns.idle()
    assert told(world) == {Cancelled(TAKEN)}
    assert world.endpoint.closed_early == 1


async def test_a_stub_of_it_is_asked_for_with_the_next_save_of_its_file(world):
    tool = Tool(world, STUB)
    await tool.write(MANY)
    tool.seconds += 60
    await tool.save("0.py", STUB + "\n\nX = 1\n")
    assert states(world)[-1] == Queued()


async def test_what_the_user_typed_is_answered_and_in_the_later_files_offered(world):
    tool = Tool(world)
    await tool.save("typed.py", "# two AI!\nX = 1\n")
    await tool.write(MANY)
    await tool.save("late.py", "# three AI!\nX = 1\n")
    (proposal,) = world.turns.proposals()
    assert isinstance(proposal.trigger, EditComment)
    assert not isinstance(proposal.state, Cancelled)
    (entry,) = entries(world)
    assert entry.requests == (proposal.id,)
    assert [one.instruction for one in entry.offered] == ["three"]
    assert entry.reason.endswith("nothing proposed. 1 comment for Spark can be started.")
    (started,) = world.inbox.start(entry.id)
    await tool.save("later.py", "# four AI!\nX = 1\n")
    (entry,) = entries(world)
    assert [one.instruction for one in entry.offered] == ["four"]
    assert entry.requests == (proposal.id, started)


async def test_of_very_many_comments_only_some_files_are_read(world):
    tool = Tool(world)
    await tool.write(MANY)
    tool.text = "# two AI!\nX = 1\n"
    await tool.write(60, first=MANY)
    (entry,) = entries(world)
    assert len(entry.offered) == 50
    assert entry.reason.endswith("10 more files may hold comments for Spark.")


async def test_after_it_a_save_by_hand_starts_what_it_asks_for(world):
    tool = Tool(world)
    await tool.write(MANY)
    tool.seconds += 2
    await tool.save("0.py", STUB)
    assert [type(one.trigger) for one in world.turns.proposals()] == [Stub]
    assert len(entries(world)) == 2


async def test_after_it_many_at_once_are_still_its_work(world):
    tool = Tool(world)
    await tool.write(MANY)
    tool.seconds += 5
    names = [f"more_{number}.py" for number in range(20)]
    for name in names:
        world.files.write(name, STUB)
    await world.inbox.saved(names)
    (entry,) = entries(world)
    assert len(entry.paths) == MANY + 20
    assert states(world) == []


async def test_a_tool_whose_first_files_came_one_by_one_is_one_change_with_the_rest(world):
    tool = Tool(world, STUB)
    await tool.write(20)
    names = [f"more_{number}.py" for number in range(MANY)]
    for name in names:
        world.files.write(name, STUB)
    await world.inbox.saved(names)
    (entry,) = entries(world)
    assert len(entry.paths) == MANY + 20
    await world.turns.idle()
    assert told(world) == {Cancelled(TAKEN)}


async def test_a_save_just_before_a_switch_of_the_branch_keeps_what_it_asked_for(world):
    tool = Tool(world)
    await tool.save("mine.py", STUB)
    names = [f"{number}.py" for number in range(MANY)]
    for name in names:
        world.files.write(name, STUB)
    await world.inbox.saved(names)
    assert states(world) == [Queued()]
    assert len(entries(world)) == 2


async def test_fewer_files_and_slower_ones_are_saves_of_their_own(world):
    tool = Tool(world)
    await tool.write(MANY - 1)
    tool.seconds += 20
    tool.every = 0.2
    await tool.write(2 * MANY)
    assert not any(entry.is_burst for entry in entries(world))


async def test_the_same_files_again_and_again_are_no_burst(world):
    tool = Tool(world)
    for _ in range(30):
        await tool.write(5)
    assert not any(entry.is_burst for entry in entries(world))


async def test_what_is_ignored_and_what_we_wrote_does_not_count(world):
    tool = Tool(world)
    for number in range(MANY):
        path = f"{number}.log"
        world.files.ignored_paths[path] = Ignored(path, IgnoreReason.GITIGNORE, "*.log")
        await tool.save(path, "x\n")
    await tool.write(MANY - 2)
    names = [f"ours_{number}.py" for number in range(3)]
    for name in names:
        world.files.write(name, "x = 1\n")
        await world.files.replace(name, SourceText("x = 2\n"), world.files.snapshot(name).digest)
        await world.inbox.saved([name])
    assert not any(entry.is_burst for entry in entries(world))
    assert entries(world)[-1].cause is IgnoreReason.OWN_WRITE


async def test_while_it_works_our_own_write_is_told_as_that(world):
    await Tool(world).write(MANY)
    await world.files.replace("0.py", SourceText("x = 2\n"), world.files.snapshot("0.py").digest)
    await world.inbox.saved(["0.py"])
    burst, own = entries(world)
    assert (burst.is_burst, own.cause) == (True, IgnoreReason.OWN_WRITE)


async def test_a_slow_switch_of_the_branch_is_named_when_it_ends(world):
    commits = Branches()
    world.inbox.seen.commits = commits
    await world.inbox._bursts.look()
    tool = Tool(world)
    await tool.write(MANY)
    commits.branch = "other"
    await tool.write(1, first=MANY)
    (entry,) = entries(world)
    assert entry.reason == "Branch switched: 101 files changed; nothing proposed."


async def test_what_the_user_has_decided_on_meanwhile_stays(world_of):
    world = world_of(MemoryFiles(), "return 1\n", *[Answer(hangs=True)])
    tool = Tool(world, STUB)
    await tool.write(1)
    await world.turns.idle()
    assert states(world) == [Ready()]
    world.review.reject(world.turns.proposals()[0].id)
    await tool.write(MANY, first=1)
    assert states(world)[0] == Closed(0)


async def test_what_the_user_has_changed_in_a_proposal_keeps_it(world_of):
    world = world_of(MemoryFiles(), "return 1\n", *[Answer(hangs=True)])
    tool = Tool(world, STUB)
    await tool.write(1)
    await world.turns.idle()
    (proposal,) = world.turns.proposals()
    world.review.edit(proposal.id, proposal.patch.hunks[0].id, "    return 3\n")
    await tool.write(MANY, first=1)
    assert states(world)[0] == Ready()


async def test_follow_ups_of_it_are_taken_back_as_well(tmp_path):
    files = {"lib.py": "def area():\n    return 1\n", "use.py": "from lib import area\n\narea()\n"}
    project = following(tmp_path, files)
    tool = Tool(project.world)
    await tool.save("lib.py", "def face():\n    return 1\n")
    await project.world.turns.idle()
    assert len(project.ready) == 1
    await tool.write(MANY)
    assert project.ready == []


async def test_in_quiet_mode_it_offers_nothing_and_leaves_what_was_held_before(world):
    quiet_in(world)
    tool = Tool(world, STUB)
    await tool.write(1)
    tool.seconds += 20
    held = offers(world)
    await tool.save("0.py", STUB + "# formatted\n")
    await tool.write(MANY, first=1)
    (offered,) = offers(world).values()
    assert [one.snapshot.path for one in offered] == ["0.py"]
    assert len(held) == 1
    assert sum(entry.is_burst for entry in entries(world)) == 1


async def test_an_entry_that_is_not_kept_any_more_is_made_anew(world):
    tool = Tool(world)
    await tool.write(MANY)
    world.inbox.log._entries.clear()
    await tool.write(1, first=MANY)
    (entry,) = entries(world)
    assert len(entry.paths) == MANY + 1


async def test_of_each_file_the_newest_entry_that_was_told_is_that_of_the_burst(world):
    await Tool(world, STUB).write(MANY + 5)
    settled = [event.entry for event in world.seen.of(SaveSettled)]
    assert settled[-1] == entries(world)[0]
