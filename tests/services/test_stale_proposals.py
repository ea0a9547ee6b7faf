"""A save while a proposal is written: cancelled and asked anew, or moved onto the new text."""

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.events import SaveSettled
from spark_desktop.domain.inbox_entry import Outcome
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.proposal import GONE, Cancelled, Ready
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.trigger import Repair, Span

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


ANSWER = "def one():\n    return 1\n"


async def ready(world_of, text, *answers):
    """Return a world whose file has been answered, proposals and all."""
    world = world_of(MemoryFiles(a__py=text), *answers)
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert states(world) == [Ready()] * len(answers)
    return world


async def saved(world, text):
    world.files.write("a.py", text)
    await world.inbox.saved(["a.py"])
    await world.turns.idle()


@pytest.mark.parametrize(
    ("text", "answer", "own"),
    [
        (COMMENT, ANSWER, COMMENT.replace("    # shorten AI!\n", "")),
        (COMMENT, ANSWER, COMMENT.replace("    # shorten AI!\n    return 1 + 0", "    return 2")),
        (STUB, "return 1\n", STUB.replace("pass", "return 2")),
        # The other one is not about it.
        (COMMENT, ANSWER, COMMENT.replace("    # shorten AI!\n", "") + "# lengthen this\n"),
    ],
)
async def test_a_proposal_that_waits_is_cancelled_when_the_user_does_it_himself(
    world_of, text, answer, own
):
    world = await ready(world_of, text, answer)
    await saved(world, own)
    assert states(world) == [Cancelled(GONE)]
    assert world.files.text("a.py") == own


async def test_of_two_that_say_the_same_only_the_one_that_is_done_is_cancelled(world_of):
    text = "def one():\n    pass\nX = 1\ndef one():\n    pass\n"
    world = await ready(world_of, text, "return 1\n", "return 2\n")
    await saved(world, text.replace("pass", "return 7", 1))
    assert states(world) == [Cancelled(GONE), Ready()]


async def test_a_repair_that_waits_is_cancelled_when_the_user_closes_the_bracket(world_of):
    world = world_of(MemoryFiles(a__py="x = f(1\ny = 2\n"), "x = f(1)\n")
    repair = Repair(world.files.snapshot("a.py"), Span(0, 1), "it is open")
    world.inbox.found("a.py", [repair])
    await world.turns.idle()
    await saved(world, "x = f(1\ny = 3\n")
    assert states(world) == [Ready()]
    await saved(world, "x = f(1, 2)\ny = 3\n")
    assert states(world) == [Cancelled(GONE)]


async def test_a_repair_of_what_this_parser_never_saw_stays(world_of):
    world = world_of(MemoryFiles(a__py="x = 1\ny = 2\n"), "x = 3\n")
    repair = Repair(world.files.snapshot("a.py"), Span(0, 1), "it is wrong")
    world.inbox.found("a.py", [repair])
    await world.turns.idle()
    assert states(world) == [Ready()]
    await saved(world, "x = 1\ny = 3\n")
    assert states(world) == [Ready()]


async def test_a_proposal_stays_while_what_asked_for_it_only_moved(world_of):
    world = await ready(world_of, COMMENT, ANSWER)
    await saved(world, "import os\n" + COMMENT.replace("1 + 0", "0 + 1"))
    assert states(world) == [Ready()]


async def test_the_rest_of_a_proposal_stays_when_its_comment_goes_with_a_part_of_it(world_of):
    text = "def one():\n    # shorten AI!\n    x = 1 + 0\n    y = 2\n    z = 3\n    return x + 0\n"
    answer = "def one():\n    x = 1\n    y = 2\n    z = 3\n    return x\n"
    world = await ready(world_of, text, answer)
    (proposal,) = world.turns.proposals()
    first, *others = proposal.patch.hunks
    assert others
    await world.review.accept(proposal.id, [first.id])
    await world.inbox.saved(["a.py"])
    assert "AI!" not in world.files.text("a.py")
    await saved(world, world.files.text("a.py") + "# note\n")
    assert states(world) == [Ready()]
    await world.review.accept(proposal.id)
    assert world.files.text("a.py") == answer + "# note\n"


@pytest.mark.parametrize("what", ["reject", "edit"])
async def test_what_the_user_worked_on_is_not_cancelled(world_of, what):
    text = "def one():\n    # shorten AI!\n    x = 1 + 0\n    y = 2\n    z = 3\n    return x + 0\n"
    answer = "def one():\n    x = 1\n    y = 2\n    z = 3\n    return x\n"
    world = await ready(world_of, text, answer)
    (proposal,) = world.turns.proposals()
    last = proposal.patch.hunks[-1]
    if what == "reject":
        world.review.reject(proposal.id, [last.id])
    else:
        world.review.edit(proposal.id, last.id, "    return 5\n")
    await saved(world, text.replace("    # shorten AI!\n", ""))
    assert states(world) == [Ready()]


async def test_our_write_for_another_proposal_that_does_it_as_well_cancels_it(world_of):
    world = await ready(world_of, STUB + "\n\nX = 1\n", "return 1\n")
    snapshot = world.files.snapshot("a.py")
    text = SourceText(STUB.replace("pass", "return 2") + "\n\nX = 1\n")
    await world.files.replace("a.py", text, snapshot.digest)
    await world.inbox.saved(["a.py"])
    assert states(world) == [Cancelled(GONE)]


async def test_a_switch_of_the_branch_leaves_what_waits_and_its_return_finds_it(world_of):
    world = await ready(world_of, COMMENT, ANSWER)
    names = [f"{number}.py" for number in range(200)]
    for text in ("def one():\n    return 4\n", COMMENT):
        for name in names:
            world.files.write(name, text)
        world.files.write("a.py", text)
        await world.inbox.saved([*names, "a.py"])
    assert states(world) == [Ready()]


async def test_a_comment_that_is_typed_anew_asks_anew(world_of):
    world = await ready(world_of, COMMENT, ANSWER)
    world.endpoint.answers.append(Answer(ANSWER))
    await saved(world, COMMENT.replace("    # shorten AI!\n", ""))
    await saved(world, COMMENT)
    assert states(world) == [Cancelled(GONE), Ready()]


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
