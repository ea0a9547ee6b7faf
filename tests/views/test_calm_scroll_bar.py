"""A scroll bar beside contents that grow."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from benchmarks.paints import Paints
from spark_desktop.views.calm_scroll_bar import CalmScrollBar


@pytest.fixture
def bar(qtbot: QtBot) -> CalmScrollBar:
    made = CalmScrollBar()
    qtbot.addWidget(made)
    made.resize(14, 400)
    made.setPageStep(400)
    made.setRange(0, 1_000_000)
    made.setValue(1_000_000)
    made.show()
    qtbot.waitExposed(made)
    QApplication.processEvents()
    return made


def painted(bar: CalmScrollBar, most: int, value: int) -> int:
    paints = Paints(bar)
    bar.place(bar.pageStep(), most, value)
    QApplication.processEvents()
    paints.end()
    return paints.count


def test_a_line_more_of_a_long_text_does_not_draw_it(bar: CalmScrollBar) -> None:
    assert painted(bar, 1_000_020, 1_000_020) == 0
    assert bar.value() == 1_000_020


def test_a_handle_that_moves_is_drawn(bar: CalmScrollBar) -> None:
    assert painted(bar, 1_000_000, 500_000) == 1


def test_a_handle_of_another_length_is_drawn(bar: CalmScrollBar) -> None:
    assert painted(bar, 400, 400) == 1


def test_a_bar_with_nothing_to_scroll_can_be_placed(bar: CalmScrollBar) -> None:
    bar.setPageStep(0)
    assert painted(bar, 0, 0) == 1


def test_a_bar_with_nothing_to_scroll_has_no_handle(bar: CalmScrollBar) -> None:
    bar.setStyleSheet(
        "QScrollBar { background: #ffffff; } QScrollBar::handle { background: #ff0000; }"
    )
    middle = bar.rect().center()

    def is_red() -> bool:
        return bar.grab().toImage().pixelColor(middle).name() == "#ff0000"

    bar.place(400, 400, 200)
    assert is_red()
    bar.place(400, 0, 0)
    assert not is_red()


def test_where_a_user_moves_it_it_is_drawn(bar: CalmScrollBar) -> None:
    paints = Paints(bar)
    bar.setValue(10)
    QApplication.processEvents()
    assert paints.count == 1
