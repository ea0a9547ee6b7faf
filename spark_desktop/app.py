"""The desktop program: builds the window, opens projects in it, ends in order."""

import argparse
import asyncio
import gc
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from spark_desktop import qt_loop
from spark_desktop.adapters.desktop_messages import FreedesktopMessages
from spark_desktop.adapters.recent_file import RecentFile
from spark_desktop.adapters.redaction import keep_keys_out, keep_keys_out_of_crashes
from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.adapters.single_instance import SingleInstance
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.collector import Collector
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.handover import Handover, OpenWindow, QuickText
from spark_desktop.domain.hotkey import HotkeyFailed, HotkeyOff, HotkeyOn
from spark_desktop.domain.settings import Settings, ThemeChoice
from spark_desktop.places import data_folder, settings_file
from spark_desktop.presence import Presence
from spark_desktop.services.autostart import Autostart, AutostartKeeper
from spark_desktop.services.desktop_notices import DesktopNotices
from spark_desktop.services.recent import RecentFolders
from spark_desktop.services.sample import ask_for
from spark_desktop.services.settings import SettingsService, UnkeptSettings
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.session_end import SessionEnd, SparkApplication
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.viewmodels.tray import TrayViewModel
from spark_desktop.views.desktop_examinations import RegisteredHotkey, desktop_examinations
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.looks import theme_of
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.tray import Panel, SystemPanel
from spark_desktop.views.welcome import opening

if TYPE_CHECKING:
    # Imported when the window is on the screen: parsers, HTTP and SQLite take their time.
    from spark_desktop.machine import MachineServices
    from spark_desktop.quick_desk import QuickDesk
    from spark_desktop.viewmodels.machine import MachineViewModels
    from spark_desktop.viewmodels.project import ProjectViewModels
    from spark_desktop.wiring import Project

# A folder, a model and the data folder in; raises SparkError.
Opener = Callable[[Path, str | None, Path], Awaitable["Project"]]
_HEAD = "ref: refs/heads/"
# Seconds from the window to the work that prepares the quick prompt.
_QUICK_S = 0.5

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
        self._data_dir, self._model, self._opener = data_dir, model, opener or _open_project
        self._scope = TaskScope("app")
        self._opening = LatestTask(self._scope)
        self._memory = LayoutMemory(data_dir / "window.ini")
        self._forced = theme
        self._turning = asyncio.Lock()
        self._is_closing = False
        self.closed = asyncio.Event()
        self.project: Project | None = None
        self.settings = settings or SettingsService(UnkeptSettings())
        chosen = SettingsViewModel(self.settings, self._scope)
        self._adopt_theme(chosen)
        self.told = Told()
        looks = theme_of(self.settings.current.looks, theme)
        self.window = MainWindow(looks, self._memory, chosen)
        self.window.folder_chosen.connect(self._folder_chosen)
        self.window.sample_wanted.connect(self._sample_wanted)
        self._machine: MachineServices | None = None
        self.window.machine.connect_to(self._machine_models)
        recent = RecentFolders(RecentFile(data_dir / "recent.json"))
        self.tray = TrayViewModel(recent, self.told, self._scope)
        self.tray.changed.connect(self._offer_recent)
        self.presence = Presence(
            self.window, self._memory, self.settings, self.tray, panel or SystemPanel()
        )
        self.presence.elsewhere = FreedesktopMessages(
            self._scope, self.presence.show_window, tr("Show the window")
        )
        self.presence.quit_requested.connect(self.request_close)
        self.presence.folder_chosen.connect(self._show_folder)
        self.presence.settings_requested.connect(self._show_settings)
        self.presence.quick_requested.connect(self.show_quick)
        self.quick: QuickDesk | None = None
        self._models: ProjectViewModels | None = None
        self.window.language_changed.connect(self._speak)
        self._session_end = SessionEnd(self.presence.end_session, self)
        self._autostart = AutostartKeeper(_system_autostart)
        self._forget_settings = self.settings.subscribe(self._follow_settings)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)

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
        self._scope.start("prepare the quick prompt", self._prepare_quick())
        if folder is not None:
            self._folder_chosen(str(folder))
        elif hidden:
            self._opening.start("open the newest", self._open_newest())

    def take(self, message: Handover) -> bool:
        """Do what another start of the program was asked for.

        Return whether that is done: one that comes while this program ends must begin itself.
        """
        if self._is_closing:
            return False
        match message:
            case OpenWindow(folder, model, hidden, activation):
                self._take_folder(folder, model)
                if not hidden:
                    self.presence.show_window(activation)
            case QuickText(text, activation):
                self.presence.open_quick(text, activation)
        return True

    async def open_folder(self, folder: Path) -> None:
        """Close the open project, if any, and open another; its core starts in the background."""
        async with self._turning:
            self.window.show_welcome(opening(folder.name or str(folder)))
            await self._close_project()
            try:
                # What was chosen in the window of the models counts from then on.
                machine = self._machine
                chosen = self._model or self.settings.current.model.model or None
                model = chosen if machine is None else machine.models.choice or chosen
                project = await self._opener(folder, model, self._data_dir)
            except SparkError as error:
                again = Action("Open folder…", Intent.OPEN_FOLDER)
                self.window.show_welcome(notice_of(error, again))
                return
            self.project = project
            project.use(self.settings.current)
            if self._machine is not None:
                self._machine.models.attach(project.core)
            # Imported by now, with the project.
            from spark_desktop.viewmodels.project import view_models

            models = self._models = view_models(project, lambda: datetime.now().astimezone())
            branch = await asyncio.to_thread(_branch, project.root)
            self.window.show_project(models, project.root, branch)
            DesktopNotices(project.bus, SystemClock(), self.presence, self.presence.attention)
            self.tray.follow(project)
            models.chat.load()
            models.threads.load()
            project.watch()
            project.core.start()

    def show_quick(self, text: str = "") -> None:
        """Show the quick prompt over everything, and ask ``text`` if there is one."""
        if not self._is_closing:
            self._quick_desk().show(text or None)

    def request_close(self) -> None:
        """Begin the end; ``closed`` is set when it is reached. More requests change nothing."""
        if not self._is_closing:
            self._is_closing = True
            self.window.put_away()
            self._scope.start("close", self.close())

    async def close(self) -> None:
        """Stop what runs, remember the layout, close the project and the window."""
        self._is_closing = True
        self._opening.cancel()
        self._forget_settings()
        self.presence.finish()
        try:
            await self._scope.close()
            await self._keep_settings()
            QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._follow_system)
            if self.quick is not None:
                await self.quick.close()
            # The views go before what they show.
            self.window.finish()
            if self._machine is not None:
                await self._machine.close()
            await self._close_project()
        finally:
            # Whatever fails on the way, the program ends.
            self.closed.set()

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

    async def _close_project(self) -> None:
        project, self.project = self.project, None
        if self._machine is not None:
            self._machine.models.attach(None)
        self.tray.follow(None)
        models, self._models = self._models, None
        if project is not None:
            await project.close()
        if models is not None:
            models.release()

    def _machine_models(self) -> "MachineViewModels":
        # Made when it is first wanted: most starts do without.
        from spark_desktop.machine import machine_services
        from spark_desktop.viewmodels.machine import machine_view_models

        self._machine = machine_services(self._data_dir, self._model, self.settings)
        if self.project is not None:
            self._machine.models.attach(self.project.core)
        self._machine.doctor.ask_here(desktop_examinations(self._registered_hotkey))
        return machine_view_models(self._machine)

    def _registered_hotkey(self) -> RegisteredHotkey | None:
        state = HotkeyOff() if self.quick is None else self.quick.hotkey_state
        match state:
            case HotkeyOn(keys):
                return RegisteredHotkey(keys)
            case HotkeyFailed(reason):
                return RegisteredHotkey(self.settings.current.quick.hotkey, in_language(reason))
        return None

    async def _prepare_quick(self) -> None:
        # The window is painted first, and a folder that was named begins to open.
        await asyncio.sleep(_QUICK_S)
        self._quick_desk().prepare()

    def _quick_desk(self) -> "QuickDesk":
        if self.quick is None:
            from spark_desktop.quick_desk import QuickDesk

            self.quick = QuickDesk(
                self._data_dir, self.settings, self, self.window.theme, self._model
            )
        return self.quick

    def _offer_recent(self) -> None:
        self.window.offer_recent([str(project.folder) for project in self.tray.recent])

    def _show_settings(self) -> None:
        self.presence.show_window()
        self.window.preferences.show()

    def _speak(self) -> None:
        self.presence.tray.speak()
        if self.quick is not None:
            self.quick.rebuild()

    def _folder_chosen(self, folder: str) -> None:
        self._opening.start("open folder", self.open_folder(Path(folder)))

    def _sample_wanted(self, parent: str) -> None:
        self._opening.start("open the sample", self._open_sample(Path(parent) if parent else None))

    async def _open_sample(self, parent: Path | None) -> None:
        from spark_desktop.adapters.sample_project import ASKING, copy_sample

        try:
            await self.open_folder(await copy_sample(parent))
            if self.project is not None:
                project = self.project
                await ask_for(ASKING, project.files, project.syntax, project.turns)
        except SparkError as error:
            self.window.show_welcome(notice_of(error, Action("Open folder…", Intent.OPEN_FOLDER)))

    def _show_folder(self, folder: str) -> None:
        self._folder_chosen(folder)
        self.presence.show_window()

    def _take_folder(self, folder: str, model: str) -> None:
        current = None if self.project is None else self.project.root
        root = Path(folder) if folder else current
        if root is None or (root == current and model in ("", self._model)):
            return
        if not root.is_dir():
            # Not worth the project that is open.
            text = tr("{folder} is not a folder.", folder=root)
            self.told.tell("folder", Notice(text, Tone.PROBLEM, tr("Name one that exists.")))
            return
        self._model = model or self._model
        if model and self._machine is not None:
            self._machine.models.name(model)
        self._folder_chosen(str(root))

    async def _open_newest(self) -> None:
        folder = await self.tray.newest()
        if folder is not None:
            await self.open_folder(folder)

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

    def _follow_system(self) -> None:
        looks = self.settings.current.looks
        if self._forced is None and looks.theme is ThemeChoice.SYSTEM:
            self.window.set_theme(theme_of(looks))


def _system_autostart() -> Autostart:
    from spark_desktop.adapters.autostart import start_command, system_autostart

    return system_autostart(start_command())


async def _open_project(folder: Path, model: str | None, data_dir: Path) -> "Project":
    # Let the window appear before the imports take the thread.
    await asyncio.sleep(0)
    from spark_desktop.machine import program_settings
    from spark_desktop.wiring import open_project

    settings = program_settings()
    spare_the_collector()
    return await open_project(
        folder,
        model=model or settings.model.model or None,
        data_dir=data_dir,
        keep_ledger=lambda: settings.privacy.keep_ledger,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program to its end; return the exit code."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    keep_keys_out()
    keep_keys_out_of_crashes()
    instance = SingleInstance(data_folder())
    try:
        is_the_one = asyncio.run(instance.claim(_message(arguments)))
    except SparkError as error:
        print(f"spark-desktop: {error}", file=sys.stderr)
        return 1
    if not is_the_one:
        print(_HANDED_OVER)
        return 0
    application()
    return qt_loop.run(lambda: _run(arguments, instance))


def application() -> QApplication:
    """Return the one QApplication, made where there is none yet."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = SparkApplication(["spark-desktop"])
    app.setApplicationName("Spark Desktop")
    app.setDesktopFileName("spark-desktop")
    # The loop must outlive the window: the project is closed after it.
    app.setQuitOnLastWindowClosed(False)
    return app


async def _run(arguments: argparse.Namespace, instance: SingleInstance) -> int:
    settings = SettingsService(TomlSettings(settings_file()))
    desktop = DesktopApp(data_folder(), arguments.model, arguments.theme, settings=settings)
    stop_listening = qt_loop.on_termination(desktop.request_close)
    app = QApplication.instance()
    if isinstance(app, SparkApplication):
        app.quit_asked.connect(desktop.request_close)
    visitors = TaskScope("other starts")
    collector = Collector()
    try:
        desktop.begin(arguments.folder, hidden=arguments.hidden)
        await instance.listen(visitors, desktop.take)
        await desktop.closed.wait()
    finally:
        stop_listening()
        await visitors.close()
        await instance.close()
        collector.end()
    return 0


def _message(arguments: argparse.Namespace) -> OpenWindow:
    # Relative to where this program was started, which the running one does not know.
    folder = "" if arguments.folder is None else os.path.realpath(arguments.folder)
    tokens = (os.environ.get(name) for name in ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"))
    token = next((token for token in tokens if token), "")
    return OpenWindow(folder, arguments.model or "", arguments.hidden, token)


_HANDED_OVER = "Spark runs already; this start was handed over to it."
_MODEL_HELP = "a model id, a GGUF file, or emulated:PROFILE for its answers at a profile's pace"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="spark-desktop", description="Watch a folder, and review what a model proposes."
    )
    parser.add_argument("folder", nargs="?", type=Path, help="the project's folder")
    parser.add_argument("--model", metavar="ID_OR_PATH", help=_MODEL_HELP)
    parser.add_argument("--theme", choices=("dark", "light"), help="else the system's")
    parser.add_argument(
        "--hidden", action="store_true", help="show only the tray icon, as at log-in"
    )
    return parser.parse_args(argv)


def _branch(root: Path) -> str:
    try:
        head = (root / ".git" / "HEAD").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return head.removeprefix(_HEAD) if head.startswith(_HEAD) else head[:8]


def spare_the_collector() -> None:
    """Keep the garbage collector from what is imported already, which never becomes garbage.

    A full collection took 35 to 42 ms, mostly over imported modules. Only the first call does so:
    a later one would keep for good what of an open project is in use just then.
    """
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
