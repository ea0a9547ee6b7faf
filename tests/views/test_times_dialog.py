from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.domain.stage_times import Stage
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.stage_bar import parts
from spark_desktop.views.theme import load_theme
from spark_desktop.views.times_dialog import TimesDialog
from tests.interface_fakes import TIMING, USAGE, FakeProject, turn, until

ANSWERED = replace(turn(), usage=USAGE, timing=replace(TIMING, connect=0.0, queue=0.05))


@pytest.fixture
async def window(qtbot: QtBot, tmp_path: Path, models: ProjectViewModels) -> MainWindow:
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"))
    made.show()
    made.show_project(models, Path("/home/me/library"), "main")
    yield made
    made.finish()
    made.deleteLater()


def opened(window: MainWindow) -> TimesDialog:
    window.keys["times"].trigger()
    dialog = window.machine.open["times"]
    assert isinstance(dialog, TimesDialog)
    return dialog


async def test_turns_and_percentiles_are_shown_and_exported(
    window: MainWindow, project: FakeProject
) -> None:
    dialog = opened(window)
    assert not dialog.save.isEnabled()
    project.bus.publish(TurnChanged("th1", ANSWERED))
    assert dialog.table.text_at(0, 0) == "Why?"
    assert dialog.table.text_at(0, 2) == "1.3 s"
    assert [dialog.sums.text_at(row, 0) for row in range(7)][-1] == "whole turn"
    before = dialog.grab().toImage()
    window.keys["theme"].trigger()
    assert dialog.grab().toImage() != before
    dialog.save.click()
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit("/home/me/times.csv")
    chooser.reject()
    await until(lambda: Path("/home/me/times.csv") in project.lab.written)


async def test_the_first_piece_is_measured_to_the_windows_repaint(
    window: MainWindow, project: FakeProject, models: ProjectViewModels
) -> None:
    project.bus.publish(TurnStreamed("th1", "t1", "Because"))
    models.times.paint_awaited.connect(window.update)
    project.bus.publish(TurnChanged("th1", ANSWERED))
    await until(lambda: Stage.PAINT in models.times.turns[0].seconds)
    assert models.times.turns[0].seconds[Stage.PAINT] > 0


async def test_the_window_goes_with_its_project(window: MainWindow) -> None:
    dialog = opened(window)
    window.show_welcome()
    assert not dialog.isVisible()
    window.keys["times"].trigger()
    assert "times" not in window.machine.open


@pytest.mark.parametrize(
    ("stages", "longest", "found"),
    [
        ((), 1.0, []),
        (((Stage.PREFILL, 1.0), (Stage.DECODE, 3.0)), 4.0, [(0.0, 25.0), (25.0, 75.0)]),
        (((Stage.CONNECT, 0.0), (Stage.PREFILL, 0.001)), 4.0, [(0.0, 1.0)]),
        (((Stage.PREFILL, 1.0),), 0.0, []),
    ],
)
def test_bars_have_one_scale_and_nothing_vanishes(
    stages: tuple[tuple[Stage, float], ...], longest: float, found: list[tuple[float, float]]
) -> None:
    assert [(start, wide) for _, start, wide in parts(stages, longest, 100.0)] == found
