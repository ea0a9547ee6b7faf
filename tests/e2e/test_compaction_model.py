"""A long thread is summed up by the real model, and goes on."""

import asyncio
import sys
from pathlib import Path

import pytest

from spark_desktop.domain.compaction import Compaction, CompactionState
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.events import ThreadCompacted
from tests.e2e.sessions import Session, session

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.timeout(600)]

ANSWER_S = 240.0
# A core like any other, but for a context that some short questions fill.
SMALL_CORE = """
import sys
from inference_core.cli import main

if __name__ == "__main__":
    sys.exit(main([*sys.argv[1:], "--context", "1024"]))
"""
QUESTION = (
    "In our project the {what} is called {name}. It lives in src/{name}.py and has the methods "
    "open, read, write and close; each of them returns None and raises ValueError for a bad path. "
    "The tests are in tests/test_{name}.py, the documentation in docs/{name}.md, and who changes "
    "it has to add a line to CHANGELOG.md. Say only: noted."
)
TOLD = [("parser", "reader"), ("writer", "pen"), ("cache", "attic"), ("queue", "ladder")]


def _told(made: Session) -> list[Compaction]:
    return [event.compaction for event in made.events.of(ThreadCompacted)]


async def test_the_model_sums_up_the_oldest_turns_and_the_thread_goes_on(
    folder: Path, data_dir: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "small_core.py"
    script.write_text(SMALL_CORE, encoding="utf-8")
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    monkeypatch.setattr("spark_desktop.wiring.core_command", lambda: (sys.executable, str(script)))
    async with session(folder, data_dir, str(model_path)) as made:
        await made.start()
        chat = made.project.chat
        async with asyncio.timeout(2 * ANSWER_S):
            for number in range(12):
                what, name = TOLD[number % len(TOLD)]
                turn = await chat.ask(QUESTION.format(what=what, name=f"{name}{number}"))
                assert not turn.error
                assert turn.state is TurnState.DONE
                if _told(made):
                    break
            kept = await chat.current()
    states = [one.state for one in _told(made)]
    assert states == [CompactionState.RUNNING, CompactionState.DONE]
    summary = _told(made)[-1].summary
    assert summary is not None
    assert 0 < summary.after < summary.before
    assert 0 < summary.turns < len(kept.turns)
    # Every turn is still there word for word; only prompts have the summary instead.
    assert all("Say only: noted." in turn.question for turn in kept.turns)
