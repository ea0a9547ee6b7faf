import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication

from spark_desktop import quick_desk
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.hotkey import HotkeyOn
from spark_desktop.domain.settings import ModelChoice, Privacy, Quick, Settings
from spark_desktop.quick_desk import Means, QuickDesk
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Core, LoadedSettings
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.quick_choices import Choice
from spark_desktop.views.theme import load_theme
from tests.fakes import Answer, FakeCore, FakeEndpoint
from tests.interface_fakes import FakeProject, until
from tests.quick_fakes import FakeHotkey, FakePrevious


class MemorySettings:
    """Settings in memory."""

    def load(self) -> LoadedSettings:
        return LoadedSettings(Settings())

    async def save(self, settings: Settings) -> None:
        """They last as long as the test."""


class World:
    """The desk beside a window, with fakes of the desktop around both."""

    def __init__(self, folder: Path) -> None:
        self.project = FakeProject(root=folder)
        self.app = DesktopApp(folder / "data", theme="dark", opener=self._open)
        self.settings = SettingsService(MemorySettings())
        self.hotkey, self.previous = FakeHotkey(), FakePrevious()
        self.endpoint = FakeEndpoint()
        self.models: list[str] = []
        means = Means(lambda scope: self.hotkey, self.previous, self._core)
        self.desk = QuickDesk(
            folder / "data", self.settings, self.app, self.app.window.theme, means=means
        )

    async def _open(self, folder: Path, model: str | None, data: Path) -> FakeProject:
        return self.project

    def _core(self, model: str, bus: Bus, scope: TaskScope) -> Core:
        self.models.append(model)
        return FakeCore(self.endpoint)

    async def change(self, **parts: object) -> None:
        await self.settings.update(replace(self.settings.current, **parts))

    async def ask(self, answer: str) -> None:
        self.endpoint.answers.append(Answer(answer))
        before = self.desk.model.turn
        self.desk.show("Use numbers")
        await until(lambda: self.desk.model.turn is not before and not self.desk.model.is_answering)

    async def has_kept(self, *questions: str) -> None:
        """Return when these are the kept questions."""
        while await self.desk._history.recent() != questions:  # noqa: ASYNC110 - a file's
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        await self.desk.close()
        await self.app.close()


@pytest.fixture
async def world(qapp: object, tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.close()


async def test_nothing_is_started_before_a_prompt_is_asked_for(
    world: World, tmp_path: Path
) -> None:
    world.desk.prepare()
    await world.desk.hotkey.settled()
    assert world.desk.hotkey_state == HotkeyOn("Ctrl+Alt+Space")
    await asyncio.sleep(0.1)
    assert world.models == []
    assert not world.desk.prompt.isVisible()
    assert not (tmp_path / "data" / "spark.db").exists()


async def test_show_notes_the_window_before_and_warms_the_core(world: World) -> None:
    world.desk.prepare()
    world.desk.show()
    assert world.previous.told == ["remember", "raise"]
    assert world.desk.prompt.isVisible()
    await until(lambda: world.models == [""])


async def test_the_prompt_has_the_theme_of_the_window(world: World) -> None:
    world.desk.prepare()
    world.app.window.set_theme(load_theme("light"))
    world.desk.show()
    assert load_theme("light").window in world.desk.prompt.styleSheet()
    assert load_theme("dark").window not in world.desk.prompt.styleSheet()


async def test_a_window_made_anew_keeps_question_and_answer(world: World) -> None:
    await world.ask("So.")
    before = world.desk.prompt
    world.desk.rebuild()
    assert world.desk.prompt is not before
    assert world.desk.prompt.isVisible()
    assert not before.isVisible()
    assert world.desk.prompt.input.toPlainText() == "Use numbers"
    assert world.desk.prompt.transcript.isVisible()
    QCoreApplication.sendPostedEvents(before, QEvent.Type.DeferredDelete)
    world.desk.model.choose(Choice.COPY)
    assert QGuiApplication.clipboard().text() == "So."
    world.desk.model.close()
    assert not world.desk.prompt.isVisible()


async def test_the_hotkey_shows_and_hides(world: World) -> None:
    world.desk.prepare()
    await world.desk.hotkey.settled()
    assert world.hotkey.press is not None
    world.hotkey.press()
    assert world.desk.prompt.isVisible()
    await until(world.desk.prompt.isActiveWindow)
    world.hotkey.press()
    assert not world.desk.prompt.isVisible()


async def test_a_text_is_asked_at_once_and_kept_for_later(world: World) -> None:
    await world.ask("So.")
    assert world.desk.prompt.input.toPlainText() == "Use numbers"
    assert world.desk.model.turn is not None
    assert world.desk.model.turn.state is TurnState.DONE
    await world.has_kept("Use numbers")


async def test_another_hotkey_takes_effect_at_once(world: World) -> None:
    world.desk.prepare()
    await world.desk.hotkey.settled()
    await world.change(quick=Quick("Meta+K"))
    assert await world.desk.hotkey.settled() == HotkeyOn("Meta+K")
    assert world.hotkey.taken == ["Ctrl+Alt+Space", "Meta+K"]


async def test_another_model_is_used_for_the_next_question(world: World) -> None:
    await world.ask("So.")
    await world.change(model=ModelChoice("larger"))
    await asyncio.sleep(0.05)
    await world.ask("So.")
    assert world.models == ["", "larger"]


async def test_who_does_not_want_questions_kept_has_them_forgotten(world: World) -> None:
    await world.ask("So.")
    await world.has_kept("Use numbers")
    await world.change(privacy=Privacy(keep_quick_history=False))
    await world.has_kept()
    await world.ask("So.")
    assert await world.desk._history.recent() == ()


async def test_a_prompt_that_rests_gives_the_core_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_desk, "_REST_S", 0.05)
    await world.ask("So.")
    world.desk.model.close()
    await asyncio.sleep(0.2)
    assert not world.desk.model.core.is_ready
    await world.ask("So.")
    assert len(world.models) == 2


async def test_an_answer_becomes_a_thread_that_the_window_shows(
    world: World, tmp_path: Path
) -> None:
    await world.app.open_folder(tmp_path)
    await world.ask("So.")
    world.desk.model.choose(Choice.THREAD)
    await until(lambda: not world.desk.prompt.isVisible())
    assert world.app.window.isVisible()
    chat = world.app.window.project
    assert chat is not None
    await until(lambda: chat.models.chat.title == "Use numbers")
    assert chat.models.chat.last_answer == "So."


async def test_a_question_becomes_a_proposal_on_the_open_file(world: World, tmp_path: Path) -> None:
    await world.app.open_folder(tmp_path)
    view = world.app.window.project
    assert view is not None
    view.models.changes.choose_file("stats.py")
    await until(lambda: view.models.chat.target[0] == "stats.py")
    await world.ask("So.")
    world.desk.model.choose(Choice.APPLY)
    await until(lambda: bool(world.project.turns.requests))
    (request,) = world.project.turns.requests
    assert getattr(request, "instruction", "") == "Use numbers"
    await until(lambda: not world.desk.prompt.isVisible())
    assert world.app.window.isVisible()


async def test_without_a_project_both_are_grey(world: World) -> None:
    await world.ask("So.")
    offers = world.desk.model.offers
    assert not offers[Choice.THREAD].is_enabled
    assert not offers[Choice.APPLY].is_enabled


async def test_a_file_that_is_gone_is_told_in_the_prompt(world: World, tmp_path: Path) -> None:
    await world.app.open_folder(tmp_path)
    view = world.app.window.project
    assert view is not None
    view.models.changes.choose_file("stats.py")
    await until(lambda: view.models.chat.target[0] == "stats.py")
    world.project.files.texts.clear()
    await world.ask("So.")
    world.desk.model.choose(Choice.APPLY)
    await until(lambda: "stats.py does not exist." in world.desk.prompt.notice.text)
    assert world.desk.prompt.isVisible()


async def test_a_project_that_was_closed_meanwhile_is_told(world: World) -> None:
    target = quick_desk.OpenProject(world.app)
    with pytest.raises(quick_desk.SparkError, match="No project is open any more"):
        await target.apply("Use numbers")


async def test_closing_gives_everything_back(world: World) -> None:
    world.desk.prepare()
    await world.desk.hotkey.settled()
    world.endpoint.answers.append(Answer("Beca", hangs=True))
    world.desk.show("Why?")
    await world.endpoint.reached_silence.wait()
    await world.desk.close()
    assert world.hotkey.press is None
    assert world.endpoint.closed_early == 1
    assert world.previous.told[-1] == "close"
