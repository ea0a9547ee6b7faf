"""The diff view: how soon a long diff is there, and its frames while it is scrolled and streamed.

What is measured is the app's own view in a window of its own. Each frame has 16.7 ms; counted is
the time that the program works in it. Scrolling goes by three rows a frame, and every half second
to another place; streaming is 5,000 tokens a second, hunk by hunk, or into one region that is
written anew. Each platform is a process of its own: Qt's offscreen one, and X11 where ``DISPLAY``
names a screen.
"""

import gc
import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.platforms import on_each_platform

if TYPE_CHECKING:
    from spark_desktop.domain.patch import FilePatch
    from spark_desktop.views.diff_view import DiffView

SUMMARY = "a diff of 50,000 lines: build, first paint, frames while it is scrolled and streamed"

RATE = 5000
CHARACTERS_A_TOKEN = 4
FRAME_S = 1 / 60
SECONDS = 10.0
QUICK_SECONDS = 2.0
SIZE = (900, 1000)
ROWS_A_FRAME = 3
FRAMES_A_PLACE = 30
CASES = ((10_000, 300), (50_000, 1_500))
LAYOUTS = (("unified", False), ("split", False), ("split", True))
_POLL_S = 0.001
_PATH = "long.py"


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each platform, diff, layout and activity; times in milliseconds."""
    return on_each_platform("benchmarks.diff", quick)


def measured(quick: bool) -> list[dict[str, object]]:
    """Return the rows of this process's platform."""
    from spark_desktop.app import application
    from spark_desktop.collector import Collector, spare_the_collector

    Collector(application())
    seconds = QUICK_SECONDS if quick else SECONDS
    warm = texts(1_000, 30)
    _row(*warm, "unified", False, "scroll", 0.2)
    spare_the_collector()
    rows = []
    for lines, hunks in CASES:
        before, after = texts(lines, hunks)
        for layout, wraps in LAYOUTS:
            for activity in ("scroll", "stream hunks", "stream region"):
                rows.append(_row(before, after, layout, wraps, activity, seconds))
                gc.collect()
    return rows


def texts(lines: int, hunks: int) -> tuple[str, str]:
    """Return a text of so many lines, and another that differs from it in so many places."""
    sources = sorted(Path(__file__).resolve().parent.parent.glob("spark_desktop/*/*.py"))
    own = [line for path in sources for line in path.read_text(encoding="utf-8").splitlines()]
    before = list(itertools.islice(itertools.cycle(own), lines))
    after: list[str] = []
    places = {number * lines // hunks + 4: number for number in range(hunks)}
    skipped = False
    for index, line in enumerate(before):
        number = places.get(index)
        if skipped:
            skipped = False
        elif number is None:
            after.append(line)
        elif number % 3 == 0:
            after.append(f"{line} + changed_{number}")
        elif number % 3 == 1:
            indent = line[: len(line) - len(line.lstrip())]
            inserted = [f"{indent}added_{number}_{row} = call(row, {row})" for row in range(4)]
            after += [*inserted, line]
        else:
            skipped = True
    return "\n".join(before) + "\n", "\n".join(after) + "\n"


def _row(
    before: str, after: str, layout: str, wraps: bool, activity: str, seconds: float
) -> dict[str, object]:
    from spark_desktop.domain.patch import compute

    start = time.perf_counter()
    patch = compute(_PATH, "", before, after)
    diffed = time.perf_counter() - start
    view = _view(layout, wraps)
    built, painted = _build(view, before, patch)
    if activity == "scroll":
        act = _scrolling(view)
    elif activity == "stream hunks":
        act = _growing(view, before, patch)
    else:
        act = _writing(view, before)
    frames, cpu = _frames(act, seconds)
    _close(view)
    return {
        "lines": before.count("\n"),
        "hunks": len(patch.hunks),
        "layout": f"{layout}, wrapped" if wraps else layout,
        "activity": activity,
        "diff_ms": round(1000 * diffed, 1),
        "build_ms": round(built, 1),
        "first_paint_ms": round(painted, 1),
        "frame_p50_ms": round(statistics.median(frames), 2),
        "frame_p99_ms": _share(frames, 0.99),
        "frame_max_ms": round(max(frames), 2),
        "frame_cpu_p99_ms": _share(cpu, 0.99),
    }


def _view(layout: str, wraps: bool) -> "DiffView":
    from spark_desktop.views.diff_view import DiffView
    from spark_desktop.views.theme import load_theme

    view = DiffView()
    view.set_theme(load_theme("dark"))
    view.set_layout("split" if layout == "split" else "unified")
    view.set_wrap(wraps)
    view.resize(*SIZE)
    view.show()
    _settle(view)
    return view


def _build(view: "DiffView", before: str, patch: "FilePatch") -> tuple[float, float]:
    """Show the patch; return the time that it took, and the time until it was painted."""
    from benchmarks.paints import Paints

    paints = Paints(view.viewport())
    start = time.perf_counter()
    view.show_patch(before, patch, {}, None, _PATH)
    built = time.perf_counter() - start
    while not paints.count:
        _process()
    painted = time.perf_counter() - start
    paints.end()
    _settle(view)
    return 1000 * built, 1000 * painted


def _scrolling(view: "DiffView") -> Callable[[], None]:
    bar, places = view.verticalScrollBar(), random.Random(1)
    numbers = itertools.count()

    def act() -> None:
        if next(numbers) % FRAMES_A_PLACE == 0:
            bar.setValue(places.randrange(bar.maximum()))
        else:
            bar.setValue(bar.value() + ROWS_A_FRAME * view.rows.row_height)

    return act


def _growing(view: "DiffView", before: str, patch: "FilePatch") -> Callable[[], None]:
    pieces = iter(_growths(patch))
    _settle(view)
    view.show_patch(before, replace(patch, hunks=()), {}, None, _PATH, grows=True)

    def act() -> None:
        piece = next(pieces, None)
        if piece is not None:
            view.show_patch(before, piece, {}, None, _PATH, grows=True)

    return act


def _growths(patch: "FilePatch") -> Iterator["FilePatch"]:
    """Yield the patch as far as it is written at each frame."""
    characters_a_frame = RATE * CHARACTERS_A_TOKEN * FRAME_S
    written, due = 0.0, characters_a_frame
    for number, hunk in enumerate(patch.hunks):
        for line in range(1, len(hunk.new) + 1):
            written += len(hunk.new[line - 1])
            if written >= due:
                due += characters_a_frame
                grown = replace(hunk, new=hunk.new[:line])
                yield replace(patch, hunks=(*patch.hunks[:number], grown))
        # What a model writes of a line that goes: the line itself.
        written += sum(map(len, hunk.old))


def _writing(view: "DiffView", before: str) -> Callable[[], None]:
    from spark_desktop.domain.trigger import Span

    middle = before.count("\n") // 2
    region = Span(middle, middle + 200)
    source = "".join(before.splitlines(keepends=True)[:20_000])
    text = source.replace("self", "this")
    characters_a_frame = RATE * CHARACTERS_A_TOKEN * FRAME_S
    numbers = itertools.count(1)

    def act() -> None:
        view.show_streaming(_PATH, before, region, text[: int(next(numbers) * characters_a_frame)])

    return act


def _frames(act: Callable[[], None], seconds: float) -> tuple[list[float], list[float]]:
    """Act once a frame; return the milliseconds of work in each, and those of the processor."""
    frames: list[float] = []
    cpu: list[float] = []
    began = time.perf_counter()
    for number in range(int(seconds / FRAME_S)):
        busy, own = 0.0, time.thread_time()
        end = began + (number + 1) * FRAME_S
        for work in itertools.chain((act,), itertools.repeat(_process)):
            start = time.perf_counter()
            work()
            now = time.perf_counter()
            busy += now - start
            if work is act:
                continue
            if now >= end:
                break
            time.sleep(max(0.0, min(_POLL_S, end - now)))
        frames.append(1000 * busy)
        cpu.append(1000 * (time.thread_time() - own))
    return frames, cpu


def _share(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


def _process() -> None:
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()


def _settle(view: "DiffView") -> None:
    until = time.perf_counter() + 0.3
    while time.perf_counter() < until and (view.is_busy() or not view.isVisible()):
        _process()


def _close(view: "DiffView") -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


if __name__ == "__main__":
    print(json.dumps(measured("--quick" in sys.argv[1:])))
