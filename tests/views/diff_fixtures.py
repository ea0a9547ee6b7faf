"""A diff view with a small patch, and what drives it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from spark_desktop.domain.patch import FilePatch, compute
from spark_desktop.views.diff_view import DiffView
from spark_desktop.views.theme import load_theme

BEFORE = "".join(f"value_{n} = {n}\n" for n in range(120))
AFTER = BEFORE.replace("value_10 = 10\n", "value_10 = eleven\nvalue = 1\n").replace(
    "value_90 = 90\n", ""
)
PATCH = compute("values.py", "", BEFORE, AFTER)
FIRST, SECOND = (hunk.id for hunk in PATCH.hunks)


@pytest.fixture
def view(qtbot: QtBot) -> DiffView:
    made = DiffView()
    qtbot.addWidget(made)
    made.set_theme(load_theme("dark"))
    made.resize(700, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[DiffView], None]:
    """Wait until the view has nothing left to do."""

    def wait(view: DiffView) -> None:
        qtbot.waitUntil(lambda: not view.is_busy())
        QApplication.processEvents()

    return wait


def show(view: DiffView, patch: FilePatch = PATCH, **parts: object) -> None:
    decisions = parts.pop("decisions", {})
    view.show_patch(BEFORE, patch, decisions, FIRST, "values.py", **parts)  # type: ignore[arg-type]


def click(view: DiffView, qtbot: QtBot, place: QPoint) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def hover(view: DiffView, place: QPoint) -> None:
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), moved)


def place_of(view: DiffView, row: int, x: int = 200) -> QPoint:
    return QPoint(x, view.rows.top_of(row) + 5)
