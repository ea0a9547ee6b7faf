"""What answers in the chat want changed becomes proposals, while they are written."""

import asyncio
from dataclasses import replace

import pytest
from fakes import Answer, MemoryFiles

from spark_desktop.domain.completion import SEARCH_REPLACE, ModelInfo
from spark_desktop.domain.errors import EndpointUnreachableError, FileTooLargeError
from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.patch import FileKind, apply
from spark_desktop.domain.proposal import Cancelled, Closed, Decision, Ready, Streaming, Withheld
from spark_desktop.domain.refusals import RefusalReason, Refused
from spark_desktop.domain.review import decide
from spark_desktop.domain.trigger import AnswerEdit, kind_of, title_of
from spark_desktop.services.answer_edits import AnswerEdits
from spark_desktop.services.answer_evidence import AnswerEvidence
from spark_desktop.services.answer_files import AnswerFiles
from spark_desktop.services.answers import CoreAnswers
from spark_desktop.services.path_guard import Admitted
from spark_desktop.services.second_try import SecondTry
from tests.fakes import LineSyntax

MEAN = "def mean(values):\n    return sum(values)\n\n\ndef other():\n    return 1\n"
NAMES = "def name():\n    return 'a'\n"
ABLE = ModelInfo("able", context=8192, fim=False, formats=(SEARCH_REPLACE, "region"))


def block(path, search, replace):
    return f"{path}\n```python\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n```\n"


GOOD = block("a.py", "    return sum(values)\n", "    return sum(values) / len(values)\n")
LOST = block("a.py", "    return total(xs, ys, zs)\n    log(1)\n", "    return 0\n")
FIXED = MEAN.replace("sum(values)", "sum(values) / len(values)")


class Guard:
    """Admits what the fake files hold, and what could be made there."""

    def __init__(self, files):
        self.files = files

    async def admit(self, written):
        if written.startswith("../"):
            return Refused(RefusalReason.OUTSIDE, written)
        return Admitted(written, written, written in self.files.data)


class DotGuard(Guard):
    """Takes ./ for nothing, as a disk does."""

    async def admit(self, written):
        path = written.removeprefix("./")
        return Admitted(written, path, path in self.files.data)


class BrokenSyntax(LineSyntax):
    """Has a mistake."""

    def errors(self, path, content):
        raise ZeroDivisionError


@pytest.fixture
async def asked(world_of):
    """Ask a question whose answers are these; returns the world when all is settled."""
    followers = []

    async def ask(*answers, files=None, question="Mend it.", path=None, syntax=None, guard=Guard):
        world = world_of(files or MemoryFiles(a__py=MEAN, b__py=NAMES), *answers)
        answers_of = CoreAnswers(world.core)
        edits = AnswerEdits(
            lambda: AnswerFiles(guard(world.files), world.files),
            AnswerEvidence(syntax or LineSyntax()),
            world.board,
            SecondTry(answers_of, world.memory),
            world.seen_bus,
            world.clock,
        )
        edits.follow()
        followers.append(edits)
        world.edits_of_answers = edits
        if question:
            world.turn = await world.chat.ask(question, path)
            await edits.settled()
        return world

    yield ask
    for edits in followers:
        await edits.close()


async def shown(world, is_so):
    """Return once the first proposal on the board is so."""
    reached = asyncio.Event()

    def look(_event=None):
        if world.board.all() and is_so(world.board.all()[0]):
            reached.set()

    stop = world.seen_bus.subscribe(ProposalChanged, look)
    look()
    async with asyncio.timeout(10):
        await reached.wait()
    stop()


def proposals(world):
    return {one.trigger.snapshot.path: one for one in world.board.all()}


def text_of(proposal):
    return apply(proposal.trigger.snapshot.text.content, proposal.patch.hunks)


async def test_a_block_for_a_file_becomes_a_proposal(asked):
    world = await asked("Like this:\n\n" + GOOD)
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert text_of(proposal) == FIXED
    assert proposal.group == world.turn.id
    thread = await world.chat.current()
    snapshot = world.files.snapshot("a.py")
    assert proposal.trigger == AnswerEdit(snapshot, "Mend it.", thread.id, world.turn.id)
    assert (kind_of(proposal.trigger), title_of(proposal.trigger)) == ("answer", "Mend it.")
    assert proposal.model == "fake-model"
    assert world.files.text("a.py") == MEAN, "nothing is written unasked"


async def test_the_chat_keeps_the_whole_answer(asked):
    world = await asked("Like this:\n\n" + GOOD)
    assert (await world.chat.current()).turns[-1].answer == "Like this:\n\n" + GOOD


@pytest.mark.parametrize(
    "answer",
    ["Because of **this**.", "```python\nx = 1\n```\n", "Look:\n```\n>>> 1 + 1\n2\n```\n"],
)
async def test_an_example_is_no_edit(asked, answer):
    world = await asked(answer)
    assert world.board.all() == ()
    assert len(world.endpoint.requests) == 1


async def test_several_files_are_one_group(asked):
    new = "c.py\n```python\n<<<<<<< SEARCH\n=======\nX = 1\n>>>>>>> REPLACE\n```\n"
    world = await asked(GOOD + "\n" + block("b.py", NAMES, NAMES.replace("a", "b")) + "\n" + new)
    found = proposals(world)
    assert set(found) == {"a.py", "b.py", "c.py"}
    assert {one.group for one in found.values()} == {world.turn.id}
    assert found["c.py"].patch.kind is FileKind.CREATE
    assert text_of(found["c.py"]) == "X = 1\n"


async def test_a_file_can_be_decided_on_while_the_answer_goes_on(asked):
    world = await asked(Answer(GOOD, "\nAnd more", " and more", " of it.", hangs=True), question="")
    asking = asyncio.ensure_future(world.chat.ask("Mend it."))
    await world.endpoint.reached_silence.wait()
    await shown(world, lambda one: one.state == Ready())
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert text_of(proposal) == FIXED
    world.chat.stop()
    await asking


async def test_a_block_is_shown_while_it_is_written(asked):
    world = await asked(Answer(*GOOD.splitlines(keepends=True)[:6], hangs=True), question="")
    asking = asyncio.ensure_future(world.chat.ask("Mend it."))
    await world.endpoint.reached_silence.wait()
    await shown(world, lambda one: one.patch.hunks)
    (proposal,) = world.board.all()
    assert isinstance(proposal.state, Streaming)
    assert "len(values)" in "".join(proposal.patch.hunks[0].new)
    assert [check.name for check in proposal.evidence] == ["anchored"]
    world.chat.stop()
    await asking


async def test_a_block_without_a_place_goes_back_to_the_model_once_with_the_nearest_lines(asked):
    near = block("a.py", "    return sum(value, key)\n    x = 1\n    y = 2\n", "    return 0\n")
    world = await asked(GOOD.replace("a.py", "a.py", 1) + "\n" + near, "Sorry:\n" + GOOD)
    retry = world.endpoint.requests[1]
    assert retry.messages[-2].text.endswith(near)
    told = retry.messages[-1].text
    assert "a.py: " in told
    assert "return sum(value, key)" in told
    assert len(world.endpoint.requests) == 2


async def test_what_the_second_try_mends_is_shown(asked):
    world = await asked(LOST, GOOD)
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert proposal.failed == ()
    assert text_of(proposal) == FIXED
    assert (await world.chat.current()).turns[-1].answer == LOST, "the thread shows the answer"


async def test_a_block_that_fails_twice_waits_to_be_placed_by_hand(asked):
    world = await asked(LOST, LOST)
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert proposal.patch.hunks == ()
    (failed,) = proposal.failed
    assert failed.new == ("    return 0\n",)
    assert failed.reason
    assert len(world.endpoint.requests) == 2, "there is no third try"


async def test_where_nobody_answers_the_second_try_the_first_is_shown(asked):
    lost = EndpointUnreachableError("The core ended.", "Ask again.")
    world = await asked(GOOD + "\n" + LOST, Answer(error=lost))
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert text_of(proposal) == FIXED
    assert len(proposal.failed) == 1


async def test_a_change_that_does_not_parse_is_asked_for_again_with_the_reason(asked):
    broken = block("a.py", "    return sum(values)\n", "    return sum(values / len(values)\n")
    world = await asked(broken, GOOD)
    assert "syntax error" in world.endpoint.requests[1].messages[-1].text
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert text_of(proposal) == FIXED


async def test_a_change_that_does_not_parse_twice_is_withheld(asked):
    broken = block("a.py", "    return sum(values)\n", "    return sum(values / len(values)\n")
    world = await asked(broken, broken)
    (proposal,) = world.board.all()
    assert isinstance(proposal.state, Withheld)
    assert "syntax error" in proposal.state.reason
    assert proposal.patch is None


async def test_a_second_try_that_is_worse_is_not_taken(asked):
    broken = block("a.py", "    return sum(values)\n", "    return sum(values / len(values)\n")
    world = await asked(GOOD + "\n" + LOST, broken)
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert text_of(proposal) == FIXED


async def test_a_path_that_leads_out_is_withheld_with_the_reason_and_not_asked_again(asked):
    world = await asked(block("../x.py", "a\n", "b\n") + "\n" + GOOD)
    found = proposals(world)
    assert found["../x.py"].state == Withheld(Refused(RefusalReason.OUTSIDE, "../x.py").told)
    assert found["a.py"].state == Ready()
    assert len(world.endpoint.requests) == 1


async def test_a_file_that_cannot_be_read_is_withheld_with_the_reason(asked):
    files = MemoryFiles(a__py=MEAN)
    files.error_on_read["a.py"] = FileTooLargeError("a.py has 2 MB.", "Split it.")
    world = await asked(GOOD, files=files)
    (proposal,) = world.board.all()
    assert isinstance(proposal.state, Withheld)
    assert "a.py has 2 MB." in proposal.state.reason


async def test_an_omission_is_asked_for_again(asked):
    lazy = f"a.py\n```python\n{MEAN}# ... rest of the code\n```\n"
    world = await asked(lazy, GOOD)
    assert "You left code out" in world.endpoint.requests[1].messages[-1].text
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert text_of(proposal) == FIXED


async def test_a_stopped_answer_keeps_what_is_whole_and_says_what_was_cut(asked):
    cut = block("a.py", "def other():\n    return 1\n", "def other():\n    return 2\n")
    cut = cut[: cut.index("    return 2")]
    world = await asked(Answer(GOOD, cut, hangs=True), question="")
    asking = asyncio.ensure_future(world.chat.ask("Mend it."))
    await world.endpoint.reached_silence.wait()
    world.chat.stop()
    await asking
    await world.edits_of_answers.settled()
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert text_of(proposal) == FIXED
    assert [one.reason for one in proposal.failed] == ["The answer ends in the middle of it."]
    assert len(world.endpoint.requests) == 1, "who stops an answer wants no second one"


async def test_an_answer_that_ends_in_the_middle_of_a_block_is_asked_for_its_rest(asked):
    world = await asked(GOOD[: GOOD.index(">>>>>>>")], GOOD)
    assert "ends in the middle" in world.endpoint.requests[1].messages[-1].text
    (proposal,) = world.board.all()
    assert (proposal.state, proposal.failed) == (Ready(), ())
    assert text_of(proposal) == FIXED


async def test_blocks_that_turn_out_to_be_reasoning_are_taken_back_and_not_asked_for_again(asked):
    world = await asked(Answer(GOOD, "So I think.\n", "</think>\n", "No change is needed.\n"))
    assert [type(one.state) for one in world.board.all()] in ([], [Withheld])
    assert len(world.endpoint.requests) == 1


async def test_a_file_whose_only_block_was_cut_does_not_wait_for_ever(asked):
    cut = f"a.py\n```python\n{MEAN[:20]}"
    world = await asked(Answer(cut, hangs=True), question="")
    asking = asyncio.ensure_future(world.chat.ask("Mend it."))
    await world.endpoint.reached_silence.wait()
    world.chat.stop()
    await asking
    await world.edits_of_answers.settled()
    assert [type(one.state) for one in world.board.all()] in ([], [Withheld])


async def test_what_the_user_decided_stays_when_a_later_block_comes(asked):
    second = block("a.py", "def other():\n    return 1\n", "def other():\n    return 2\n")
    world = await asked(Answer(GOOD, "\nAnd\n", hangs=True), question="")
    asking = asyncio.ensure_future(world.chat.ask("Mend it."))
    await world.endpoint.reached_silence.wait()
    await shown(world, lambda one: one.state == Ready())
    (proposal,) = world.board.all()
    (hunk,) = proposal.patch.hunks
    world.board.put(decide(proposal, [hunk.id], Decision.REJECTED))
    world.chat.stop()
    turn = await asking
    await world.edits_of_answers.settled()
    world.endpoint.answers.append(Answer(second))
    await world.chat.go_on((await world.chat.current()).id, turn.id)
    await world.edits_of_answers.settled()
    (proposal,) = world.board.all()
    assert proposal.decisions == {hunk.id: Decision.REJECTED}
    assert hunk in proposal.patch.hunks
    assert any("    return 2\n" in one.new for one in proposal.patch.hunks)


async def test_asking_again_takes_back_what_was_not_decided(asked):
    world = await asked(GOOD, GOOD.replace("len(values)", "max(1, len(values))"))
    (first,) = world.board.all()
    await world.chat.repeat((await world.chat.current()).id, world.turn.id)
    await world.edits_of_answers.settled()
    kept, second = world.board.all()
    assert (kept.id, kept.state) == (first.id, Cancelled("asked again"))
    assert "max(1" in text_of(second)


async def test_a_dismissed_proposal_does_not_come_back(asked):
    world = await asked(LOST, question="")
    world.endpoint.answers.append(Answer(GOOD))

    def dismiss(event):
        if isinstance(event.proposal.state, Streaming) and event.proposal.id in world.board:
            world.board.remove(event.proposal.id)

    world.seen_bus.subscribe(ProposalChanged, dismiss)
    await world.chat.ask("Mend it.")
    await world.edits_of_answers.settled()
    assert world.board.all() == ()


async def test_the_file_of_the_question_is_meant_where_a_block_names_none(asked):
    bare = GOOD.removeprefix("a.py\n")
    world = await asked(bare, path="a.py")
    (proposal,) = world.board.all()
    assert text_of(proposal) == FIXED


async def test_models_that_can_are_told_how_an_answer_changes_files(asked):
    world = await asked("Yes.", "Yes.", question="")
    await world.chat.ask("Can you?")
    world.endpoint.become(ABLE)
    await world.chat.ask("And now?")
    small, large = (request.messages[0].text for request in world.endpoint.requests)
    assert "SEARCH" not in small
    assert "<<<<<<< SEARCH" in large


async def test_a_file_whose_hunks_were_all_rejected_stays_closed(asked):
    world = await asked(Answer(GOOD, "\nAnd\n", hangs=True), question="")
    asking = asyncio.ensure_future(world.chat.ask("Mend it."))
    await world.endpoint.reached_silence.wait()
    await shown(world, lambda one: one.state == Ready())
    (proposal,) = world.board.all()
    world.review.reject(proposal.id)
    world.chat.stop()
    await asking
    await world.edits_of_answers.settled()
    (proposal,) = world.board.all()
    assert proposal.state == Closed(0)


async def test_a_later_block_on_lines_of_an_earlier_one_gives_way_to_what_was_decided(asked):
    once_more = block("a.py", "    return sum(values) / len(values)\n", "    return 0\n")
    world = await asked(Answer(GOOD, "\nAnd\n", hangs=True), question="")
    asking = asyncio.ensure_future(world.chat.ask("Mend it."))
    await world.endpoint.reached_silence.wait()
    await shown(world, lambda one: one.state == Ready())
    (proposal,) = world.board.all()
    await world.review.accept(proposal.id)
    world.chat.stop()
    turn = await asking
    await world.edits_of_answers.settled()
    world.endpoint.answers.append(Answer(once_more))
    await world.chat.go_on((await world.chat.current()).id, turn.id)
    await world.edits_of_answers.settled()
    assert world.files.text("a.py") == FIXED
    (proposal,) = world.board.all()
    assert text_of(proposal) == FIXED.replace("sum(values) / len(values)", "0")
    assert proposal.state == Ready()


async def test_a_mistake_of_ours_leaves_nothing_that_waits_for_ever(asked, caplog):
    world = await asked(GOOD, syntax=BrokenSyntax())
    await asyncio.sleep(0)
    assert not any(isinstance(one.state, Streaming) for one in world.board.all())
    assert "failed" in caplog.text


async def test_a_file_that_was_saved_meanwhile_is_moved_onto(asked):
    world = await asked(GOOD, question="")
    world.edits_of_answers.file_changed = world.review.file_changed

    def save(event):
        world.files.write("a.py", "# new\n" + MEAN)

    stop = world.seen_bus.subscribe(ProposalChanged, save)
    await world.chat.ask("Mend it.")
    await world.edits_of_answers.settled()
    stop()
    (proposal,) = world.board.all()
    assert text_of(proposal) == "# new\n" + FIXED


BAD = block("a.py", "    return sum(values)\n", "    return sum(values\n")


async def test_what_a_second_try_does_not_come_back_to_stays_without_a_place(asked):
    other = block("b.py", "    return 'a'\n", "    return 'b'\n")
    found = proposals(await asked(GOOD + "\n" + LOST, other))
    assert text_of(found["a.py"]) == FIXED
    assert len(found["a.py"].failed) == 1
    assert text_of(found["b.py"]) == NAMES.replace("'a'", "'b'")


async def stopped_in(world):
    """Ask, stop at the end of what came, and return the turn."""
    asking = asyncio.ensure_future(world.chat.ask("Mend it."))
    await world.endpoint.reached_silence.wait()
    world.chat.stop()
    turn = await asking
    await world.edits_of_answers.settled()
    return turn


async def test_a_cut_block_that_is_written_to_its_end_is_not_a_part_without_a_place_any_more(asked):
    second = block("a.py", "def other():\n    return 1\n", "def other():\n    return 2\n")
    at = second.index("    return 2")
    world = await asked(Answer(GOOD, second[:at], hangs=True), question="")
    turn = await stopped_in(world)
    world.endpoint.answers.append(Answer(second[at:]))
    await world.chat.go_on((await world.chat.current()).id, turn.id)
    await world.edits_of_answers.settled()
    (proposal,) = world.board.all()
    assert (proposal.state, proposal.failed) == (Ready(), ())
    assert text_of(proposal) == FIXED.replace("return 1", "return 2")


async def test_what_was_sound_stays_when_what_comes_later_is_not(asked):
    later = block("a.py", "def other():\n    return 1\n", "def other(:\n    return 1\n")
    world = await asked(Answer(GOOD, "\nAnd\n", hangs=True), question="")
    turn = await stopped_in(world)
    (before,) = world.board.all()
    world.endpoint.answers += [Answer(later), Answer("I cannot.")]
    await world.chat.go_on((await world.chat.current()).id, turn.id)
    await world.edits_of_answers.settled()
    (proposal,) = world.board.all()
    assert (proposal.state, proposal.patch) == (Ready(), before.patch)
    assert any(check.is_advice and not check.passed for check in proposal.evidence)


async def test_a_file_is_one_however_the_answer_writes_its_path(asked):
    twice = (
        GOOD.replace("a.py", "./a.py") + "\n" + block("a.py", "    return 1\n", "    return 2\n")
    )
    world = await asked(twice, guard=DotGuard)
    (proposal,) = world.board.all()
    assert text_of(proposal) == FIXED.replace("return 1", "return 2")


async def test_a_second_try_may_write_the_path_in_another_way(asked):
    world = await asked(BAD.replace("a.py", "./a.py"), GOOD, guard=DotGuard)
    (proposal,) = world.board.all()
    assert (proposal.state, proposal.failed) == (Ready(), ())
    assert text_of(proposal) == FIXED


async def test_a_refused_renaming_onto_a_file_takes_nothing_from_that_files_change(asked):
    onto = "*** Begin Patch\n*** Update File: b.py\n*** Move to: a.py\n*** End Patch\n"
    world = await asked(GOOD + "\n" + onto)
    found = proposals(world)
    assert found["a.py"].state == Ready()
    assert text_of(found["a.py"]) == FIXED


async def test_asking_again_ends_the_second_try_of_the_answer_before(asked):
    world = await asked(GOOD + LOST, Answer(hangs=True), question="")
    turn = await world.chat.ask("Mend it.")
    await world.endpoint.reached_silence.wait()
    world.endpoint.answers.append(Answer(GOOD))
    await world.chat.repeat((await world.chat.current()).id, turn.id)
    await world.edits_of_answers.settled()
    first, second = world.board.all()
    assert first.state == Cancelled("asked again")
    assert (second.state, text_of(second)) == (Ready(), FIXED)


async def test_dismissing_what_an_answer_writes_stops_no_other_work(asked):
    world = await asked(Answer(GOOD), question="Mend it.")
    (proposal,) = world.board.all()
    world.board.put(replace(proposal, state=Streaming()))
    world.turns.dismiss(proposal.id)
    assert world.board.all() == ()


async def test_a_second_try_that_is_stopped_leaves_what_the_first_was_good_for(asked):
    world = await asked(GOOD + "\n" + LOST, Answer("Sorry", hangs=True), question="")
    world.turns.stop_besides = world.edits_of_answers.stop
    await world.chat.ask("Mend it.")
    await world.endpoint.reached_silence.wait()
    assert world.turns.stop()
    await world.edits_of_answers.settled()
    (proposal,) = world.board.all()
    assert proposal.state == Ready()
    assert text_of(proposal) == FIXED
    assert len(proposal.failed) == 1
    assert world.endpoint.closed_early == 1
    assert not world.turns.stop()


async def test_a_second_try_that_repeats_a_new_file_makes_it_once(asked):
    new = "c.py\n```python\n<<<<<<< SEARCH\n=======\nX = 1\n>>>>>>> REPLACE\n```\n"
    world = await asked(new + "\n" + LOST, GOOD + "\n" + new)
    found = proposals(world)
    assert text_of(found["c.py"]) == "X = 1\n"
    assert found["c.py"].failed == ()
    assert text_of(found["a.py"]) == FIXED
