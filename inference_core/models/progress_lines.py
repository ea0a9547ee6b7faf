"""A fetch's progress for a person at a terminal, or in a log."""

from typing import Never, Self, TextIO

from tqdm import tqdm

from inference_core.models.progress import (
    Checking,
    Contacting,
    DamagedRemoved,
    Downloading,
    Progress,
    SourceSkipped,
    Verifying,
    WaitingForOther,
)

# The rate and the time left are the meter's: its window of five seconds shows a stall, and a
# resumed download's earlier bytes do not count.
_BAR = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}B{postfix}"


class ProgressLines:
    """Draws one bar at a time; what a person must notice gets a line of its own.

    Where the stream is no terminal there is one line per phase instead of a bar.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tqdm[Never] | None = None
        self._phase = ""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Leave the bar as it is and go to a new line."""
        self._close_bar()

    def __call__(self, event: Progress) -> None:
        """Show the event."""
        match event:
            case Checking() | Contacting():
                return
            case Downloading():
                self._show(f"Fetching from {event.source}", event.done, event.total, _pace(event))
            case Verifying():
                self._show("Verifying", event.done, event.total)
            case WaitingForOther():
                self._show("Another process fetches it", event.done, event.total)
            case SourceSkipped():
                self.say(f"Passed over {event.source}: {event.reason}")
            case DamagedRemoved():
                self.say(f"Removed the damaged file {event.path}: {event.reason}")

    def say(self, line: str) -> None:
        """Write a line below whatever bar there is."""
        self._close_bar()
        print(line, file=self._stream, flush=True)

    def _show(self, phase: str, done: int, total: int, pace: str = "") -> None:
        if not self._stream.isatty():
            if phase != self._phase:
                print(f"{phase} ({total / 1e6:,.0f} MB)", file=self._stream, flush=True)
            self._phase = phase
            return
        bar = self._bar
        if bar is None or phase != self._phase:
            bar = self._new_bar(phase, total)
        bar.n = done
        bar.set_postfix_str(pace)

    def _new_bar(self, phase: str, total: int) -> "tqdm[Never]":
        self._close_bar()
        bar: tqdm[Never] = tqdm(
            total=total,
            desc=phase,
            unit_scale=True,
            bar_format=_BAR,
            dynamic_ncols=True,
            file=self._stream,
        )
        self._bar, self._phase = bar, phase
        return bar

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
        self._phase = ""


def _pace(event: Downloading) -> str:
    rate = f"{event.rate / 1e6:.1f} MB/s"
    if event.left_s is None:
        return rate
    minutes, seconds = divmod(round(event.left_s), 60)
    return f"{rate}, {minutes}:{seconds:02d} left"
