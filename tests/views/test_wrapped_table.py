import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.views.stylesheet import stylesheet
from spark_desktop.views.theme import load_theme
from spark_desktop.views.tool_window import Cell, Table

# Pixels on both sides, as the style sheet has it.
PADDING = 16
TEXT = "None of the known ways fills in what is missing here"


@pytest.mark.parametrize("length", range(20, len(TEXT)))
def test_a_text_that_does_not_fit_beside_the_padding_goes_on_in_the_next_line(
    qtbot: QtBot, length: int
) -> None:
    theme = load_theme("dark")
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet(stylesheet(theme))
    table = Table("Steps", ("State", "Found"), 1, wraps=True)
    QVBoxLayout(window).addWidget(table)
    table.set_theme(theme)
    window.resize(290, 200)
    window.show()
    table.show_rows([(Cell("passed", theme), Cell(TEXT[:length], theme))])
    QApplication.processEvents()
    metrics = table.fontMetrics()
    if metrics.horizontalAdvance(TEXT[:length].strip()) > table.columnWidth(1) - PADDING:
        assert table.rowHeight(0) >= 2 * metrics.lineSpacing()
