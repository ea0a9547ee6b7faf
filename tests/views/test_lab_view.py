"""The speed lab as a window shows it, on the project's fakes."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.conversation import Thread, Turn
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import ProfileError
from spark_desktop.domain.events import TurnChanged
from spark_desktop.domain.lab_profile import Schedule
from spark_desktop.viewmodels.lab_lane import Lane
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.lab_lane import LaneView
from spark_desktop.views.lab_score import Score
from spark_desktop.views.lab_text import LaneText
from spark_desktop.views.lab_view import LabView
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.theme import Theme, load_theme
from tests.interface_fakes import TIMING, FakeProject, proposal, turn, until

CODE = "".join(f"def f{number}():\n    return {number}\n\n" for number in range(60))
ANSWER = f"See **this**:\n\n- one\n- two\n\n```python\n{CODE}```\n\nDone with `it`.\n"
USAGE = Usage(200, 400, 150)


def answered(name: str = "t1", **more: object) -> Turn:
    return replace(turn(name, ANSWER), usage=USAGE, timing=TIMING, **more)


@pytest.fixture
def theme(either_theme: Theme) -> Theme:
    return either_theme


@pytest.fixture
async def window(
    qtbot: QtBot, models: ProjectViewModels, theme: Theme, tmp_path: Path
) -> MainWindow:
    made = MainWindow(theme, LayoutMemory(tmp_path / "window.ini"))
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.show_project(models, tmp_path / "library", "main")
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    await until(made.isActiveWindow)
    return made


@pytest.fixture
async def lab(window: MainWindow, models: ProjectViewModels, project: FakeProject) -> LabView:
    """The lab with one answer in three lanes."""
    project.chat.known["th1"] = Thread("th1", "First", turn().created, (answered(),))
    window.keys["lab"].trigger()
    assert window.project is not None
    assert window.project.lab is not None
    await until(lambda: len(models.lab.lanes.lanes) == 3)
    QApplication.processEvents()
    return window.project.lab


class Paints(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


async def test_the_lab_is_opened_and_left_by_its_key(window: MainWindow, lab: LabView) -> None:
    assert window.project is not None
    assert window.project.is_in_lab
    assert lab.lanes.play.hasFocus()
    window.keys["lab"].trigger()
    assert not window.project.is_in_lab
    assert window.project.changes.inbox.hasFocus()


async def test_the_lab_can_be_left_by_its_button(window: MainWindow, lab: LabView) -> None:
    lab.back.click()
    assert window.project is not None
    assert not window.project.is_in_lab


async def test_review_keys_decide_nothing_behind_the_lab(
    window: MainWindow, lab: LabView, project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal())
    models.changes.choose_proposal("p1")
    for name in ("accept", "reject", "accept_all", "reject_all", "next"):
        window.keys[name].trigger()
    assert (project.review.accepted, project.review.rejected) == ([], [])
    window.keys["lab"].trigger()
    window.keys["reject"].trigger()
    assert len(project.review.rejected) == 1


async def test_asking_leaves_the_lab_for_the_composer(window: MainWindow, lab: LabView) -> None:
    window.keys["ask"].trigger()
    assert window.project is not None
    assert not window.project.is_in_lab


async def test_the_key_plays_and_pauses(
    window: MainWindow, lab: LabView, models: ProjectViewModels
) -> None:
    player = models.lab.lanes.player
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert player.is_ticking
    assert lab.lanes.play.text() == "Pause"
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert not player.is_ticking
    window.keys["lab"].trigger()
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert not player.is_playing


async def test_no_timer_runs_while_the_lanes_are_hidden(
    lab: LabView, models: ProjectViewModels
) -> None:
    player = models.lab.lanes.player
    player.toggle()
    lab.tabs.setCurrentWidget(lab.report)
    assert (player.is_playing, player.is_ticking) == (True, False)
    lab.tabs.setCurrentWidget(lab.lanes)
    assert player.is_ticking
    player.toggle()


async def test_every_lane_shows_the_answer_as_far_as_it_is(
    lab: LabView, models: ProjectViewModels
) -> None:
    recorded, codex, spark = lab.lanes.lanes
    assert "done in 1.31 s" in recorded.figures.lines[1]
    models.lab.lanes.player.seek(0.2)
    assert codex.figures.lines == ("0 of 400 tokens", "waiting for the first token · 0.20 s")
    assert spark.figures.lines[0].startswith("101 of 400 tokens")
    assert lab.lanes.slider.value() == 200
    assert lab.lanes.time.lines[0].startswith("0.20 of ")


async def test_the_slider_seeks_with_the_keyboard(lab: LabView, models: ProjectViewModels) -> None:
    lab.lanes.slider.setFocus()
    QTest.keyClick(lab.lanes.slider, Qt.Key.Key_Home)
    assert models.lab.lanes.player.position == 0.0
    QTest.keyClick(lab.lanes.slider, Qt.Key.Key_Right)
    assert models.lab.lanes.player.position == 0.1


async def test_a_lane_of_a_profile_has_the_badge_and_a_measured_one_has_not(
    lab: LabView, theme: Theme
) -> None:
    recorded, codex, _ = lab.lanes.lanes
    assert not recorded.badge.isVisible()
    assert codex.badge.isVisible()
    assert codex.badge.palette().color(codex.badge.foregroundRole()).name() == theme.emulated
    assert "Emulated, not measured" in codex.badge.toolTip()


async def test_lanes_are_equally_wide_and_wrap_into_rows(window: MainWindow, lab: LabView) -> None:
    widths = {lane.width() for lane in lab.lanes.lanes}
    assert max(widths) - min(widths) <= 1
    window.resize(800, 600)
    await until(lambda: lab.lanes.width() == 800)
    QApplication.processEvents()
    assert len({lane.y() for lane in lab.lanes.lanes}) == 1
    await until(lambda: window.minimumSizeHint().width() <= 800)


async def test_an_answer_is_chosen_from_the_menu(
    lab: LabView, models: ProjectViewModels, project: FakeProject
) -> None:
    turns = (answered(), answered("t2", question="And then?"))
    project.chat.known["th1"] = Thread("th1", "First", turn().created, turns)
    models.lab.lanes.refresh()
    await until(lambda: len(models.lab.lanes.choices[0].answers) == 2)
    (heading,) = lab.lanes.answer.menu().actions()
    assert heading.text() == "First"
    heading.menu().actions()[0].trigger()
    await until(lambda: lab.lanes.answer.text() == "And then?")


async def test_a_missing_program_is_told_in_the_lanes(
    lab: LabView, models: ProjectViewModels, project: FakeProject
) -> None:
    project.lab.error = ProfileError("The core's program is missing.", "Run 'spark doctor'.")
    models.lab.lanes.refresh()
    await until(lab.lanes.notice.isVisible)
    assert lab.lanes.notice.text == "The core's program is missing. Run 'spark doctor'."
    project.lab.error = None
    lab.lanes.notice.button.click()
    await until(lambda: not lab.lanes.notice.isVisible())


async def test_another_theme_reaches_the_lab(window: MainWindow, lab: LabView) -> None:
    for page in range(3):
        lab.tabs.setCurrentIndex(page)
        before = lab.grab().toImage()
        window.keys["theme"].trigger()
        assert lab.grab().toImage() != before


async def test_the_report_is_a_table_that_its_headings_sort(
    lab: LabView, models: ProjectViewModels
) -> None:
    lab.tabs.setCurrentWidget(lab.report)
    await until(lambda: lab.report.table.rowCount() == 3)

    def column(number: int) -> list[str]:
        items = [lab.report.table.item(row, number) for row in range(3)]
        return [item.text() for item in items if item is not None]

    assert column(4) == ["none recorded", "not published", "$0.0041"]
    lab.report.table.horizontalHeader().sectionClicked.emit(3)
    assert column(0)[0].startswith("GPT-5.3-Codex-Spark")
    assert models.lab.report.column is not None
    lab.report.sort.menu().actions()[0].trigger()
    assert column(0)[0] == "As measured"


async def test_the_report_is_exported_without_blocking(lab: LabView, project: FakeProject) -> None:
    lab.tabs.setCurrentWidget(lab.report)
    await until(lambda: lab.report.csv.isEnabled())
    for button, name in ((lab.report.csv, "a.csv"), (lab.report.png, "a.png")):
        button.click()
        dialog = lab.report.findChildren(QFileDialog)[-1]
        assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
        dialog.fileSelected.emit(f"/out/{name}")
        dialog.reject()
        await until(lambda name=name: Path(f"/out/{name}") in project.lab.written)
    table = list(csv.reader(io.StringIO(project.lab.written[Path("/out/a.csv")].decode())))
    assert len(table) == 4
    picture = QImage.fromData(project.lab.written[Path("/out/a.png")])
    assert picture.width() == 2400


async def test_the_bars_of_what_was_measured_have_a_colour_of_their_own(
    lab: LabView, theme: Theme
) -> None:
    await until(lambda: lab.report.table.rowCount() == 3)
    picture = QImage.fromData(lab.report.chart.png())
    seen = {
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 7)
        for y in range(0, picture.height(), 5)
    }
    assert {theme.link, theme.emulated} <= seen
    assert theme.added_text not in seen


async def test_the_live_chart_draws_emulated_speeds_in_their_colour(
    lab: LabView, project: FakeProject, theme: Theme
) -> None:
    lab.tabs.setCurrentWidget(lab.speeds)
    assert lab.speeds.accessibleDescription() == ""
    empty = lab.speeds.grab().toImage()
    told = Emulation("codex-spark", "Codex-Spark", "engine", "vendor", 1000.0)
    for number in range(3):
        project.bus.publish(TurnChanged("th1", answered(f"m{number}")))
        project.bus.publish(TurnChanged("th1", answered(f"e{number}", emulation=told)))
    assert lab.speeds.grab().toImage() != empty
    measured, emulated = lab.speeds.colors().values()
    assert (measured, emulated) == (theme.link, theme.emulated)
    described = lab.speeds.accessibleDescription()
    assert "(measured): first token 310 ms" in described
    assert "emulated as codex-spark (emulated)" in described


@pytest.fixture
def text(qtbot: QtBot) -> LaneText:
    made = LaneText(load_theme("dark"))
    qtbot.addWidget(made)
    made.resize(300, 400)
    made.set_score(Score(ANSWER, load_theme("dark")))
    made.show()
    qtbot.waitExposed(made)
    return made


def reveal(text: LaneText, characters: int) -> None:
    text.reveal(characters)
    text.prepare()
    QApplication.processEvents()


async def settled(text: LaneText) -> None:
    await until(lambda: not text.is_busy())
    QApplication.processEvents()


async def test_what_is_revealed_in_steps_looks_as_if_revealed_at_once(
    text: LaneText, qtbot: QtBot
) -> None:
    score = Score(ANSWER, load_theme("dark"))
    for characters in range(0, score.length, 37):
        reveal(text, characters)
    reveal(text, score.length)
    await settled(text)
    whole = LaneText(load_theme("dark"))
    qtbot.addWidget(whole)
    whole.resize(300, 400)
    whole.set_score(score)
    whole.show()
    qtbot.waitExposed(whole)
    reveal(whole, score.length)
    await settled(whole)
    assert text.verticalScrollBar().value() == whole.verticalScrollBar().value() > 0
    assert text.viewport().grab().toImage() == whole.viewport().grab().toImage()


async def test_a_frame_paints_only_what_grew(text: LaneText) -> None:
    reveal(text, 1)
    await settled(text)
    before = text.painted
    reveal(text, 2)
    assert 0 < text.painted - before < 80


async def test_nothing_is_painted_where_nothing_came(text: LaneText) -> None:
    reveal(text, 50)
    await settled(text)
    paints = Paints(text.viewport())
    reveal(text, 50)
    assert paints.count == 0


async def test_seeking_back_takes_text_away(text: LaneText) -> None:
    reveal(text, 10)
    await settled(text)
    little = text.viewport().grab().toImage()
    reveal(text, 900)
    await settled(text)
    assert text.viewport().grab().toImage() != little
    reveal(text, 10)
    await settled(text)
    assert text.viewport().grab().toImage() == little


async def test_a_lane_that_the_user_scrolled_up_does_not_follow(text: LaneText) -> None:
    reveal(text, 2000)
    bar = text.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    reveal(text, 2100)
    assert bar.value() == 0
    bar.setValue(bar.maximum())
    reveal(text, 2200)
    assert bar.value() == bar.maximum()


async def test_code_in_a_lane_is_coloured(text: LaneText) -> None:
    reveal(text, Score(ANSWER, load_theme("dark")).length)
    await settled(text)
    picture = text.viewport().grab().toImage()
    colors = {picture.pixelColor(x, y).name() for x in range(0, 300, 2) for y in range(0, 400, 2)}
    # The keyword's colour of the dark theme.
    assert "#cdacff" in colors


@pytest.mark.parametrize(
    "answer", ["", "x", "| a | b |\n|---|---|\n| 1 | 2 |\n", "```\n```", "> q\n\n```py\n\n```"]
)
async def test_unusual_answers_are_revealed(text: LaneText, answer: str) -> None:
    score = Score(answer, load_theme("dark"))
    text.set_score(score)
    for characters in range(score.length + 1):
        reveal(text, characters)
    await settled(text)
    text.resize(200, 300)
    QApplication.processEvents()


async def test_a_finished_lane_tells_a_reader_of_the_screen(qtbot: QtBot) -> None:
    lane = Lane("x", "X", "vendor", "tip", Schedule.of([(0.5, 1), (1.0, 1)]))
    view = LaneView(lane, Score("ab", load_theme("dark")), load_theme("dark"))
    qtbot.addWidget(view)
    view.show_moment(0.6)
    view.show_moment(2.0)
    assert (
        view.accessibleDescription() == "2 of 2 tokens · 2 t/s, first token 500 ms · done in 1.00 s"
    )


async def test_chosen_lanes_are_there_again_after_a_restart(
    lab: LabView, models: ProjectViewModels, tmp_path: Path
) -> None:
    models.lab.lanes.remove_lane("codex")
    await until(lambda: len(models.lab.lanes.lanes) == 2)
    assert LayoutMemory(tmp_path / "window.ini").lanes == models.lab.lanes.wanted
    assert "codex" not in models.lab.lanes.wanted


async def test_the_lab_opens_with_the_lanes_of_the_last_time(
    qtbot: QtBot, models: ProjectViewModels, project: FakeProject, theme: Theme, tmp_path: Path
) -> None:
    memory = LayoutMemory(tmp_path / "window.ini")
    memory.set_lanes(["codex-spark"])
    project.chat.known["th1"] = Thread("th1", "First", turn().created, (answered(),))
    window = MainWindow(theme, memory)
    qtbot.addWidget(window, before_close_func=lambda window: window.finish())
    window.show_project(models, tmp_path / "library", "main")
    window.show()
    window.activateWindow()
    await until(window.isActiveWindow)
    window.keys["lab"].trigger()
    await until(lambda: [lane.id for lane in models.lab.lanes.lanes] == ["codex-spark"])


@pytest.mark.parametrize("value", [None, [], "", 7, ["", 3]])
def test_lanes_that_cannot_be_read_are_not_remembered(tmp_path: Path, value: object) -> None:
    QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat).setValue("lanes", value)
    assert LayoutMemory(tmp_path / "window.ini").lanes in (None, ("7",), ("3",))
