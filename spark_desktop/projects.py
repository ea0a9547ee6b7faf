"""Which project is open in the window: opens another, closes it, opens the newest or the sample."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from spark_desktop.adapters.git_branch import branch_of
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.collector import spare_the_collector
from spark_desktop.consent_desk import ConsentDesk
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.handover import FailedCommand, within
from spark_desktop.endpoint_entry import EndpointEntry
from spark_desktop.machine_desk import MachineDesk
from spark_desktop.presence import Presence
from spark_desktop.services.desktop_notices import DesktopNotices
from spark_desktop.services.sample import ask_for
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.translation import tr
from spark_desktop.viewmodels.tray import TrayViewModel
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.welcome import opening

if TYPE_CHECKING:
    # Imported when the window is on the screen: parsers, HTTP and SQLite take their time.
    from spark_desktop.viewmodels.project import ProjectViewModels
    from spark_desktop.wiring import Project

# A folder, a model and the data folder in; raises SparkError.
Opener = Callable[[Path, str | None, Path], Awaitable["Project"]]


@dataclass(frozen=True, slots=True)
class Around:
    """What of the program follows the open project."""

    window: MainWindow
    tray: TrayViewModel
    presence: Presence
    machine: MachineDesk
    settings: SettingsService
    consent: ConsentDesk


class Projects:
    """At most one is open; ``model`` is what the command line named, None for the settings'."""

    def __init__(
        self,
        data_dir: Path,
        model: str | None,
        around: Around,
        scope: TaskScope,
        opener: Opener,
    ) -> None:
        self._data_dir, self._model, self._around = data_dir, model, around
        self._opener = opener
        self._opening = LatestTask(scope)
        self._turning = asyncio.Lock()
        self._models: ProjectViewModels | None = None
        self.current: Project | None = None

    def choose(self, folder: str) -> None:
        """Open a folder in the background, instead of what is being opened."""
        self._opening.start("open folder", self.open(Path(folder)))

    def choose_newest(self) -> None:
        """Open the newest of the recent projects in the background, if there is one."""
        self._opening.start("open the newest", self._open_newest())

    def choose_sample(self, parent: str) -> None:
        """Copy the sample into a folder, empty for the usual one, open it, and ask for a change."""
        self._opening.start("open the sample", self._open_sample(Path(parent) if parent else None))

    def take(self, folder: str, model: str) -> None:
        """Open what another start of the program named; both may be empty."""
        current = None if self.current is None else self.current.root
        root = Path(folder) if folder else current
        if root is None or (root == current and model in ("", self._model)):
            return
        if not root.is_dir():
            # Not worth the project that is open.
            text = tr("{folder} is not a folder.", folder=root)
            notice = Notice(text, Tone.PROBLEM, tr("Name one that exists."))
            self._around.tray.told.tell("folder", notice)
            return
        if model:
            self._model = model
            self._around.machine.name(model)
        self.choose(str(root))

    def propose_for(self, failed: FailedCommand) -> bool:
        """Propose a fix for a command that failed; return False where it ran in no open folder."""
        project = self.current
        here = None if project is None else within(failed, project.root)
        if project is None or here is None or _is_other_tree(Path(failed.root), project.root):
            return False
        from spark_desktop.services.run_judges import FailedRun

        try:
            words = tuple(shlex.split(here.command))
        except ValueError:
            return False
        return project.handed_runs.take(FailedRun(words, here.folder, here.output))

    async def open(self, folder: Path) -> None:
        """Close the open project, if any, and open another; its core starts in the background."""
        async with self._turning:
            self._around.window.show_welcome(opening(folder.name or str(folder)))
            await self._close()
            try:
                chosen = self._model or self._around.settings.current.model.model or None
                model = self._around.machine.model(chosen)
                project = await self._opener(folder, model, self._data_dir)
            except SparkError as error:
                self._refused(error)
                return
            await self._show(project)

    def cancel(self) -> None:
        """Open nothing more."""
        self._opening.cancel()

    async def close(self) -> None:
        """Close the open project."""
        async with self._turning:
            await self._close()

    async def _show(self, project: "Project") -> None:
        around, self.current = self._around, project
        project.use(around.settings.current)
        around.machine.attach(project.core)
        # Imported by now, with the project.
        from spark_desktop.viewmodels.project import view_models

        models = self._models = view_models(project, lambda: datetime.now().astimezone())
        # Not the method itself: Qt would hold a value with slots weakly, which is not possible.
        models.review.target_changed.connect(lambda path, lines: project.look(path, lines))
        branch = await asyncio.to_thread(branch_of, project.root)
        around.window.show_project(models, project.root, branch)
        DesktopNotices(project.bus, SystemClock(), around.presence, around.presence.attention)
        around.tray.follow(project)
        around.consent.follow(project)
        models.chat.load()
        models.threads.load()
        project.watch()
        project.warm()

    async def _close(self) -> None:
        project, self.current = self.current, None
        self._around.machine.attach(None)
        self._around.tray.follow(None)
        self._around.consent.follow(None)
        models, self._models = self._models, None
        if project is not None:
            await project.close()
        if models is not None:
            models.release()

    async def _open_newest(self) -> None:
        folder = await self._around.tray.newest()
        if folder is not None:
            await self.open(folder)

    async def _open_sample(self, parent: Path | None) -> None:
        from spark_desktop.adapters.sample_project import ASKING, copy_sample

        try:
            await self.open(await copy_sample(parent))
            project = self.current
            if project is not None:
                await ask_for(ASKING, project.files, project.syntax, project.turns)
        except SparkError as error:
            self._refused(error)

    def _refused(self, error: SparkError) -> None:
        again = Action(tr("Open folder…"), Intent.OPEN_FOLDER)
        self._around.window.show_welcome(notice_of(error, again))


def _is_other_tree(root: Path, open_: Path) -> bool:
    """Return whether a folder in the open one is a work tree of its own, which may be ignored."""
    is_inside = root != open_ and root.is_relative_to(open_)
    return is_inside and (root / ".git").exists()


def opener_with(endpoints: EndpointEntry) -> Opener:
    """Return what opens projects that ask these endpoints."""

    async def open_(folder: Path, model: str | None, data_dir: Path) -> "Project":
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
            history_bytes=lambda: settings.privacy.history_bytes,
            endpoints=await endpoints.ready(),
        )

    return open_
