"""What ``serve`` tells whoever started it, on its way to readiness and when it fails."""

import json
import sys
from dataclasses import dataclass
from typing import Protocol, TextIO

from inference_core.domain.errors import CoreError
from inference_core.models.progress import (
    Checking,
    Contacting,
    DamagedRemoved,
    Downloading,
    Progress,
    SourceSkipped,
    Verifying,
    WaitingForOther,
    event_of,
)
from inference_core.server.ready import Ready


@dataclass(frozen=True, slots=True)
class Loading:
    """The engine loads the model's file."""

    model: str


Step = Progress | Loading

# A terminal's reader wants to see that it goes on, not ten lines a second.
_PERCENT_STEP = 10


class Announce(Protocol):
    """Where the news go; ``step`` is also called from other OS threads."""

    def step(self, step: Step) -> None:
        """Tell one step towards readiness."""
        ...

    def ready(self, ready: Ready) -> None:
        """Tell that the core answers."""
        ...

    def failed(self, error: CoreError) -> None:
        """Tell why the core will not answer."""
        ...


class EventLines:
    """For programs: every step is a line of JSON on standard output."""

    def step(self, step: Step) -> None:
        """Write ``{"event": NAME, …}`` with the step's fields."""
        _write_line(json.dumps(event_of(step), default=str), sys.stdout)

    def ready(self, ready: Ready) -> None:
        """Write the ready line."""
        _write_line(ready.json(), sys.stdout)

    def failed(self, error: CoreError) -> None:
        """Write ``{"event": "failed", "message", "next_step"}``, and the same for a log."""
        event = {"event": "failed", "message": error.message, "next_step": error.next_step}
        _write_line(json.dumps(event), sys.stdout)
        _write_error(error)


class PlainLines:
    """For people: steps go to standard error, only the ready line to standard output."""

    def __init__(self) -> None:
        self._last = ""

    def step(self, step: Step) -> None:
        """Write the step as a sentence; a repeated one is left out."""
        text = sentence(step)
        if text != self._last:
            self._last = text
            _write_line(f"spark-core: {text}", sys.stderr)

    def ready(self, ready: Ready) -> None:
        """Write the ready line."""
        _write_line(ready.json(), sys.stdout)

    def failed(self, error: CoreError) -> None:
        """Write the message and the next step."""
        _write_error(error)


def sentence(step: Step) -> str:
    """Return a step in words; amounts are rounded, so that few distinct sentences come."""
    match step:
        case Checking(model_id):
            return f"looking for the model {model_id}"
        case WaitingForOther(done, total):
            return f"another process downloads the model: {_percent(done, total)}"
        case DamagedRemoved(path, reason):
            return f"removed the damaged file {path}: {reason}"
        case Downloading(source, done, total):
            return f"downloading {total / 1e6:,.0f} MB from {source}: {_percent(done, total)}"
        case Verifying(done, total):
            return f"verifying: {_percent(done, total)}"
        case Contacting(source, host, _port):
            return f"asking {source} at {host}"
        case SourceSkipped(source, reason):
            return f"passed over {source}: {reason}"
        case Loading(model):
            return f"loading {model}"


def _percent(done: int, total: int) -> str:
    share = 100 * done // max(1, total)
    return f"{share // _PERCENT_STEP * _PERCENT_STEP} %"


def _write_line(line: str, stream: TextIO | None) -> None:
    if stream is None:
        return  # started with the stream closed
    try:
        print(line, file=stream, flush=True)
    except BrokenPipeError:
        # Whoever started the core no longer reads; the ready file and the lease still count.
        return


def _write_error(error: CoreError) -> None:
    hint = f"\n  {error.next_step}" if error.next_step else ""
    _write_line(f"spark-core: {error.message}{hint}", sys.stderr)
