"""Boxes, lists and numbers are seen in both themes, and their marks follow the palette."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from spark_desktop.views.form_controls import ChoiceBox, NumberBox, TickBox
from spark_desktop.views.stylesheet import palette_of, stylesheet
from spark_desktop.views.theme import Theme, load_theme

BOTH = pytest.mark.parametrize("theme", [load_theme("dark"), load_theme("light")])


Show = Callable[[QWidget, Theme], QImage]


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Show]:
    pages: list[QFrame] = []

    def show(widget: QWidget, theme: Theme) -> QImage:
        page = QFrame()
        pages.append(page)
        page.setObjectName("review")
        qtbot.addWidget(page)
        page.setPalette(palette_of(theme))
        page.setStyleSheet(stylesheet(theme))
        QVBoxLayout(page).addWidget(widget)
        page.show()
        return widget.grab().toImage()

    yield show
    pages.clear()


def colors_in(image: QImage) -> set[str]:
    """Return the colours of an image; what is mixed at the edges of a stroke is among them."""
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {QColor(image.pixel(x, y)).name() for x, y in places}


@BOTH
def test_an_empty_box_has_a_frame_that_is_seen(shown: Show, theme: Theme) -> None:
    assert theme.text_secondary in colors_in(shown(TickBox(), theme))


@BOTH
def test_a_box_that_is_on_has_a_tick_on_the_accent(shown: Show, theme: Theme) -> None:
    box = TickBox()
    empty = shown(box, theme)
    box.setChecked(True)
    ticked = box.grab().toImage()
    assert ticked != empty
    inside = colors_in(ticked.copy(box.box.adjusted(2, 2, -2, -2)))
    assert theme.accent in inside
    assert len(inside) > 2


@BOTH
def test_a_list_and_a_number_have_frame_and_arrows(shown: Show, theme: Theme) -> None:
    for widget in (ChoiceBox(), NumberBox()):
        image = shown(widget, theme)
        assert {theme.line, theme.raised} <= colors_in(image)
        # Inside of the frame, at the right end: strokes on the ground.
        arrows = colors_in(image.copy(image.width() - 16, 6, 10, image.height() - 12))
        assert len(arrows) > 2


def test_an_arrow_that_leads_nowhere_is_fainter(shown: Show) -> None:
    number = NumberBox()
    number.setRange(1, 3)
    number.setValue(2)
    theme = load_theme("dark")
    between = shown(number, theme)
    number.setValue(3)
    assert number.grab().toImage() != between
