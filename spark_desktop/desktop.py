"""The window and all that belongs to it: composed, begun, told of other starts, ended in order."""

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from spark_desktop.adapters.desktop_messages import FreedesktopMessages
from spark_desktop.adapters.recent_file import RecentFile
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.consent_desk import ConsentDesk
from spark_desktop.domain.answer_notices import sentences_of
from spark_desktop.domain.core_state import CoreState
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import BudgetTold
from spark_desktop.domain.handover import (
    ChooseFolder,
    FailedCommand,
    FollowLink,
    Handover,
    OpenWindow,
    QuickText,
    Snooze,
)
from spark_desktop.domain.settings import Settings, ThemeChoice
from spark_desktop.domain.words import Said, joined
from spark_desktop.endpoint_desk import EndpointDesk
from spark_desktop.endpoint_entry import EndpointEntry
from spark_desktop.link_entry import LinkEntry
from spark_desktop.machine_desk import MachineDesk
from spark_desktop.places import data_folder, settings_file
from spark_desktop.presence import Presence
from spark_desktop.projects import Around, Opener, Projects, opener_with
from spark_desktop.quick_entry import QuickEntry
from spark_desktop.services.autostart import Autostart, AutostartKeeper
from spark_desktop.services.recent import RecentFolders
from spark_desktop.services.settings import SettingsService, UnkeptSettings
from spark_desktop.services.tasks import TaskScope
from spark_desktop.session_end import SessionEnd
from spark_desktop.update_desk import UpdateDesk
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.translation import tr
from spark_desktop.viewmodels.tray import TrayViewModel
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.looks import theme_of
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.tray import Panel, SystemPanel

if TYPE_CHECKING:
    # Imported when the window is on the screen.
    from spark_desktop.quick_desk import QuickDesk
    from spark_desktop.wiring import Project

_log = logging.getLogger(__name__)


class DesktopApp(QObject):
    """The window and the project that is open in it; needs a QApplication and a running loop."""

    def __init__(
        self,
        data_dir: Path,
        model: str | None = None,
        theme: str | None = None,
        opener: Opener | None = None,
        settings: SettingsService | None = None,
        panel: Panel | None = None,
    ) -> None:
        """Without ``settings`` there are the defaults, and nobody keeps what is chosen."""
        super().__init__()
        self._forced = theme
        self._scope = TaskScope("app")
        self._memory = LayoutMemory(data_dir / "window.ini")
        self._is_closing = False
        self.closed = asyncio.Event()
        self.settings = settings or SettingsService(UnkeptSettings())
        self.endpoints = EndpointEntry(
            data_dir, self.settings, self._tell_budget, self._tell_problems
        )
        chosen = SettingsViewModel(self.settings, self._scope)
        self._adopt_theme(chosen)
        self.told = Told()
        looks = theme_of(self.settings.current.looks, theme)
        self.window = MainWindow(looks, self._memory, chosen)
        self._quick = QuickEntry(data_dir, self.settings, self, model, self.told, self._memory)
        self._machine = MachineDesk(data_dir, self.settings, model, self._quick.registered)
        self.updates = UpdateDesk(data_dir, self.settings, self._scope, self._tell_update)
        recent = RecentFolders(RecentFile(data_dir / "recent.json"))
        self.tray = TrayViewModel(recent, self.told, self._scope)
        self.presence = Presence(
            self.window, self._memory, self.settings, self.tray, panel or SystemPanel()
        )
        self.presence.elsewhere = FreedesktopMessages(
            self._scope, self.presence.show_window, tr("Show the window")
        )
        consent = ConsentDesk(self.window, self.told)
        around = Around(
            self.window, self.tray, self.presence, self._machine, self.settings, consent
        )
        opener = opener or opener_with(self.endpoints)
        self._projects = Projects(data_dir, model, around, self._scope, opener)
        self._links = LinkEntry(
            self.presence,
            self.told,
            self.window.told.intent,
            lambda folder: self._projects.take(folder, ""),
            lambda folder: self.project is not None and self.project.root == Path(folder),
        )
        self._endpoint_desk = EndpointDesk(self.endpoints, self._core_state)
        self._session_end = SessionEnd(self.presence.end_session, self)
        self._autostart = AutostartKeeper(_system_autostart)
        self._forget_settings = self.settings.subscribe(self._follow_settings)
        self._connect()

    @classmethod
    async def open(
        cls,
        folder: Path | None,
        model: str | None = None,
        theme: str | None = None,
        data_dir: Path | None = None,
    ) -> "DesktopApp":
        """Return the app with its window shown and ``folder`` open in it.

        ``theme`` is ``dark`` or ``light``, None for the user's choice or the system's. A folder
        that cannot be opened is told in the window.
        """
        settings = SettingsService(TomlSettings(settings_file())) if data_dir is None else None
        desktop = cls(data_dir or data_folder(), model, theme, settings=settings)
        desktop.window.show()
        if folder is not None:
            await desktop.open_folder(folder)
        return desktop

    def begin(self, folder: Path | None, *, hidden: bool = False) -> None:
        """Show the window and open ``folder`` in it.

        With ``hidden``, as at log-in, there is only the tray icon, and without a folder the newest
        of the recent projects is opened.
        """
        self.presence.begin(hidden=hidden)
        self._follow_settings(self.settings.current)
        self.updates.begin()
        self._scope.start("prepare the quick prompt", self._quick.prepare())
        if folder is not None:
            self._projects.choose(str(folder))
        elif hidden:
            self._projects.choose_newest()

    def take(self, message: Handover) -> bool:
        """Do what another start of the program was asked for.

        Return whether that is done: one that comes while this program ends must begin itself.
        """
        if self._is_closing:
            return False
        match message:
            case OpenWindow(folder, model, hidden, activation):
                self._projects.take(folder, model)
                if not hidden:
                    self.presence.show_window(activation)
            case QuickText(text, activation):
                self.presence.open_quick(text, activation)
            case ChooseFolder(activation):
                self.presence.show_window(activation)
                self.window.choose_folder()
            case FollowLink(link, activation):
                self._links.follow(link, activation)
            case FailedCommand():
                return self._projects.propose_for(message)
            case Snooze(minutes, until_morning):
                return self.tray.rest.snooze_as_told(minutes, until_morning=until_morning)
        return True

    @property
    def project(self) -> "Project | None":
        """Return the open project."""
        return self._projects.current

    @property
    def quick(self) -> "QuickDesk | None":
        """Return the quick prompt's desk; None where it was not wanted yet."""
        return self._quick.desk

    async def open_folder(self, folder: Path) -> None:
        """Close the open project, if any, and open another; its core starts in the background."""
        await self._projects.open(folder)

    def show_quick(self, text: str = "") -> None:
        """Show the quick prompt over everything, and ask ``text`` if there is one."""
        if not self._is_closing:
            self._quick.made().show(text or None)

    def offer_question(self, text: str) -> None:
        """Show the quick prompt with a text that only the user sends."""
        if not self._is_closing:
            self._quick.made().show(draft=text)

    def request_close(self) -> None:
        """Begin the end; ``closed`` is set when it is reached. More requests change nothing."""
        if not self._is_closing:
            self._is_closing = True
            self.window.put_away()
            self._scope.start("close", self.close())

    async def close(self) -> None:
        """Stop what runs, remember the layout, close the project and the window."""
        self._is_closing = True
        self._projects.cancel()
        self._forget_settings()
        self.presence.finish()
        try:
            await self._scope.close()
            await self._keep_settings()
            QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._follow_system)
            await self._quick.close()
            # The views go before what they show.
            self.window.finish()
            await self._machine.close()
            await self.updates.close()
            await self._projects.close()
            await self._endpoint_desk.close()
            await self.endpoints.close()
        finally:
            # Whatever fails on the way, the program ends.
            self.closed.set()

    def _connect(self) -> None:
        window, presence, projects = self.window, self.presence, self._projects
        window.folder_chosen.connect(projects.choose)
        window.sample_wanted.connect(projects.choose_sample)
        window.machine.connect_to(self._machine.view_models)
        window.machine.connect_endpoints(self._endpoint_desk.view_models)
        window.machine.connect_updates(self.updates.view_model)
        window.language_changed.connect(self._speak)
        self.tray.changed.connect(self._offer_recent)
        presence.quit_requested.connect(self.request_close)
        presence.folder_chosen.connect(self._show_folder)
        presence.settings_requested.connect(self._show_settings)
        presence.quick_requested.connect(self.show_quick)
        presence.draft_requested.connect(self.offer_question)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)

    def _core_state(self) -> CoreState | None:
        return None if self.project is None else self.project.core.state

    async def _keep_settings(self) -> None:
        try:
            await self.settings.close()
        except SparkError as error:
            # The window said so when they were chosen.
            _log.warning("%s", error)

    def _adopt_theme(self, model: SettingsViewModel) -> None:
        # Earlier versions remembered the theme with the layout.
        remembered = self._memory.take_theme()
        if remembered is not None and model.is_default("looks.theme"):
            model.set("looks.theme", ThemeChoice(remembered))

    def _offer_recent(self) -> None:
        self.window.offer_recent([str(project.folder) for project in self.tray.recent])

    def _show_settings(self) -> None:
        self.presence.show_window()
        self.window.preferences.show()

    def _speak(self) -> None:
        self.presence.tray.speak()
        self._quick.speak()

    def _show_folder(self, folder: str) -> None:
        self._projects.choose(folder)
        self.presence.show_window()

    def _follow_settings(self, settings: Settings) -> None:
        if self.project is not None:
            self.project.use(settings)
        if not self._is_closing:
            self._scope.start("autostart", self._keep_autostart(settings))

    async def _keep_autostart(self, settings: Settings) -> None:
        try:
            await self._autostart.follow(settings)
        except SparkError as error:
            self.told.tell("autostart", notice_of(error))

    def _tell_budget(self, event: BudgetTold) -> None:
        text, step = sentences_of(event)
        tone = Tone.PROBLEM if event.is_spent else Tone.WARNING
        action = Action(tr("Open the endpoints"), Intent.ENDPOINTS)
        self.told.tell("budget", Notice(text, tone, step, action))

    def _tell_problems(self, problems: tuple[Said, ...]) -> None:
        action = Action(tr("Open the endpoints"), Intent.ENDPOINTS)
        self.told.tell("endpoints", Notice(joined(problems, " "), Tone.WARNING, "", action))

    def _tell_update(self, notice: Notice | None) -> None:
        self.told.tell("updates", notice)

    def _follow_system(self) -> None:
        looks = self.settings.current.looks
        if self._forced is None and looks.theme is ThemeChoice.SYSTEM:
            self.window.set_theme(theme_of(looks))


def _system_autostart() -> Autostart:
    from spark_desktop.adapters.autostart import start_command, system_autostart

    return system_autostart(start_command())
