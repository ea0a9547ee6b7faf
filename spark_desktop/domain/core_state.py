"""What the local core is doing, as the user is told."""

from dataclasses import dataclass

from spark_desktop.domain.completion import ModelInfo


@dataclass(frozen=True, slots=True)
class CoreStopped:
    """Not started, or ended orderly."""


@dataclass(frozen=True, slots=True)
class CoreStarting:
    """The process starts, or an answering core is looked for.

    ``skipped`` names a source of the model that was just passed over, and why.
    """

    skipped: str = ""


@dataclass(frozen=True, slots=True)
class CoreDownloading:
    """The model is fetched; ``done`` and ``total`` in bytes, ``rate`` in bytes per second.

    ``left`` is the estimated rest in seconds, None while unknown.
    """

    source: str
    done: int
    total: int
    rate: float
    left: float | None


@dataclass(frozen=True, slots=True)
class CoreLoading:
    """The model file is checked and read into memory."""


@dataclass(frozen=True, slots=True)
class CoreReady:
    """It answers."""

    model: ModelInfo


@dataclass(frozen=True, slots=True)
class CoreRestarting:
    """It died; it is started again in ``delay`` seconds."""

    reason: str
    attempt: int
    delay: float


@dataclass(frozen=True, slots=True)
class CoreFailed:
    """It cannot be started; the user's next step is named."""

    reason: str
    next_step: str


CoreState = (
    CoreStopped
    | CoreStarting
    | CoreDownloading
    | CoreLoading
    | CoreReady
    | CoreRestarting
    | CoreFailed
)
