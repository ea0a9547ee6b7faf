"""The core is killed while it answers: the user is told, and can have the answer after all."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from spark_desktop import qt_loop
from spark_desktop.app import application
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.core_state import CoreReady, CoreRestarting
from spark_desktop.domain.events import (
    CoreStateChanged,
    ProposalStreamed,
    TurnChanged,
    TurnStreamed,
)
from spark_desktop.domain.proposal import Failed, Ready
from tests.e2e.sessions import Session, runs, session, until, write_replay

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to send"),
]

SAVED = "def add(a, b):\n    # add both AI!\n    return 0\n"
ANSWER = "```python\ndef add(a, b):\n    return a + b\n```\n"
# A core that is killed while it says this has not come to the end.
SLOW_MS = 500


def _slow(script: Path) -> str:
    return write_replay(script, {"match": "", "text": ANSWER, "delay_ms": SLOW_MS})


def _quick(script: Path) -> str:
    """What the core that is started next will answer."""
    return write_replay(script, {"match": "", "text": ANSWER})


async def _back(opened: Session, killed: int) -> None:
    """Wait until another core answers."""
    core = opened.project.core
    await until(lambda: any(isinstance(state, CoreRestarting) for state in opened.states))
    await until(lambda: isinstance(core.state, CoreReady))
    assert opened.core.pid != killed
    assert not runs(killed)


async def test_a_proposal_whose_core_is_killed_fails_and_can_be_repeated(
    folder: Path, data_dir: Path, script: Path
) -> None:
    async with session(folder, data_dir, _slow(script)) as opened:
        await opened.start()
        (folder / "sum.py").write_text(SAVED, encoding="utf-8")
        await until(lambda: opened.events.of(ProposalStreamed))
        asked = opened.project.turns.proposals()[0].id
        _quick(script)
        killed = opened.kill_core()
        failed = (await opened.ended(asked, Failed)).state
        assert isinstance(failed, Failed)
        assert failed.reason
        assert failed.next_step
        await _back(opened, killed)
        reasons = [state.reason for state in opened.states if isinstance(state, CoreRestarting)]
        assert any("killed by signal 9" in reason for reason in reasons)
        again = opened.project.turns.repeat(asked)
        proposal = await opened.ended(again, Ready)
        await opened.project.review.accept(again)
    assert proposal.patch is not None
    assert (folder / "sum.py").read_text(encoding="utf-8") == "def add(a, b):\n    return a + b\n"


async def test_a_chat_turn_whose_core_is_killed_keeps_its_part_and_can_be_repeated(
    folder: Path, data_dir: Path, script: Path
) -> None:
    async with session(folder, data_dir, _slow(script)) as opened:
        await opened.start()
        chat = opened.project.chat
        asking = opened.project.scope.start("ask", chat.ask("How do I add?"))
        await until(lambda: opened.events.of(TurnStreamed))
        _quick(script)
        killed = opened.kill_core()
        failed = await asking
        assert failed.state is TurnState.FAILED
        assert failed.error
        assert ANSWER.startswith(failed.answer)
        assert 0 < len(failed.answer) < len(ANSWER)
        await _back(opened, killed)
        thread = await chat.current()
        again = await chat.repeat(thread.id, failed.id)
        assert (again.state, again.answer, again.error) == (TurnState.DONE, ANSWER, "")
        assert [turn.id for turn in (await chat.current()).turns] == [failed.id]


def test_the_window_says_that_the_core_died_and_what_became_of_the_turn(
    qapp: object, folder: Path, data_dir: Path, script: Path
) -> None:
    application()
    model = _slow(script)

    async def work() -> int:
        desktop = await DesktopApp.open(folder, model, "dark", data_dir)
        try:
            return await _killed_in_the_window(desktop, data_dir, model, script)
        finally:
            await desktop.close()

    assert not runs(qt_loop.run(work))


async def _killed_in_the_window(
    desktop: DesktopApp, data_dir: Path, model: str, script: Path
) -> int:
    assert desktop.project is not None
    view = desktop.window.project
    assert view is not None
    opened, said = Session(desktop.project, data_dir, model), []

    def note(event: CoreStateChanged) -> None:
        if isinstance(event.state, CoreRestarting):
            said.append((view.status.text, view.core_notice.text))

    stop_noting = desktop.project.bus.subscribe(CoreStateChanged, note)
    await until(lambda: "ready" in view.status.text)
    view.chat.composer.editor.setPlainText("How do I add?")
    view.chat.composer.editor.entered.emit()
    await until(lambda: opened.events.of(TurnStreamed))
    _quick(script)
    killed = opened.kill_core()
    await _back(opened, killed)
    stop_noting()
    status, notice = said[0]
    assert status.startswith("restarting")
    assert "killed by signal 9" in notice
    turn = opened.events.of(TurnChanged)[-1].turn
    assert turn.state is TurnState.FAILED
    transcript = view.chat.transcript
    QTest.keyClick(transcript, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    # Lines are broken where the panel ends.
    assert " ".join(turn.error.split()) in " ".join(transcript.selected_text().split())
    await until(lambda: "ready" in view.status.text)
    return killed
