"""The engine's own process with the real model: it is killed, waits its turn, and stays nowhere."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.core_state import CoreReady, CoreRestarting
from spark_desktop.domain.events import ProposalStreamed, TurnStreamed
from spark_desktop.domain.proposal import Streaming
from tests.e2e.sessions import Session, engine_of, session, slot_of, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.model,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to send"),
]

# Prefill on two busy cores: some dozens of tokens a second.
ANSWER_S = 240.0
# About 16 tokens a line.
LONG = "".join(f"    value_{n} = {n * 7919} * value_{n - 1} + {n}\n" for n in range(1, 70))


@pytest.fixture
async def opened(
    folder: Path, data_dir: Path, model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Session]:
    # Threads of the engine that wait by spinning would take the other tests' time.
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    async with session(folder, data_dir, str(model_path)) as made:
        await made.start()
        yield made


def _asking(opened: Session, question: str) -> "asyncio.Task[Turn]":
    return opened.project.scope.start("ask", opened.project.chat.ask(question))


async def test_an_answer_whose_engine_is_killed_fails_and_the_next_one_comes(
    opened: Session,
) -> None:
    core, engine = opened.core.pid, engine_of(opened.core)
    before = len(opened.states)
    asking = _asking(opened, "Count from one to two hundred, in words.")
    await until(lambda: opened.events.of(TurnStreamed), ANSWER_S)
    os.kill(engine, signal.SIGKILL)
    async with asyncio.timeout(ANSWER_S):
        failed = await asking
    assert failed.state is TurnState.FAILED
    assert failed.answer
    assert "killed by signal 9" in failed.error
    assert "repeat" in failed.error
    # Asked at once: it waits for the engine that is being started.
    async with asyncio.timeout(ANSWER_S):
        turn = await _asking(opened, "Say hello.")
    assert (turn.state, turn.error) == (TurnState.DONE, "")
    assert turn.answer
    assert opened.core.pid == core
    assert engine_of(opened.core) != engine
    assert isinstance(opened.project.core.state, CoreReady)
    reasons = [
        state.reason for state in opened.states[before:] if isinstance(state, CoreRestarting)
    ]
    assert all("being started again" in reason for reason in reasons)


async def test_a_question_is_answered_before_a_suggestions_prompt_is_through(
    opened: Session, folder: Path
) -> None:
    turns, core = opened.project.turns, opened.core
    source = f"def long(value_0):\n    # simplify this AI!\n{LONG}    return value_0\n"
    (folder / "long.py").write_text(source, encoding="utf-8")
    await until(lambda: int(slot_of(core)["prompt_tokens"]) > 1000, ANSWER_S)
    await until(lambda: int(slot_of(core)["prompt_tokens_done"]) > 0, ANSWER_S)
    asking = _asking(opened, "Say hello.")
    await until(lambda: opened.events.of(TurnStreamed), ANSWER_S)
    # Its first piece would follow its prompt.
    assert not opened.events.of(ProposalStreamed)
    assert isinstance(turns.proposals()[0].state, Streaming)
    async with asyncio.timeout(ANSWER_S):
        assert (await asking).state is TurnState.DONE
    # It goes on by itself.
    await until(lambda: opened.events.of(ProposalStreamed), ANSWER_S)
    assert turns.stop()
    await turns.idle()
