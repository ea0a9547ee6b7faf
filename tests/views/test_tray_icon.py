"""The tray's icon can be told apart on any panel."""

import itertools

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

from spark_desktop.viewmodels.tray import TrayState
from spark_desktop.views.theme import Theme, load_theme
from spark_desktop.views.tray_icon import SIZES, tray_icon

STATES = [(state, 1 if state is TrayState.WAITING else 0) for state in TrayState]


def drawn(state: TrayState, waiting: int, theme: Theme, size: int) -> QImage:
    return tray_icon(state, waiting, theme).pixmap(QSize(size, size), 1.0).toImage()


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("size", [16, 22, 24])
def test_every_state_looks_different(name: str, size: int, qapp: object) -> None:
    theme = load_theme(name)
    pictures = [drawn(state, waiting, theme, size) for state, waiting in STATES]
    pictures += [drawn(TrayState.WAITING, count, theme, size) for count in (2, 9, 10)]
    for one, other in itertools.combinations(pictures, 2):
        assert one != other


def test_more_than_nine_are_not_counted(qapp: object) -> None:
    theme = load_theme("dark")
    ten, many = (drawn(TrayState.WAITING, count, theme, 22) for count in (10, 250))
    assert ten == many


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("panel", ["#000000", "#3c3c3c", "#808080", "#e0e0e0", "#ffffff"])
def test_the_spark_stands_out_on_any_panel(panel: str, name: str, qapp: object) -> None:
    theme = load_theme(name)
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    image.fill(QColor(panel))
    painter = QPainter(image)
    painter.drawImage(0, 0, drawn(TrayState.READY, 0, theme, 16))
    painter.end()
    light = [luminance(image.pixelColor(x, 8)) for x in range(2, 14)]
    assert (max(light) + 0.05) / (min(light) + 0.05) >= 4.5


def test_each_size_that_panels_ask_for_is_drawn_sharply(qapp: object) -> None:
    made = tray_icon(TrayState.READY, 0, load_theme("dark"))
    assert [size.width() for size in made.availableSizes()] == list(SIZES)


def luminance(color: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
