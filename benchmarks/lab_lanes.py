"""Frames of the speed lab: four lanes of one answer, each at the same rate, on Qt's own screen.

A frame is what the app does in one: time is looked up, each lane reveals what came, and what
changed is painted. The window is painted by Qt's offscreen platform, so a screen's own pace is not
in it; the work is.
"""

import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spark_desktop.domain.completion import Usage
    from spark_desktop.domain.conversation import Thread
    from spark_desktop.domain.lab_profile import Profile, Schedule
    from spark_desktop.domain.lab_proposal import ProposalFigures

SUMMARY = "milliseconds a frame of the speed lab, four lanes at 67 to 5,000 tokens a second"

RATES = (67, 1000, 3000, 5000)
LANES = 4
# Of the app's window; at 1,280 px four lanes stand side by side.
SIZE = (1280, 800)
SECONDS = 8.0
QUICK_SECONDS = 2.0
FRAME_S = 1 / 60
_CHARACTERS_A_TOKEN = 4


def run(quick: bool) -> list[dict[str, object]]:
    """Return a row for each rate: frames in ms, and the share of them over 16.7."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from spark_desktop.app import application
    from spark_desktop.collector import spare_the_collector

    application()
    spare_the_collector()
    seconds = QUICK_SECONDS if quick else SECONDS
    return [_row(rate, seconds) for rate in RATES]


def _row(rate: int, seconds: float) -> dict[str, object]:
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    from spark_desktop.domain.completion import Usage
    from spark_desktop.domain.lab_answer import LabAnswer
    from spark_desktop.domain.lab_profile import Schedule
    from spark_desktop.services.bus import Bus
    from spark_desktop.services.tasks import TaskScope
    from spark_desktop.viewmodels.lab_lane import Lane
    from spark_desktop.viewmodels.lab_lanes import LabLanesViewModel
    from spark_desktop.views.lab_lanes import LanesPage
    from spark_desktop.views.stylesheet import stylesheet
    from spark_desktop.views.theme import load_theme

    tokens = int(rate * seconds)
    schedule = Schedule.of((number / rate, 1) for number in range(tokens))
    theme = load_theme("dark")
    model = LabLanesViewModel(_NoLab(), Bus(), TaskScope("benchmark"), lambda: None)
    model.answer = LabAnswer(
        "a", "Answer", _answer(tokens * _CHARACTERS_A_TOKEN), Usage(0, tokens, 0)
    )
    model.lanes = tuple(
        Lane(str(number), f"Lane {number}", "vendor", "", schedule) for number in range(LANES)
    )
    model.player.load(schedule.duration)
    model.player.seek(0.0)
    window = LanesPage(model, theme)
    window.setStyleSheet(stylesheet(theme))
    window.resize(*SIZE)
    window.show()
    QApplication.processEvents()
    frames: list[float] = []
    busy = time.process_time()
    cpu: list[float] = []
    began = time.perf_counter()
    for number in range(int(seconds / FRAME_S)):
        start, worked = time.perf_counter(), time.thread_time()
        model.player.seek(number * FRAME_S)
        QApplication.processEvents()
        frames.append((time.perf_counter() - start) * 1000)
        cpu.append((time.thread_time() - worked) * 1000)
        # Late frames are not made up for: their moment is given, as the player gives it.
        time.sleep(max(0.0, began + (number + 1) * FRAME_S - time.perf_counter()))
    busy = time.process_time() - busy
    elapsed = time.perf_counter() - began
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    frames.sort()
    cpu.sort()
    return {
        "lanes": LANES,
        "tokens_per_s": rate,
        "tokens": tokens,
        "frames": len(frames),
        "p50_ms": round(statistics.median(frames), 2),
        "p99_ms": round(frames[int(len(frames) * 0.99) - 1], 2),
        "max_ms": round(frames[-1], 2),
        "over_16_7_ms": round(sum(frame > 1000 / 60 for frame in frames) / len(frames), 4),
        "cpu_p50_ms": round(statistics.median(cpu), 2),
        "cpu_p99_ms": round(cpu[int(len(cpu) * 0.99) - 1], 2),
        "cpu_share": round(busy / elapsed, 3),
    }


class _NoLab:
    """Stands where the project's lab would; the benchmark puts the lanes in itself."""

    async def threads(self) -> tuple["Thread", ...]:
        return ()

    async def proposals(self) -> tuple["ProposalFigures", ...]:
        return ()

    async def profiles(self) -> tuple["Profile", ...]:
        return ()

    async def schedules(self, profile_ids: Sequence[str], usage: "Usage") -> tuple["Schedule", ...]:
        return ()

    async def export(self, path: Path, data: bytes) -> None:
        raise NotImplementedError


def _answer(characters: int) -> str:
    """Return prose and code in turn, as long as was asked for: this project's own modules."""
    parts: list[str] = []
    length = 0
    sources = sorted(Path(__file__).resolve().parent.parent.glob("spark_desktop/domain/*.py"))
    number = 0
    while length < characters:
        source = sources[number % len(sources)]
        number += 1
        code = source.read_text(encoding="utf-8")
        prose = f"What `{source.name}` holds, with **names** and a list:\n\n- one\n- two\n"
        parts.append(f"{prose}\n```python\n{code}```\n\n")
        length += len(parts[-1])
    return "".join(parts)[:characters]
