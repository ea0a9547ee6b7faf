"""The transcript while it streams: frames, keystrokes, and how soon a long thread is shown.

What is measured is the app's own chat panel: events on the bus, the view model, the transcript and
the composer. Tokens come at 5,000 a second, one an event, into a thread that is long already.
Each platform is a process of its own: Qt's offscreen one, and X11 where ``DISPLAY`` names a screen.
"""

import asyncio
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.platforms import on_each_platform
from benchmarks.report import usable_cores

if TYPE_CHECKING:
    from spark_desktop.domain.context_item import Draft, Question
    from spark_desktop.domain.conversation import Thread, Turn
    from spark_desktop.services.bus import Bus
    from spark_desktop.viewmodels.chat import ChatViewModel
    from spark_desktop.viewmodels.composer import ComposerViewModel
    from spark_desktop.views.chat_panel import ChatPanel

SUMMARY = "frames and keystrokes while 5,000 tokens a second stream into 500,000, and loading them"

RATE = 5000
FRAME_S = 1 / 60
SECONDS = 10.0
QUICK_SECONDS = 2.0
SIZE = (900, 1000)
CHARACTERS_A_TOKEN = 4
TOKENS_A_TURN = 1000
KEYS_A_SECOND = 12
# Tokens of a thread, and how many answers hold them.
LONG = 500_000
CASES = ((128_000, "turns"), (LONG, "turns"), (LONG, "one answer"))
_POLL_S = 0.001


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each platform and thread; times in milliseconds."""
    return on_each_platform("benchmarks.transcript", quick)


def measured(quick: bool) -> list[dict[str, object]]:
    """Return the rows of this process's platform."""
    from spark_desktop.app import application
    from spark_desktop.collector import Collector, spare_the_collector

    Collector(application())
    _warm_up()
    spare_the_collector()
    return [_row(tokens, shape, QUICK_SECONDS if quick else SECONDS) for tokens, shape in CASES]


def _row(tokens: int, shape: str, seconds: float) -> dict[str, object]:
    stage = Stage.of(thread_of(tokens, tokens if shape == "one answer" else TOKENS_A_TURN))
    load = stage.load()
    jumps = stage.jumps()
    resizes = stage.resizes()
    streamed = stage.stream(seconds)
    stage.close()
    return {
        "thread_tokens": tokens,
        "shape": shape,
        "load_ms": round(load, 1),
        "frame_p50_ms": round(statistics.median(streamed.frames), 2),
        "frame_p99_ms": _share(streamed.frames, 0.99),
        "frame_max_ms": round(max(streamed.frames), 2),
        "frame_cpu_p99_ms": _share(streamed.cpu, 0.99),
        "key_p50_ms": round(statistics.median(streamed.keys), 2),
        "key_p99_ms": _share(streamed.keys, 0.99),
        "resize_p50_ms": round(statistics.median(resizes), 1),
        "jump_p99_ms": _share(jumps, 0.99),
        "cpu_percent": round(100 * streamed.cpu_share, 1),
        "others_cpu": round(streamed.others_cpu, 2),
    }


def _share(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


@dataclass
class Streamed:
    """Milliseconds of work in each frame, and from each keystroke to its pixels.

    ``cpu`` is the processor's time of each frame: what others took from the machine is not in it.
    ``others_cpu`` is the share of all cores that they took.
    """

    frames: list[float]
    cpu: list[float]
    keys: list[float]
    cpu_share: float
    others_cpu: float


class _Unkept:
    """Stands where the stores of drafts and prompts would."""

    async def draft(self, thread_id: str) -> "Draft":
        from spark_desktop.domain.context_item import Draft

        return Draft()

    async def queued(self) -> tuple["Question", ...]:
        return ()

    async def summary(self, thread_id: str) -> None:
        return None


def _composer(chat: "ChatViewModel", bus: "Bus") -> "ComposerViewModel":
    """Return the composer's view model over nothing that is kept or asked."""
    from spark_desktop.services.composing import Composing
    from spark_desktop.services.outbox import Outbox
    from spark_desktop.services.tasks import TaskScope
    from spark_desktop.viewmodels.composer import ComposerViewModel

    scope, unkept = TaskScope("composer"), _Unkept()
    composing = Composing(
        unkept,  # type: ignore[arg-type]
        Outbox(unkept, None, bus, scope),  # type: ignore[arg-type]
        None,  # type: ignore[arg-type]
        None,  # type: ignore[arg-type]
        None,  # type: ignore[arg-type]
        unkept,  # type: ignore[arg-type]
    )
    return ComposerViewModel(chat, composing, bus, scope)


class Stage:
    """The chat panel in a window, and a thread that can be loaded into it."""

    def __init__(self, panel: "ChatPanel", bus: "Bus", show: Callable[[], None]) -> None:
        self._panel, self._bus, self._show = panel, bus, show

    @staticmethod
    def of(thread: "Thread") -> "Stage":
        """Return the panel, shown and empty."""
        from spark_desktop.services.bus import Bus
        from spark_desktop.services.tasks import TaskScope
        from spark_desktop.viewmodels.answer_pace import AnswerPace
        from spark_desktop.viewmodels.chat import ChatViewModel
        from spark_desktop.views.chat_panel import ChatPanel
        from spark_desktop.views.stylesheet import stylesheet
        from spark_desktop.views.theme import load_theme

        bus = Bus()
        model = ChatViewModel(
            _Threads(thread),  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            bus,
            TaskScope("benchmark"),
            AnswerPace(bus),
        )
        theme = load_theme("dark")
        panel = ChatPanel(model, _composer(model, bus), theme)
        panel.setStyleSheet(stylesheet(theme))
        panel.resize(*SIZE)
        panel.show()

        async def opened() -> None:
            done = asyncio.Event()
            model.thread_changed.connect(done.set)
            model.open_thread(thread.id)
            await done.wait()

        stage = Stage(panel, bus, lambda: asyncio.run(opened()))
        _process()
        return stage

    def load(self) -> float:
        """Show the thread; return the time until it is painted."""
        return self._timed(self._show)

    def jumps(self) -> list[float]:
        """Go to places all over the thread; return the time of each until it is painted."""
        bar = self._panel.transcript.verticalScrollBar()
        places = random.Random(1)
        return [
            self._timed(partial(bar.setValue, places.randrange(bar.maximum() or 1)))
            for _ in range(60)
        ]

    def resizes(self) -> list[float]:
        """Make the panel narrower and wider; return the time of each until it is painted."""
        widths = [SIZE[0] - 8 * step for step in range(1, 11)] + [SIZE[0]]
        return [self._timed(partial(self._panel.resize, width, SIZE[1])) for width in widths]

    def stream(self, seconds: float) -> Streamed:
        """Stream one answer at the end of the thread while somebody types into the composer."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        from benchmarks.paints import Paints
        from spark_desktop.domain.events import TurnChanged, TurnStreamed

        open_turn = turn_of("open", "", is_open=True)
        self._bus.publish(TurnChanged("thread", open_turn))
        bar = self._panel.transcript.verticalScrollBar()
        _process()
        bar.setValue(bar.maximum())
        _settle()
        tokens = iter(tokens_of(answer_of(int(RATE * (seconds + 1)) * CHARACTERS_A_TOKEN)))
        editor = self._panel.composer.editor
        editor.setFocus()
        paints = Paints(editor.viewport())
        due = random.Random(2)
        next_key = due.random() / KEYS_A_SECOND
        keys: list[float] = []
        frames: list[float] = []
        cpu: list[float] = []
        worked, all_cores = time.process_time(), _busy_s()
        began = time.perf_counter()
        sent = 0
        for number in range(int(seconds / FRAME_S)):
            busy = 0.0
            own = time.thread_time()
            start = time.perf_counter()
            wanted = int(RATE * (number + 1) * FRAME_S)
            for _ in range(wanted - sent):
                self._bus.publish(TurnStreamed("thread", open_turn.id, next(tokens)))
            sent = wanted
            busy += time.perf_counter() - start
            end = began + (number + 1) * FRAME_S
            while True:
                start = time.perf_counter()
                _process()
                busy += time.perf_counter() - start
                now = time.perf_counter()
                if now - began >= next_key:
                    # It was struck at its moment, whatever the loop was doing then.
                    paints.count = 0
                    QTest.keyClick(editor, Qt.Key.Key_X)
                    while not paints.count:
                        _process()
                    keys.append((time.perf_counter() - began - next_key) * 1000)
                    busy += time.perf_counter() - now
                    next_key += (0.5 + due.random()) / KEYS_A_SECOND
                if now >= end:
                    break
                time.sleep(max(0.0, min(_POLL_S, end - now)))
            frames.append(busy * 1000)
            cpu.append((time.thread_time() - own) * 1000)
        elapsed = time.perf_counter() - began
        own = time.process_time() - worked
        paints.end()
        others = max(0.0, _busy_s() - all_cores - own) / (elapsed * usable_cores())
        return Streamed(frames, cpu, keys, own / elapsed, others)

    def close(self) -> None:
        """Take the window away."""
        from PySide6.QtCore import QCoreApplication, QEvent

        self._panel.close()
        self._panel.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        # What this thread leaves behind must not be collected in a frame of the next one.
        gc.collect()

    def _timed(self, act: Callable[[], None]) -> float:
        from benchmarks.paints import Paints

        paints = Paints(self._panel.transcript.viewport())
        start = time.perf_counter()
        act()
        while not paints.count:
            _process()
        took = (time.perf_counter() - start) * 1000
        paints.end()
        _settle()
        return took


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice)


def _process() -> None:
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()


def _settle() -> None:
    until = time.perf_counter() + 0.1
    while time.perf_counter() < until:
        _process()
        time.sleep(0.002)


def _warm_up() -> None:
    stage = Stage.of(thread_of(4000, TOKENS_A_TURN))
    stage.load()
    stage.close()


class _Threads:
    """Stands where the chat service would: it opens the one thread."""

    def __init__(self, thread: "Thread") -> None:
        self._thread = thread

    async def open(self, _thread_id: str) -> "Thread":
        return self._thread


def thread_of(tokens: int, tokens_a_turn: int) -> "Thread":
    """Return a thread whose answers hold so many tokens."""
    from spark_desktop.domain.conversation import Thread

    parts = [""]
    for section in sections_of(tokens * CHARACTERS_A_TOKEN):
        if len(parts[-1]) >= tokens_a_turn * CHARACTERS_A_TOKEN:
            parts.append("")
        parts[-1] += section
    turns = tuple(turn_of(str(number), part) for number, part in enumerate(parts))
    return Thread("thread", "Benchmark", datetime(2026, 1, 1, tzinfo=UTC), turns)


def turn_of(name: str, answer: str, *, is_open: bool = False) -> "Turn":
    """Return a turn with this answer."""
    from spark_desktop.domain.conversation import Turn, TurnState

    state = TurnState.STREAMING if is_open else TurnState.DONE
    return Turn(name, "What does it do?", answer, state, datetime(2026, 1, 1, tzinfo=UTC))


_PROSE = """## What `{name}` holds

It keeps **values** apart from what *acts* on them, which is why a test needs neither a window
nor a socket; see [the guide](https://example.org/guide) for the reasons, and `docs/` for more.

- Values are frozen, so that they can be handed on.
  - They are compared by what they hold.
  - A change makes another one:
    1. take the old one,
    2. replace a field.
- Functions are pure.

> What can be decided without waiting is decided without waiting.

| part | lines | changed |
|:-----|------:|:-------:|
| `{name}` | {lines} | yes |
| its test | {twice} | no |

"""


def answer_of(characters: int) -> str:
    """Return prose, lists, tables and code in turn."""
    return "".join(sections_of(characters))[:characters]


def sections_of(characters: int) -> Iterator[str]:
    """Yield prose with the code of this project's own modules until so much is there."""
    sources = sorted(Path(__file__).resolve().parent.parent.glob("spark_desktop/*/*.py"))
    length = 0
    while length < characters:
        for source in sources:
            code = source.read_text(encoding="utf-8").splitlines(keepends=True)
            for first in range(0, len(code), 40):
                prose = _PROSE.format(name=source.name, lines=len(code), twice=2 * len(code))
                section = f"{prose}```python\n{''.join(code[first : first + 40])}```\n\n"
                yield section
                length += len(section)
                if length >= characters:
                    return


def tokens_of(text: str) -> list[str]:
    """Return the text in pieces of a token's size."""
    step = CHARACTERS_A_TOKEN
    return [text[start : start + step] for start in range(0, len(text), step)]


if __name__ == "__main__":
    print(json.dumps(measured("--quick" in sys.argv[1:])))
