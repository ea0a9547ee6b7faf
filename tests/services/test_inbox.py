"""Saved files: what starts a turn, and what is said about the rest."""

import pytest
from fakes import Answer, MemoryFiles
from interface_fakes import until

from spark_desktop.domain.errors import FileError, FileTooLargeError, NotTextError
from spark_desktop.domain.events import (
    ChangeIgnored,
    FilesChanged,
    ProposalChanged,
    WatchingChanged,
)
from spark_desktop.domain.proposal import (
    GONE,
    REPLACED,
    Cancelled,
    Closed,
    Conflict,
    Failed,
    Queued,
    Ready,
)
from spark_desktop.domain.settings import Watching
from spark_desktop.domain.trigger import EditComment, Stub, title_of
from spark_desktop.domain.workspace import Ignored, IgnoreReason

STUB = "def one():\n    pass\n"


def reasons(world):
    return [event.ignored.reason for event in world.seen.of(ChangeIgnored)]


async def test_a_saved_stub_is_offered_a_body(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return 1\n")
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    (proposal,) = world.turns.proposals()
    assert (title_of(proposal.trigger), proposal.state) == ("stub one()", Ready())
    assert world.seen.of(FilesChanged) == [FilesChanged(("a.py",))]


async def test_a_second_save_does_not_ask_again(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return 1\n")
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", STUB + "\n\nX = 1\n")
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 1
    assert reasons(world) == [IgnoreReason.KNOWN]


async def test_the_same_comment_written_again_later_asks_again(world_of):
    world = world_of(
        MemoryFiles(a__py="X = 1\n# two AI!\n"), Answer(hangs=True), Answer(hangs=True)
    )
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", "X = 2\n")
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", "X = 2\n# two AI!\n")
    await world.inbox.saved(["a.py"])
    queued = [e for e in world.seen.of(ProposalChanged) if e.proposal.state == Queued()]
    assert len(queued) == 2


async def test_a_file_that_comes_back_while_its_answer_was_written_asks_again(world_of):
    text = "X = 1\n# two AI!\n"
    world = world_of(MemoryFiles(a__py=text), Answer(hangs=True), "X = 2\n")
    await world.inbox.saved(["a.py"])
    await until(lambda: world.turns.running is not None)
    del world.files.data["a.py"]
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", text)
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    assert [one.state for one in world.turns.proposals()] == [Cancelled(GONE), Ready()]


@pytest.mark.parametrize("is_sooner", [True, False])
async def test_what_had_its_turn_while_its_file_was_away_is_asked_for_again(world_of, is_sooner):
    text = "X = 1\n# two AI!\n"
    world = world_of(MemoryFiles(a__py=STUB, b__py=text), Answer(hangs=True), "X = 2\n", "3\n")
    await world.inbox.saved(["a.py", "b.py"])
    await until(lambda: world.turns.running is not None)
    del world.files.data["b.py"]
    await world.inbox.saved(["b.py"])
    if not is_sooner:
        world.turns.stop()
        await world.turns.idle()
        assert isinstance(world.turns.proposals()[1].state, Failed)
    world.files.write("b.py", text)
    await world.inbox.saved(["b.py"])
    if is_sooner:
        world.turns.stop()
    await world.turns.idle()
    _, *asked = [one.state for one in world.turns.proposals()]
    assert asked == [Ready()] if is_sooner else [Cancelled(REPLACED), Ready()]
    await world.inbox.saved(["b.py"])
    assert len(world.turns.proposals()) == 2 + (not is_sooner)


@pytest.mark.parametrize("decided", [False, True])
async def test_a_file_that_comes_back_does_not_ask_for_what_waits_or_was_decided(world_of, decided):
    world = world_of(MemoryFiles(a__py=STUB), "return 1\n")
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    (first,) = world.turns.proposals()
    if decided:
        world.review.reject(first.id)
    del world.files.data["a.py"]
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", STUB)
    await world.inbox.saved(["a.py"])
    (proposal,) = world.turns.proposals()
    assert proposal.state == (Closed(0) if decided else Ready())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotTextError("The file is not text."), IgnoreReason.BINARY),
        (FileTooLargeError("a.py has 9 MB."), IgnoreReason.TOO_LARGE),
        (FileError("a.py cannot be read: permission denied."), IgnoreReason.UNREADABLE),
    ],
)
async def test_a_file_that_cannot_be_read_as_text_says_why(world_of, error, reason):
    world = world_of(MemoryFiles(a__py=STUB))
    world.files.error_on_read["a.py"] = error
    await world.inbox.saved(["a.py"])
    assert reasons(world) == [reason]
    assert world.seen.of(ChangeIgnored)[0].ignored.detail == error.message


async def test_a_file_that_is_locked_for_a_while_keeps_its_proposal(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return 1\n")
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    world.files.error_on_read["a.py"] = FileError("a.py cannot be read: it is in use.")
    await world.inbox.saved(["a.py"])
    del world.files.error_on_read["a.py"]
    await world.inbox.saved(["a.py"])
    (proposal,) = world.turns.proposals()
    assert proposal.state == Ready()
    assert reasons(world) == [IgnoreReason.UNREADABLE, IgnoreReason.UNCHANGED]


@pytest.mark.parametrize("told", ["pkg/a.py", "pkg"])
async def test_what_waits_in_a_folder_that_is_moved_goes_as_with_its_file(world_of, told):
    world = world_of(MemoryFiles(), "X = 2\n")
    world.files.write("pkg/a.py", "X = 1\n# two AI!\n")
    await world.inbox.saved(["pkg/a.py"])
    await world.turns.idle()
    del world.files.data["pkg/a.py"]
    await world.inbox.saved([told])
    (proposal,) = world.turns.proposals()
    assert isinstance(proposal.state, Conflict)
    assert set(reasons(world)) == {IgnoreReason.DELETED}


async def test_a_deleted_file_is_said(world_of):
    world = world_of(MemoryFiles())
    await world.inbox.saved(["a.py"])
    assert reasons(world) == [IgnoreReason.DELETED]


async def test_an_ignored_path_is_said_and_never_read(world_of):
    world = world_of(MemoryFiles(a__py=STUB))
    ignored = Ignored("a.py", IgnoreReason.GITIGNORE, "*.py")
    world.files.ignored_paths["a.py"] = ignored
    await world.inbox.saved(["a.py"])
    assert world.seen.of(ChangeIgnored) == [ChangeIgnored(ignored)]
    assert world.seen.of(FilesChanged) == []


async def test_our_own_write_starts_nothing(world_of):
    world = world_of(MemoryFiles(a__py="X = 1\n"))
    snapshot = world.files.snapshot("a.py")
    await world.files.replace("a.py", snapshot.text.with_content(STUB), snapshot.digest)
    await world.inbox.saved(["a.py"])
    assert reasons(world) == [IgnoreReason.OWN_WRITE]
    assert world.turns.proposals() == ()


async def test_our_own_write_starts_nothing_before_it_is_told_either(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return 1\n")
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    await world.review.accept(world.turns.proposals()[0].id)
    await world.inbox.saved(["a.py"])
    # As an undo of many files is: this one is written, and the step as a whole is not yet.
    snapshot = world.files.snapshot("a.py")
    await world.files.replace("a.py", snapshot.text.with_content(STUB), snapshot.digest)
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 1
    assert reasons(world)[-1] is IgnoreReason.OWN_WRITE


async def test_a_touched_file_is_unchanged(world_of):
    world = world_of(MemoryFiles(a__py="X = 1\n"))
    await world.inbox.saved(["a.py"])
    await world.inbox.saved(["a.py"])
    assert reasons(world) == [IgnoreReason.NO_TRIGGER, IgnoreReason.UNCHANGED]


async def test_what_is_put_off_is_one_entry_with_what_is_said_of_it(world_of):
    world = world_of(MemoryFiles(a__py="X = 1\n"))
    entry = world.inbox.put_off("a.py", "test_a, test_b; later")
    assert world.inbox.log.entries() == (entry,)
    assert entry.cause is IgnoreReason.PUT_OFF
    assert entry.reason == (
        "more failed at once than proposals are made for: test_a, test_b; later"
    )
    assert reasons(world) == [IgnoreReason.PUT_OFF]


async def test_more_stubs_than_one_save_takes_are_named_and_come_with_the_next(world_of):
    stubs = "\n\n".join(f"def f{n}():\n    pass\n" for n in range(5))
    world = world_of(MemoryFiles(a__py=stubs), *[Answer(hangs=True)] * 5)
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 3
    (said,) = (event.ignored for event in world.seen.of(ChangeIgnored))
    assert said.reason is IgnoreReason.TOO_MANY
    assert said.detail.startswith("f3(), f4()")
    world.files.write("a.py", stubs + "\n")
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 5


async def test_running_follows_the_watched_bursts(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return 1\n")
    world.watch.bursts.put_nowait(("a.py",))
    heard = []
    world.inbox._bus.subscribe(FilesChanged, heard.append)
    from spark_desktop.services.tasks import TaskScope

    scope = TaskScope("test")
    scope.start("inbox", world.inbox.run())
    await until(lambda: bool(world.turns.proposals()))
    await scope.close()
    assert heard == [FilesChanged(("a.py",))]


async def test_a_scan_finds_the_comments_that_stand_there_but_no_stubs(world_of):
    world = world_of(MemoryFiles(a__py=STUB, b__py="X = 1\n# two AI!\n"))
    found = await world.inbox.scan(["a.py", "b.py"])
    assert [type(trigger) for trigger in found] == [EditComment]


async def test_the_same_words_above_two_functions_ask_twice(world_of):
    text = "def one():\n    return 1\n# log it AI!\n\ndef two():\n    return 2\n# log it AI!\n"
    world = world_of(MemoryFiles(a__py=text), Answer(hangs=True), Answer(hangs=True))
    await world.inbox.saved(["a.py"])
    asked = [(p.state, p.trigger.lines.start) for p in world.turns.proposals()]
    assert asked == [(Queued(), 2), (Queued(), 6)]


async def test_methods_of_the_same_name_are_both_offered_a_body(world_of):
    text = "def run():\n    pass\nX = 1\ndef run():\n    pass\n"
    world = world_of(MemoryFiles(a__py=text), Answer(hangs=True), Answer(hangs=True))
    await world.inbox.saved(["a.py"])
    assert [p.state for p in world.turns.proposals()] == [Queued(), Queued()]


async def test_the_same_words_written_above_those_that_are_known_ask_for_the_new_place(world_of):
    text = "def two():\n    return 2\n# log it AI!\n"
    world = world_of(MemoryFiles(a__py=text), Answer(hangs=True), Answer(hangs=True))
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", "def one():\n    return 1\n# log it AI!\n\n" + text)
    await world.inbox.saved(["a.py"])
    asked = [(p.state, p.trigger.lines.start) for p in world.turns.proposals()]
    assert asked == [(Queued(), 2), (Queued(), 2)]
    assert world.turns.proposals()[0].trigger.snapshot.text.content == text


async def test_a_comment_moved_to_another_function_asks_there(world_of):
    one, two = "def one():\n    x = 1\n    return 1\n", "def two():\n    y = 2\n    return 2\n"
    world = world_of(
        MemoryFiles(a__py=one + "# log it AI!\n" + two), Answer(hangs=True), Answer(hangs=True)
    )
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", one + two + "# log it AI!\n")
    await world.inbox.saved(["a.py"])
    assert [p.trigger.lines.start for p in world.turns.proposals() if p.state == Queued()] == [6]


async def test_a_comment_saved_just_before_our_write_is_not_taken_for_ours(world_of):
    world = world_of(MemoryFiles(a__py="def one():\n    pass\n\nX = 1\n"), "return 1\n", "2\n")
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    (first,) = world.turns.proposals()
    world.files.write("a.py", "def one():\n    pass\n\nX = 1\n# two AI!\n")
    await world.review.accept(first.id)
    await world.inbox.saved(["a.py"])
    assert [type(p.trigger) for p in world.turns.proposals()] == [Stub, EditComment]


async def test_an_undone_stub_is_not_offered_again(world_of):
    world = world_of(MemoryFiles(a__py="def one():\n    pass\n"), "return 1\n")
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    await world.review.accept(world.turns.proposals()[0].id)
    await world.inbox.saved(["a.py"])
    await world.edits.undo()
    await world.inbox.saved(["a.py"])
    world.files.write("a.py", world.files.text("a.py") + "\nX = 1\n")
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 1
    assert reasons(world) == [IgnoreReason.OWN_WRITE, IgnoreReason.OWN_WRITE, IgnoreReason.KNOWN]


async def test_stubs_that_were_too_many_come_with_a_save_that_changes_nothing(world_of):
    stubs = "\n\n".join(f"def f{n}():\n    pass\n" for n in range(4))
    world = world_of(MemoryFiles(a__py=stubs), *[Answer(hangs=True)] * 4)
    await world.inbox.saved(["a.py"])
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 4


@pytest.mark.parametrize(
    ("watching", "wanted"),
    [
        (Watching(enabled=False), []),
        (Watching(stubs=False), ["two"]),
        (Watching(comments=False), ["stub one()"]),
    ],
)
async def test_what_is_switched_off_starts_nothing_and_says_so(world_of, watching, wanted):
    text = STUB + "\n\n# two AI!\nX = 1\n"
    world = world_of(MemoryFiles(a__py=text), Answer(hangs=True), Answer(hangs=True))
    world.inbox.watching = watching
    await world.inbox.saved(["a.py"])
    assert [title_of(one.trigger) for one in world.turns.proposals()] == wanted
    assert reasons(world) == [IgnoreReason.SWITCHED_OFF]
    world.inbox.watching = Watching()
    world.files.write("a.py", text + "\n")
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 2


async def test_a_save_during_a_pause_starts_nothing_and_says_why(world_of):
    world = world_of(MemoryFiles(a__py=STUB))
    world.inbox.pause()
    world.inbox.pause()
    await world.inbox.saved(["a.py"])
    assert world.turns.proposals() == ()
    assert reasons(world) == [IgnoreReason.PAUSED]
    assert world.seen.of(FilesChanged) == [FilesChanged(("a.py",))]
    assert world.seen.of(WatchingChanged) == [WatchingChanged(True)]


async def test_what_a_pause_passed_over_is_named_and_taken_with_the_next_save(world_of):
    world = world_of(MemoryFiles(a__py=STUB, b__py="X = 1\n"), "return 1\n")
    world.inbox.pause()
    await world.inbox.saved(["a.py", "b.py"])
    await world.inbox.saved(["a.py"])
    assert world.inbox.resume() == ("a.py", "b.py")
    assert world.inbox.resume() == ()
    assert world.seen.of(WatchingChanged)[1:] == [WatchingChanged(False, ("a.py", "b.py"))]
    await world.inbox.saved(["a.py"])
    assert [title_of(one.trigger) for one in world.turns.proposals()] == ["stub one()"]


async def test_what_was_proposed_before_a_pause_is_not_asked_for_again(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return 1\n")
    await world.inbox.saved(["a.py"])
    world.inbox.pause()
    world.files.write("a.py", STUB + "\nX = 1\n")
    await world.inbox.saved(["a.py"])
    world.inbox.resume()
    await world.inbox.saved(["a.py"])
    assert len(world.turns.proposals()) == 1
    assert reasons(world) == [IgnoreReason.PAUSED, IgnoreReason.UNCHANGED]


async def test_a_waiting_proposal_follows_its_file_during_a_pause(world_of):
    world = world_of(MemoryFiles(a__py=STUB), "return 1\n")
    await world.inbox.saved(["a.py"])
    await world.turns.idle()
    world.inbox.pause()
    world.files.write("a.py", "# above\n" + STUB)
    await world.inbox.saved(["a.py"])
    (proposal,) = world.turns.proposals()
    assert proposal.state == Ready()
    assert proposal.trigger.snapshot.text.content.startswith("# above")


async def test_our_own_write_during_a_pause_is_not_counted_as_missed(world_of):
    world = world_of(MemoryFiles(a__py="X = 1\n"))
    world.inbox.pause()
    snapshot = world.files.snapshot("a.py")
    await world.files.replace("a.py", snapshot.text.with_content(STUB), snapshot.digest)
    await world.inbox.saved(["a.py"])
    assert reasons(world) == [IgnoreReason.OWN_WRITE]
    assert world.inbox.resume() == ()
