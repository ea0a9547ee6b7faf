"""The whole program with the real model: what it reports, and that Stop stops the engine."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.domain.context_item import ItemKind, ItemRef, Question
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.events import TurnChanged
from spark_desktop.domain.proposal import Cancelled, Proposal, Ready, Streaming, Withheld
from tests.e2e.sessions import Session, session, slot_of, until

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.timeout(600)]

# Prefill on two busy cores: some dozens of tokens a second.
ANSWER_S = 240.0
SAVED = """\
def area(width, height):
    # return the product of width and height AI!
    return 0


def add(a, b):
    pass
"""
# About 16 tokens a line.
LONG = "".join(f"    value_{n} = {n * 7919} * value_{n - 1} + {n}\n" for n in range(1, 140))


@pytest.fixture
async def opened(
    folder: Path, data_dir: Path, model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Session]:
    # Threads of the engine that wait by spinning would take the other tests' time.
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    async with session(folder, data_dir, str(model_path)) as made:
        await made.start()
        yield made


def _measured(work: Proposal | Turn) -> None:
    assert work.usage is not None
    assert work.timing is not None
    assert work.usage.prompt_tokens > 0
    assert work.usage.completion_tokens > 0
    assert 0 < work.timing.first_token <= work.timing.total


async def test_an_emulated_answer_is_marked_and_comes_at_its_profiles_pace(
    folder: Path, data_dir: Path, model_path: Path
) -> None:
    # The default model, whose file ``model_path`` has seen to.
    async with session(folder, data_dir, "emulated:codex-spark") as made:
        await made.start()
        async with asyncio.timeout(ANSWER_S):
            turn = await made.project.chat.ask("Name three colours.")
    assert (turn.state, turn.error) == (TurnState.DONE, "")
    assert turn.emulation is not None
    assert (turn.emulation.profile, turn.emulation.source) == ("codex-spark", "buffered")
    assert turn.emulation.engine_s is not None
    assert turn.emulation.engine_s > 0


async def test_a_stub_a_comment_and_a_question_are_answered_with_real_numbers(
    opened: Session, folder: Path
) -> None:
    (folder / "shapes.py").write_text(SAVED, encoding="utf-8")
    turns = opened.project.turns
    await until(lambda: len(turns.proposals()) == 2)
    ids = [proposal.id for proposal in turns.proposals()]
    async with asyncio.timeout(ANSWER_S):
        await turns.idle()
    for proposal_id in ids:
        # What a model makes of it is its own affair; that it is checked and measured is ours.
        proposal = opened.proposal(proposal_id)
        assert isinstance(proposal.state, Ready | Withheld)
        assert proposal.evidence
        _measured(proposal)
        if isinstance(proposal.state, Ready):
            await opened.project.review.accept(proposal_id)
    steps = await opened.project.edits.steps()
    assert steps, "neither of two easy proposals could be used"
    for _ in steps:
        await opened.project.edits.undo()
    assert (folder / "shapes.py").read_text(encoding="utf-8") == SAVED

    (folder / "ask.py").write_text("# In one word: is this Python? AI?\nx = 1\n", encoding="utf-8")
    await until(lambda: opened.events.of(TurnChanged))
    async with asyncio.timeout(ANSWER_S):
        await turns.idle()
    (turn,) = (await opened.project.chat.current()).turns
    assert turn.state is TurnState.DONE
    assert turn.answer
    _measured(turn)


async def test_stop_during_a_long_prompt_frees_the_slot_before_the_prompt_is_through(
    opened: Session, folder: Path
) -> None:
    turns, core = opened.project.turns, opened.core
    source = f"def long(value_0):\n    # simplify this AI!\n{LONG}    return value_0\n"
    (folder / "long.py").write_text(source, encoding="utf-8")
    await until(lambda: slot_of(core)["state"] == "prefill", ANSWER_S)
    await until(lambda: int(slot_of(core)["prompt_tokens_done"]) > 0, ANSWER_S)
    assert isinstance(turns.proposals()[0].state, Streaming)
    assert turns.stop()
    await until(lambda: slot_of(core)["state"] == "free")
    await turns.idle()
    slot = slot_of(core)
    assert int(slot["prompt_tokens"]) > 1000
    assert 0 < int(slot["prompt_tokens_processed"]) < int(slot["prompt_tokens"])
    assert turns.proposals()[0].state == Cancelled("stopped")


async def test_a_question_with_a_file_is_answered_from_it_and_its_tokens_are_counted(
    opened: Session, folder: Path
) -> None:
    text = 'PORT = 48213\nHOST = "localhost"\n\n\ndef address():\n    return HOST, PORT\n'
    (folder / "settings.py").write_text(text, encoding="utf-8")
    project = opened.project
    thread = await project.chat.current()
    refs = (ItemRef(ItemKind.FILE, "settings.py"),)
    asked = Question("q1", thread.id, "What is the value of PORT in settings.py?", refs)
    composing = project.composing
    assert not (await composing.preview.look(asked)).is_exact
    assert await composing.preview.measure(asked)
    preview = await composing.preview.look(asked)
    assert preview.is_exact
    assert preview.plan is not None
    async with asyncio.timeout(ANSWER_S):
        await composing.outbox.put(asked)
        await composing.outbox.idle()
    (turn,) = (await project.chat.current()).turns
    assert turn.state is TurnState.DONE
    assert "48213" in turn.answer
    assert [kept.ref.path for kept in turn.attached] == ["settings.py"]
    # The plan is a little over what the model's template made of it, and never under.
    assert turn.usage is not None
    assert turn.usage.prompt_tokens <= preview.plan.prompt <= turn.usage.prompt_tokens + 40
