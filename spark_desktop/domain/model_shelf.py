"""Models as the user can choose among them: known ones, own files, and how fast they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from spark_desktop.domain.completion import Timing, Usage


class Presence(Enum):
    """What is here of a model's file."""

    ABSENT = "absent"
    PARTIAL = "partial"
    # Here, but not hashed since it came or changed: that happens at its next use.
    UNVERIFIED = "unverified"
    HERE = "verified"
    # A part of the installed app: always here, and not the user's to remove.
    BUNDLED = "bundled"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class ShelfModel:
    """One model; ``choice`` is what it is asked for by, ``id`` what its answers name.

    Sizes are in bytes, ``context`` in tokens; 0 where unknown. ``refusal`` says why it does not
    suit this machine, ``fault`` why its file cannot be used. ``is_own`` is a file of the user's;
    ``is_busy`` one that some program fetches now.
    """

    choice: str
    id: str
    presence: Presence
    bytes: int
    bytes_here: int
    licence: str = ""
    context: int = 0
    memory: int = 0
    refusal: str = ""
    fault: str = ""
    is_own: bool = False
    is_busy: bool = False

    @property
    def is_usable(self) -> bool:
        """Return whether it can answer without anything being fetched."""
        return self.presence in (Presence.HERE, Presence.UNVERIFIED, Presence.BUNDLED)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every model; ``free`` is what the disk has room for, in bytes, None where unknown."""

    folder: Path
    default: str
    models: tuple[ShelfModel, ...] = ()
    free: int | None = None

    def find(self, choice: str) -> ShelfModel | None:
        """Return the model that is asked for so; an empty text asks for the default."""
        wanted = choice or self.default
        return next((model for model in self.models if model.choice == wanted), None)


@dataclass(frozen=True, slots=True)
class FetchStep:
    """How far a fetch is; ``done`` and ``total`` in bytes, ``rate`` in bytes per second.

    ``left`` is the estimated rest in seconds, None while unknown. ``phase`` says what is done.
    """

    phase: "Phase"
    done: int = 0
    total: int = 0
    rate: float = 0.0
    left: float | None = None
    source: str = ""
    # A source that was passed over, and why.
    skipped: str = ""


class Phase(Enum):
    """What a fetch does."""

    STARTING = "starting"
    WAITING = "waiting for another program"
    FETCHING = "fetching"
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True)
class SpeedSample:
    """One measured answer of a model; never an emulated one."""

    model: str
    usage: Usage
    timing: Timing


@dataclass(frozen=True, slots=True)
class ModelSpeed:
    """Tokens per second on this machine; None where nothing tells.

    ``answers`` is how many measured answers it is made of.
    """

    prefill: float | None
    decode: float | None
    answers: int


# Tokens: a prompt of which less was read says more about the start than about the speed.
_LEAST_READ = 32
_LEAST_WRITTEN = 4


def speeds_of(samples: Iterable[SpeedSample]) -> dict[str, ModelSpeed]:
    """Return the speed of each model: all its tokens divided by all the seconds they took.

    What was reused of a prompt was not read and does not count.
    """
    grouped: dict[str, list[SpeedSample]] = {}
    for sample in samples:
        grouped.setdefault(sample.model, []).append(sample)
    return {model: _speed(group) for model, group in grouped.items()}


def _speed(samples: Sequence[SpeedSample]) -> ModelSpeed:
    read = [
        (sample.usage.prompt_tokens - sample.usage.cached_tokens, sample.timing.prefill)
        for sample in samples
    ]
    written = [(sample.usage.completion_tokens, sample.timing.decode) for sample in samples]
    return ModelSpeed(_rate(read, _LEAST_READ), _rate(written, _LEAST_WRITTEN), len(samples))


def _rate(pairs: Iterable[tuple[int, float | None]], least: int) -> float | None:
    known = [(tokens, seconds) for tokens, seconds in pairs if tokens >= least and seconds]
    spent = sum(seconds for _, seconds in known)
    return sum(tokens for tokens, _ in known) / spent if spent > 0 else None
