"""What the local core is doing, for the strip under the title and the label of the model."""

from pathlib import PurePath

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.completion import ModelInfo
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreLoading,
    CoreReady,
    CoreRestarting,
    CoreStarting,
    CoreState,
    CoreStopped,
)
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.events import CoreStateChanged, EndpointsChanged, ModelSwitching
from spark_desktop.domain.words import say
from spark_desktop.services.answers import Answers
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Core
from spark_desktop.viewmodels.amounts import bytes_text, left_text
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr


class CoreViewModel(QObject):
    """Follows the core's state; ``changed`` says that any attribute is another."""

    changed = Signal()

    def __init__(self, core: Core, bus: Bus, answers: Answers | None = None) -> None:
        """``answers`` says who is asked where that is not the core; None: nobody else."""
        super().__init__()
        self._core, self._answers = core, answers
        self._state = core.state
        self._switching: ModelSwitching | None = None
        bus.subscribe(CoreStateChanged, self._on_state)
        bus.subscribe(ModelSwitching, self._on_switching)
        bus.subscribe(EndpointsChanged, lambda _event: self.changed.emit())

    @property
    def is_ready(self) -> bool:
        """Return whether somebody answers questions: the core, or an endpoint before it."""
        return isinstance(self._state, CoreReady) or self._remote is not None

    @property
    def _remote(self) -> ModelInfo | None:
        """Return the model that is asked before the core is; None where the core comes first."""
        asked = None if self._answers is None else self._answers.model_for(WorkKind.CHAT)
        own = self._state.model if isinstance(self._state, CoreReady) else None
        return None if asked == own else asked

    @property
    def label(self) -> str:
        """Return where the model runs and its name: "local · qwen2.5-coder-0.5b"."""
        remote = self._remote
        if remote is not None:
            return " · ".join(part for part in (remote.label, remote.id) if part)
        if isinstance(self._state, CoreReady):
            return f"{in_language(self._state.model.label)} · {self._state.model.id}"
        return tr("no model yet")

    @property
    def is_emulated(self) -> bool:
        """Return whether the endpoint paces its answers as other hardware would."""
        return isinstance(self._state, CoreReady) and "emulated" in self._state.model.label

    @property
    def progress(self) -> float | None:
        """Return how far the download is, from 0 to 1; None outside of one."""
        state = self._state if self._switching is None else self._switching.state
        if isinstance(state, CoreDownloading) and state.total > 0:
            return min(1.0, state.done / state.total)
        return None

    @property
    def word(self) -> str:
        """Return the state in one or two words, for the status bar."""
        if self._switching is not None:
            return tr("changing the model")
        if isinstance(self._state, CoreStopped) and self._remote is not None:
            return tr("remote")
        return in_language(_WORDS[type(self._state)])

    @property
    def tone(self) -> Tone:
        """Return what the state means."""
        match self._state:
            case _ if self._switching is not None:
                return Tone.BUSY
            case CoreReady():
                return Tone.GOOD
            case CoreFailed():
                return Tone.PROBLEM
            case CoreRestarting():
                return Tone.WARNING
            case CoreStopped():
                return Tone.MUTED if self._remote is None else Tone.GOOD
            case _:
                return Tone.BUSY

    @property
    def notice(self) -> Notice | None:
        """Return the line to show while the core cannot answer; None when it can."""
        if self._switching is not None:
            return _switching_notice(self._switching)
        if isinstance(self._state, CoreStopped) and self._remote is not None:
            # It is not needed, or only steps in.
            return None
        return _notice(self._state)

    def act(self, intent: Intent) -> None:
        """Start the core again where that is asked for."""
        if intent is Intent.RETRY_CORE:
            self._core.start()
        elif intent is Intent.STOP:
            self._core.stop()

    def _on_state(self, event: CoreStateChanged) -> None:
        self._state = event.state
        self.changed.emit()

    def _on_switching(self, event: ModelSwitching) -> None:
        self._switching = None if event.state is None else event
        self.changed.emit()


def _switching_notice(switching: ModelSwitching) -> Notice:
    name = PurePath(switching.model).stem if "/" in switching.model else switching.model
    text = tr("Changing to {model}; the earlier model goes on until then.", model=name)
    state = switching.state
    hint = _download_text(state) if isinstance(state, CoreDownloading) else ""
    return Notice(text, Tone.BUSY, hint)


_WORDS: dict[type, str] = {
    CoreStopped: say("stopped"),
    CoreStarting: say("starting"),
    CoreDownloading: say("downloading"),
    CoreLoading: say("loading"),
    CoreReady: say("ready"),
    CoreRestarting: say("restarting"),
    CoreFailed: say("failed"),
}


def _notice(state: CoreState) -> Notice | None:
    start = Action(tr("Try again"), Intent.RETRY_CORE)
    match state:
        case CoreReady():
            return None
        case CoreStopped():
            return Notice(tr("The model is not running."), Tone.MUTED, "", start)
        case CoreStarting(skipped) if skipped:
            hint = tr("Trying the next source.")
            return Notice(
                tr("A source of the model was passed over. {skipped}", skipped=skipped),
                Tone.WARNING,
                hint,
            )
        case CoreStarting():
            text = tr("Starting the model.")
            return Notice(text, Tone.BUSY, tr("You can read and type already; turns are queued."))
        case CoreLoading():
            return Notice(tr("Loading the model into memory."), Tone.BUSY, tr("A few seconds."))
        case CoreDownloading():
            stop = Action(tr("Stop the download"), Intent.STOP)
            hint = _download_text(state)
            return Notice(tr("Downloading the model, once."), Tone.BUSY, hint, stop)
        case CoreRestarting(reason, attempt, delay):
            text = tr("The connection to the model was lost: {reason}", reason=reason)
            hint = tr(
                "Starting it again in {delay:.0f} s (attempt {attempt}).",
                delay=delay,
                attempt=attempt,
            )
            return Notice(text, Tone.WARNING, hint)
        case CoreFailed(reason, next_step):
            return Notice(reason, Tone.PROBLEM, next_step, start)


def _download_text(state: CoreDownloading) -> str:
    parts = [
        tr("{done} of {total}", done=bytes_text(state.done), total=bytes_text(state.total)),
        tr("{amount}/s", amount=bytes_text(state.rate)),
        left_text(state.left),
        tr("from {source}", source=state.source),
    ]
    return " · ".join(part for part in parts if part)
