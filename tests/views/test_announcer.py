"""What a reader of the screen is told without going there: answers, failures, proposals."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.events import TurnChanged
from spark_desktop.domain.proposal import Failed, Ready, State, Streaming, Withheld
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.announcer import Announcer
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.project_view import ProjectView
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import FakeProject, proposal, turn, until


class Reader:
    """Notes what it would read, and what it would interrupt itself for."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bool]] = []
        self.listens = True

    def __call__(self, view: QWidget, text: str, *, at_once: bool = False) -> None:
        self.said.append((text, at_once))


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
async def view(
    qtbot: QtBot, models: ProjectViewModels, project: FakeProject, tmp_path: Path, reader: Reader
) -> ProjectView:
    long = "\n\n".join(f"Line {number} of it." for number in range(60))
    turns = (turn("t0", long), turn("t1", long))
    project.chat.known["th1"] = Thread("th1", "First", turn().created, turns)
    made = ProjectView(models, load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made)
    made.resize(1280, 600)
    made.fit(1280)
    made.show()
    models.chat.load()
    await until(lambda: len(made.chat.transcript.turns) == 2)
    heard = Announcer(
        made.chat.transcript, models.chat, models.changes, reader, lambda: reader.listens
    )
    heard.setObjectName("heard")
    return made


def streaming(name: str = "t9") -> Turn:
    return turn(name, "", TurnState.STREAMING)


def ends(project: FakeProject, ended: Turn) -> None:
    project.bus.publish(TurnChanged("th1", replace(ended, answer="", state=TurnState.STREAMING)))
    project.bus.publish(TurnChanged("th1", ended))


async def test_an_answer_is_read_when_it_ends_and_without_its_marks(
    view: ProjectView, project: FakeProject, reader: Reader
) -> None:
    project.bus.publish(TurnChanged("th1", streaming()))
    assert reader.said == []
    project.bus.publish(TurnChanged("th1", turn("t9", "It is **so**, by `eval`.")))
    ((text, at_once),) = reader.said
    assert text.strip() == "Spark: It is so, by eval."
    assert not at_once


async def test_an_answer_that_was_there_before_is_not_read(
    view: ProjectView, project: FakeProject, reader: Reader
) -> None:
    project.bus.publish(TurnChanged("th1", turn("t1", "Another.")))
    assert reader.said == []


@pytest.mark.parametrize(
    ("ended", "text"),
    [
        (
            replace(turn("t9", "W", TurnState.FAILED), error="The core ended."),
            "The answer failed: The core ended.",
        ),
        (turn("t9", "W", TurnState.FAILED), "The answer failed: The answer broke off."),
    ],
)
async def test_a_failure_is_read_at_once(
    view: ProjectView, project: FakeProject, reader: Reader, ended: Turn, text: str
) -> None:
    ends(project, ended)
    assert reader.said == [(text, True)]


async def test_a_stop_is_read(view: ProjectView, project: FakeProject, reader: Reader) -> None:
    ends(project, turn("t9", "W", TurnState.STOPPED))
    assert reader.said == [("The answer was stopped.", False)]


@pytest.mark.parametrize(
    ("state", "text", "at_once"),
    [
        (Ready(), "A proposal waits: use numbers, parser.py · parses · 3 hunks", False),
        (
            Withheld("It does not parse."),
            "No proposal came: use numbers, parser.py · It does not parse.",
            True,
        ),
        (Failed("It broke."), "No proposal came: use numbers, parser.py · It broke.", True),
    ],
)
async def test_a_proposal_is_told_once_when_it_ends(
    view: ProjectView,
    project: FakeProject,
    reader: Reader,
    state: State,
    text: str,
    at_once: bool,
) -> None:
    project.turns.put(proposal(Streaming()))
    assert reader.said == []
    project.turns.put(proposal(state))
    # Anything else of it changes: a decision, say.
    project.turns.put(proposal(state))
    assert reader.said == [(text, at_once)]


async def test_what_the_user_had_shown_is_not_told_as_if_it_came(
    view: ProjectView, project: FakeProject, reader: Reader
) -> None:
    project.turns.put(proposal(Withheld("It does not parse.")))
    view.changes.inbox.chosen.emit("p1")
    reader.said.clear()
    view.review.notice.other.click()
    await until(lambda: view.review.accept.isVisible())
    assert reader.said == []


async def test_without_a_reader_nothing_is_put_into_words(
    view: ProjectView, project: FakeProject, reader: Reader
) -> None:
    reader.listens = False
    ends(project, turn("t9", "So."))
    project.turns.put(proposal())
    assert reader.said == []


async def test_the_description_follows_the_keys_from_turn_to_turn(view: ProjectView) -> None:
    transcript = view.chat.transcript
    transcript.setFocus()
    QTest.keyClick(transcript, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(transcript, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert transcript.accessibleDescription().startswith("Turn 1 of 2. You: Why? Spark: Line 0")
    QTest.keyClick(transcript, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert transcript.accessibleDescription().startswith("Turn 2 of 2.")


async def test_the_description_follows_the_wheel_once_it_rests(view: ProjectView) -> None:
    transcript = view.chat.transcript
    bar = transcript.verticalScrollBar()
    bar.setValue(0)
    await until(lambda: transcript.accessibleDescription().startswith("Turn 1 of 2."))
    bar.setValue(bar.maximum())
    await until(lambda: transcript.accessibleDescription().startswith("Turn 2 of 2."))


async def test_an_answer_that_ends_is_what_the_description_says(
    view: ProjectView, project: FakeProject
) -> None:
    ends(project, turn("t9", "It is so."))
    assert "Turn 3 of 3" in view.chat.transcript.accessibleDescription()
    assert "It is so." in view.chat.transcript.accessibleDescription()
