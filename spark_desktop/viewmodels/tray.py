"""What the tray icon says, and what its menu offers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.core_state import CoreFailed, CoreReady, CoreState, CoreStopped
from spark_desktop.domain.events import (
    CoreStateChanged,
    FilesChanged,
    ProposalChanged,
    TurnChanged,
    WatchingChanged,
    WorkFailed,
)
from spark_desktop.domain.proposal import Queued, Ready, Streaming
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.rest import RestViewModel
from spark_desktop.viewmodels.told import Told
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.viewmodels.tray_ports import Recent, Watched

_NAMES_SHOWN = 3
# Characters of a failure in the tip: Windows shows 127 in all, and the window has the rest.
_BRIEF = 70


class TrayState(Enum):
    """What the icon shows; the value is the name of its badge."""

    IDLE = "idle"
    READY = "ready"
    WORKING = "working"
    WAITING = "waiting"
    PAUSED = "paused"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class RecentProject:
    """One entry of the menu."""

    label: str
    folder: Path


class TrayViewModel(QObject):
    """Follows the open project; ``changed`` says that any attribute is another."""

    changed = Signal()

    def __init__(self, recent: Recent, told: Told, scope: TaskScope) -> None:
        super().__init__()
        self._recent, self._told = recent, told
        self._intents = Intents(scope, lambda error: told.tell("tray", notice_of(error)))
        self._project: Watched | None = None
        self._unsubscribe: list[Callable[[], None]] = []
        self._core: CoreState = CoreStopped()
        self._failure = ""
        self._answering: set[str] = set()
        self._is_paused = False
        self._missed: tuple[str, ...] = ()
        self._folders: tuple[Path, ...] = ()
        # Quiet mode and the snooze of the open project.
        self.rest = RestViewModel(told)
        self.rest.changed.connect(self.changed)

    @property
    def told(self) -> Told:
        """Return the line over the window, where a pause and what it missed are told."""
        return self._told

    @property
    def state(self) -> TrayState:
        """Return the one state that matters most."""
        if self._project is None:
            return TrayState.IDLE
        if self._problem:
            return TrayState.PROBLEM
        if self.waiting:
            return TrayState.WAITING
        if self._is_working:
            return TrayState.WORKING
        if self._is_paused or self.rest.is_snoozed:
            return TrayState.PAUSED
        return TrayState.READY if isinstance(self._core, CoreReady) else TrayState.IDLE

    @property
    def waiting(self) -> int:
        """Return how many proposals wait for a decision."""
        return self._count(Ready)

    @property
    def tip(self) -> str:
        """Return the state in words: "Spark · project: proposals waiting: 2"."""
        if self._project is None:
            return tr("Spark: no folder is open")
        words = ", ".join(self._words())
        return tr("Spark · {project}: {state}", project=self._project.root.name, state=words)

    @property
    def is_paused(self) -> bool:
        """Return whether the user paused watching; that holds for the next project, too."""
        return self._is_paused

    @property
    def can_pause(self) -> bool:
        """Return whether a project is open."""
        return self._project is not None

    @property
    def recent(self) -> tuple[RecentProject, ...]:
        """Return the recent projects; those of one name are told apart by their folder."""
        names = [folder.name for folder in self._folders]
        return tuple(
            RecentProject(
                folder.name
                if names.count(folder.name) == 1
                else f"{folder.name} ({folder.parent})",
                folder,
            )
            for folder in self._folders
        )

    def follow(self, project: Watched | None) -> None:
        """Show another project's state; None where none is open."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []
        self._project, self._failure, self._answering = project, "", set()
        self._show_missed(())
        if project is not None:
            self._core = project.core.state
            self._subscribe(project.bus)
            if self._is_paused:
                project.inbox.pause()
            else:
                self._show_pause(project.inbox.is_paused)
            self._intents.start("recent", self._opened(project.root))
        self.rest.follow(project)
        self.changed.emit()

    async def newest(self) -> Path | None:
        """Return the project that was opened last; None where there is none."""
        folders = await self._recent.folders()
        return folders[0] if folders else None

    def toggle_pause(self) -> None:
        """Pause watching, or let it go on."""
        if self._project is not None:
            inbox = self._project.inbox
            if inbox.is_paused:
                inbox.resume()
            else:
                inbox.pause()

    def act(self, intent: Intent) -> None:
        """Do what a notice of the tray asks for."""
        match intent:
            case Intent.RESUME if self._is_paused:
                self.toggle_pause()
            case Intent.TAKE_MISSED if self._project is not None:
                missed = self._missed
                self._show_missed(())
                self._intents.start("missed", self._project.inbox.saved(missed))
            case Intent.START_HELD:
                self.rest.start_held()
            case Intent.DISMISS:
                self._told.dismiss()

    def seen(self) -> None:
        """Note that the user looks at the window, where a failure is told in full."""
        if self._failure:
            self._failure = ""
            self.changed.emit()

    def refresh(self) -> None:
        """Look up the recent projects again, some of which may be gone."""
        self._intents.start("recent", self._refresh())

    @property
    def _is_working(self) -> bool:
        resting = isinstance(self._core, CoreReady | CoreStopped)
        return bool(self._answering) or self._count(Queued, Streaming) > 0 or not resting

    @property
    def _problem(self) -> str:
        return self._core.reason if isinstance(self._core, CoreFailed) else self._failure

    def _words(self) -> list[str]:
        words = []
        if self._problem:
            words.append(_brief(in_language(self._problem)))
        if self.waiting:
            words.append(tr("proposals waiting: {count}", count=self.waiting))
        if self._is_working and not self._problem:
            is_ready = isinstance(self._core, CoreReady)
            words.append(tr("working") if is_ready else tr("the model is starting"))
        if self._is_paused:
            words.append(tr("watching is paused"))
        if self.rest.text:
            words.append(self.rest.text)
        if not words:
            is_ready = isinstance(self._core, CoreReady)
            words.append(tr("ready") if is_ready else tr("the model is not running"))
        return words

    def _count(self, *states: type) -> int:
        if self._project is None:
            return 0
        return sum(isinstance(one.state, states) for one in self._project.turns.proposals())

    def _subscribe(self, bus: Bus) -> None:
        self._unsubscribe = [
            bus.subscribe(CoreStateChanged, self._on_core),
            bus.subscribe(ProposalChanged, lambda _event: self.changed.emit()),
            bus.subscribe(TurnChanged, self._on_turn),
            bus.subscribe(FilesChanged, lambda _event: self.seen()),
            bus.subscribe(WorkFailed, self._on_failure),
            bus.subscribe(WatchingChanged, self._on_watching),
        ]

    def _on_core(self, event: CoreStateChanged) -> None:
        self._core = event.state
        self.changed.emit()

    def _on_turn(self, event: TurnChanged) -> None:
        if event.turn.state is TurnState.STREAMING:
            self._answering.add(event.turn.id)
        else:
            self._answering.discard(event.turn.id)
        self.changed.emit()

    def _on_failure(self, event: WorkFailed) -> None:
        self._failure = event.message
        self.changed.emit()

    def _on_watching(self, event: WatchingChanged) -> None:
        self._show_pause(event.is_paused)
        self._show_missed(event.missed)
        self.changed.emit()

    def _show_pause(self, is_paused: bool) -> None:
        self._is_paused = is_paused
        notice = Notice(
            tr("Watching is paused."),
            Tone.WARNING,
            tr("What you save is listed under Ignored and starts nothing."),
            Action(tr("Resume"), Intent.RESUME),
        )
        self._told.tell("pause", notice if is_paused else None)

    def _show_missed(self, missed: tuple[str, ...]) -> None:
        self._missed = missed
        names = ", ".join(path.rpartition("/")[2] for path in missed[:_NAMES_SHOWN])
        # The inbox tells it before the end of the snooze is told here.
        was_snoozed = self.rest.is_snoozed
        notice = Notice(
            tr("Files saved while Spark was snoozed: {count}", count=len(missed))
            if was_snoozed
            else tr("Files saved while watching was paused: {count}", count=len(missed)),
            Tone.PLAIN,
            names if len(missed) <= _NAMES_SHOWN else f"{names}, …",
            Action(tr("Look at them now"), Intent.TAKE_MISSED),
        )
        self._told.tell("missed", notice if missed else None)

    async def _opened(self, folder: Path) -> None:
        self._set_folders(await self._recent.opened(folder))

    async def _refresh(self) -> None:
        self._set_folders(await self._recent.folders())

    def _set_folders(self, folders: tuple[Path, ...]) -> None:
        if folders != self._folders:
            self._folders = folders
            self.changed.emit()


def _brief(text: str) -> str:
    return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 1].rstrip()}…"
