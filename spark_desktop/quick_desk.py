"""The quick prompt on the desktop: its window, its hotkey, and the way into the open project."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QGuiApplication

from spark_desktop.adapters.desktop_keys import hotkey_of, previous_window_of
from spark_desktop.adapters.quick_history import SqliteQuickHistory
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import EndpointsChanged
from spark_desktop.domain.hotkey import HotkeyState
from spark_desktop.domain.settings import Settings
from spark_desktop.domain.trigger import Instruction
from spark_desktop.domain.words import say
from spark_desktop.endpoint_entry import EndpointEntry
from spark_desktop.services.answers import Answers, LateAnswers
from spark_desktop.services.bus import Bus
from spark_desktop.services.hotkey import Hotkey, HotkeyService
from spark_desktop.services.late_core import LateCore
from spark_desktop.services.paste import PreviousWindow
from spark_desktop.services.ports import Core
from spark_desktop.services.quick import QuickService
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.chat import Mode
from spark_desktop.viewmodels.core import CoreViewModel
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.quick import QuickViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.project_view import ProjectView
from spark_desktop.views.quick_prompt import QuickPrompt
from spark_desktop.views.theme import Theme

if TYPE_CHECKING:
    from spark_desktop.wiring import Project

# Seconds from the window to the work behind it: what that imports must not delay the painting.
_PAINTED_S = 0.05
# Seconds after which a hidden prompt gives its share of the core up.
_REST_S = 600.0


class Shell(Protocol):
    """The program around the prompt: its window, and the project that is open in it."""

    @property
    def window(self) -> MainWindow:
        """Return the main window."""
        ...

    @property
    def project(self) -> "Project | None":
        """Return the open project."""
        ...

    @property
    def endpoints(self) -> EndpointEntry:
        """Return the way to the user's endpoints."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """By what the prompt works on this desktop; ``core`` takes a model, empty for the default."""

    hotkey: Callable[[TaskScope], Hotkey]
    previous: PreviousWindow
    core: Callable[[str, Bus, TaskScope], Core]


def system_means(data_dir: Path) -> Means:
    """Return what fits the desktop that the QGuiApplication runs on."""
    platform = QGuiApplication.platformName()

    def core(model: str, bus: Bus, scope: TaskScope) -> Core:
        from spark_desktop.quick_wiring import quick_core

        return quick_core(data_dir, model, bus, scope)

    return Means(
        lambda scope: hotkey_of(platform, os.environ, scope, tr("Open the quick prompt")),
        previous_window_of(platform, os.environ, SystemClock()),
        core,
    )


class QuickDesk:
    """Made after the main window is shown; nothing runs before ``prepare``.

    ``model`` is what the command line named, which counts more than the settings.
    """

    def __init__(
        self,
        data_dir: Path,
        settings: SettingsService,
        shell: Shell,
        theme: Theme,
        model: str | None = None,
        means: Means | None = None,
    ) -> None:
        self._settings, self._shell, self._model = settings, shell, model
        self._theme = theme
        self._means = means or system_means(data_dir)
        self._scope, self._bus = TaskScope("quick desk"), Bus()
        self._used = settings.current
        self._core = LateCore(self._built_core, self._bus, self._scope)
        self._history = SqliteQuickHistory(data_dir / "spark.db")
        answers = LateAnswers(self._built_answers, self._scope)
        self._service = QuickService(
            answers,
            self._history,
            self._bus,
            SystemClock(),
            lambda: settings.current.privacy.keep_quick_history,
        )
        previous, target = self._means.previous, OpenProject(shell)
        core = CoreViewModel(self._core, self._bus, answers)
        self.model = QuickViewModel(self._service, core, target, previous, self._bus, self._scope)
        self.prompt = QuickPrompt(self.model, theme)
        self.hotkey = HotkeyService(self._means.hotkey(self._scope), self.toggle, self._scope)
        self._opening, self._resting = LatestTask(self._scope), LatestTask(self._scope)
        self.model.hidden.connect(self._rest)
        self.model.settings_wanted.connect(self._show_settings)
        self._unsubscribe = settings.subscribe(self._follow)
        self._end_telling: Callable[[], None] = _nothing

    @property
    def hotkey_state(self) -> HotkeyState:
        """Return whether the hotkey is ours, with the reason where it is not."""
        return self.hotkey.state

    def prepare(self) -> None:
        """Take the hotkey, and lay the hidden window out, so that it can be shown at once."""
        self.prompt.prepare()
        self.hotkey.use(self._settings.current.quick.hotkey)

    def show(self, text: str | None = None, draft: str = "") -> None:
        """Show the prompt over everything, and ask ``text`` if there is one.

        ``draft`` is a text that stands there instead, for the user to send or not.
        """
        self._resting.cancel()
        if self._theme is not self._shell.window.theme:
            self.set_theme(self._shell.window.theme)
        if not self.prompt.isActiveWindow():
            self._means.previous.remember()
        self.prompt.present()
        self._means.previous.raise_ours(int(self.prompt.winId()))
        self._opening.start("open", self._open(text, draft))

    def toggle(self) -> None:
        """Show the prompt, or hide it where it has the keyboard."""
        if self.prompt.isVisible() and self.prompt.isActiveWindow():
            self.model.close()
        else:
            self.show()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme; ``show`` takes that of the main window by itself."""
        self._theme = theme
        self.prompt.set_theme(theme)

    def rebuild(self) -> None:
        """Make the window anew, in another language; question and answer stay."""
        was_shown, text = self.prompt.isVisible(), self.prompt.input.toPlainText()
        self._drop_window()
        self.prompt = QuickPrompt(self.model, self._theme)
        self.prompt.input.show_text(text)
        self.prompt.prepare()
        if was_shown:
            self.prompt.present()

    async def close(self) -> None:
        """Stop what runs, give back the hotkey and the core, and drop the window."""
        self._unsubscribe()
        self._end_telling()
        async with AsyncExitStack() as closing:
            # From the last to the first; whatever fails, the rest is closed.
            closing.callback(self._drop_window)
            closing.callback(self._means.previous.close)
            closing.push_async_callback(self._history.close)
            closing.push_async_callback(self._scope.close)
            closing.push_async_callback(self._core.close)
            closing.push_async_callback(self._service.close)
            closing.push_async_callback(self.hotkey.close)

    def _drop_window(self) -> None:
        self.prompt.hide()
        self.prompt.deleteLater()

    async def _open(self, text: str | None, draft: str) -> None:
        await asyncio.sleep(_PAINTED_S)
        self.model.opened(text)
        if draft:
            self.model.draft(draft)

    def _show_settings(self) -> None:
        self._shell.window.bring()
        self._shell.window.do(Intent.ENDPOINTS)

    def _rest(self) -> None:
        self._opening.cancel()
        self._resting.start("rest", self._give_up_core())

    async def _give_up_core(self) -> None:
        await asyncio.sleep(_REST_S)
        await self._core.close()

    async def _built_core(self) -> Core:
        model = self._model or self._settings.current.model.model
        build = self._means.core
        # In another OS thread: HTTP and parsers take a while to import, and the user types.
        return await asyncio.to_thread(build, model, self._bus, self._scope)

    async def _built_answers(self) -> Answers:
        endpoints = await self._shell.endpoints.ready()
        self._end_telling = endpoints.tell(self._bus)
        self._scope.start("show who answers", self._tell_endpoints())
        return endpoints.router(self._core, self._bus, self._scope)

    async def _tell_endpoints(self) -> None:
        # Once they are there.
        self._bus.publish(EndpointsChanged())

    def _follow(self, settings: Settings) -> None:
        before, self._used = self._used, settings
        if settings.quick.hotkey != before.quick.hotkey:
            self.hotkey.use(settings.quick.hotkey)
        if settings.model != before.model and self._model is None:
            self._scope.start("another model", self._core.close())
        if before.privacy.keep_quick_history and not settings.privacy.keep_quick_history:
            self.model.forget()


def _nothing() -> None:
    """End nothing: it has not begun."""


class OpenProject:
    """The project in the main window, as where quick answers go; a QuickTarget."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    @property
    def project(self) -> str:
        """Return the name of the open project."""
        project = self._shell.project
        if project is None or self._shell.window.project is None:
            return ""
        return project.root.name or str(project.root)

    @property
    def file(self) -> str:
        """Return the path of the file in the review."""
        view = self._shell.window.project
        return "" if view is None else view.models.chat.target[0] or ""

    async def open_as_thread(self, turn: Turn) -> None:
        """Make the turn a thread of its own and show the chat. Raises SparkError."""
        project, view = self._opened()
        await project.chat.adopt(turn)
        view.models.chat.load()
        self._shell.window.bring()
        view.begin(Mode.ASK)

    async def apply(self, instruction: str) -> None:
        """Ask for a change of the file in the review, or its selected lines. Raises SparkError."""
        project, view = self._opened()
        path, lines = view.models.chat.target
        if path is None:
            raise SparkError(say("No file is open."), say("Choose one in the window of Spark."))
        snapshot = await project.files.read(path)
        proposal = project.turns.request(Instruction(snapshot, lines, instruction))
        view.models.changes.choose_proposal(proposal)
        if view.is_in_lab:
            view.toggle_lab()
        view.show_review()
        self._shell.window.bring()

    def _opened(self) -> tuple["Project", ProjectView]:
        project, view = self._shell.project, self._shell.window.project
        if project is None or view is None:
            raise SparkError(
                say("No project is open any more."), say("Open one in the window of Spark.")
            )
        return project, view
