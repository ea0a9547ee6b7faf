"""A save while a proposal is written: cancelled and asked anew, or moved onto the new text."""

from fakes import Answer, MemoryFiles

from spark_desktop.domain.events import SaveSettled
from spark_desktop.domain.inbox_entry import Outcome
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.proposal import Cancelled, Ready
from spark_desktop.domain.text import SourceText

STUB = "def one():\n    pass\n"
COMMENT = "def one():\n    # shorten AI!\n    return 1 + 0\n\n\ndef two():\n    return 2\n"


async def written(world, path="a.py"):
    """Let a save start a proposal, and return its id when the model has begun to write."""
    await world.inbox.saved([path])
    await world.endpoint.reached_silence.wait()
    (proposal,) = world.turns.proposals()
    return proposal.id


def states(world):
    return [one.state for one in world.turns.proposals()]


async def test_a_save_in_its_region_cancels_it_at_once_and_asks_anew(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), Answer("def", hangs=True), "def one(): ...\n")
    await written(world)
    world.files.write("a.py", COMMENT.replace("1 + 0", "0 + 1"))
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert states(world) == [Cancelled("replaced by a newer save"), Ready()]
    assert world.endpoint.closed_early == 1
    assert "0 + 1" in world.turns.proposals()[1].trigger.snapshot.text.content


async def test_a_stub_that_was_written_on_is_asked_for_once(world_of):
    world = world_of(MemoryFiles(a__py=STUB), Answer("ret", hangs=True), "return 1\n")
    await written(world)
    world.files.write("a.py", STUB.replace("one()", "one(x)"))
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert states(world)[0] == Cancelled("replaced by a newer save")
    assert [state for state in states(world) if isinstance(state, Ready)] == [Ready()]


async def test_what_replaces_it_is_asked_before_what_waits(world_of):
    text = COMMENT + "\n\ndef three():\n    pass\n"
    answers = (Answer("def", hangs=True), "def one(): ...\n", "return 3\n")
    world = world_of(MemoryFiles(a__py=text), *answers)
    await world.inbox.saved(["a.py"])
    await world.endpoint.reached_silence.wait()
    world.files.write("a.py", text.replace("1 + 0", "0 + 1"))
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert "0 + 1" in str(world.endpoint.requests[1])


async def test_a_save_outside_its_region_lets_it_go_on_and_moves_its_result(world_of):
    world = world_of(MemoryFiles(a__py=STUB + "\n\nX = 1\n"), "return 1\n")
    stream = world.endpoint.stream

    def saved_meanwhile(request):
        world.files.write("a.py", "# above\n" + STUB + "\n\nX = 2\n")
        world.scope.start("save", world.inbox.saved(["a.py"]))
        return stream(request)

    world.endpoint.stream = saved_meanwhile
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    (proposal,) = world.turns.proposals()
    assert proposal.state == Ready()
    assert proposal.patch.base == world.files.snapshot("a.py").digest
    assert world.endpoint.closed_early == 0


async def test_a_save_that_takes_its_comment_away_cancels_it_for_good(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), Answer("def", hangs=True))
    await written(world)
    world.files.write("a.py", COMMENT.replace("    # shorten AI!\n", ""))
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert states(world) == [Cancelled("what asked for it is no longer in the file")]
    assert world.endpoint.closed_early == 1


async def test_a_file_that_is_deleted_while_its_proposal_is_written_ends_it(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), Answer("def", hangs=True))
    await written(world)
    del world.files.data["a.py"]
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert states(world) == [Cancelled("what asked for it is no longer in the file")]


async def test_a_save_of_another_file_leaves_it_alone(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT, b__py="X = 1\n"), Answer("def", hangs=True))
    proposal_id = await written(world)
    await world.inbox.saved(["b.py"])
    assert world.turns.running.id == proposal_id


async def test_a_branch_switch_that_changes_its_region_cancels_it(world_of):
    files = MemoryFiles(a__py=COMMENT)
    names = [f"{number}.py" for number in range(200)]
    for name in names:
        files.write(name, "X = 1\n")
    world = world_of(files, Answer("def", hangs=True), "def one(): ...\n")
    await written(world)
    world.files.write("a.py", COMMENT.replace("1 + 0", "0 + 1"))
    await world.inbox.saved([*names, "a.py"])
    await world.turns.idle()
    assert states(world) == [Cancelled("replaced by a newer save"), Ready()]


async def test_our_own_write_in_its_region_counts_as_well(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), Answer("def", hangs=True), "def one(): ...\n")
    await written(world)
    snapshot = world.files.snapshot("a.py")
    text = SourceText(COMMENT.replace("1 + 0", "0 + 1"))
    await world.files.replace("a.py", text, snapshot.digest)
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert states(world) == [Cancelled("replaced by a newer save"), Ready()]


async def test_the_comments_of_a_revision_that_became_stale_are_kept(world_of):
    answers = ("def one():\n    return 1\n", Answer("def", hangs=True), "def one(): ...\n")
    world = world_of(MemoryFiles(a__py=COMMENT), *answers)
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    (first,) = world.turns.proposals()
    world.turns.revise(first.id, [LineComment(1, True, "return 1", "make it shorter")])
    await world.endpoint.reached_silence.wait()
    world.files.write("a.py", COMMENT.replace("1 + 0", "0 + 1"))
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert "make it shorter" in str(world.endpoint.requests[2])


async def test_nothing_is_superseded_where_nothing_is_written(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT))
    assert world.turns.running is None
    assert world.turns.supersede(None) is None


async def test_a_save_whose_request_a_newer_save_replaced_is_superseded(world_of):
    two = STUB + "\n\ndef two():\n    pass\n"
    world = world_of(
        MemoryFiles(b__py=STUB, a__py=two), Answer("ret", hangs=True), *["return 1\n"] * 4
    )
    await world.inbox.saved(["b.py"])
    await world.endpoint.reached_silence.wait()
    await world.inbox.saved(["a.py"])
    for number in (1, 2):
        world.files.write(
            "a.py", two.replace("one()", f"one(a{number})").replace("two()", "two( )")
        )
        await world.inbox.saved(["a.py"])
    newest = {event.entry.id: event.entry for event in world.seen.of(SaveSettled)}
    outcomes = [entry.outcome for entry in newest.values()]
    assert outcomes[0] is Outcome.QUEUED
    assert Outcome.SUPERSEDED in outcomes


async def test_a_save_that_asks_for_what_waits_already_is_merged(world_of):
    world = world_of(MemoryFiles(a__py=COMMENT), Answer("def", hangs=True))
    await written(world)
    world.files.write("a.py", COMMENT + "\n\nX = 1\n")
    await world.inbox.saved(["a.py"])
    first, second = (event.entry for event in world.seen.of(SaveSettled))
    assert (first.outcome, second.outcome) == (Outcome.QUEUED, Outcome.MERGED)
    assert second.requests == first.requests
    assert second.reason == "what it asks for waits already"
