"""Draws the part of a transcript that has to be drawn again."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent

if TYPE_CHECKING:
    from spark_desktop.views.transcript_view import TranscriptView


def draw(view: "TranscriptView", event: QPaintEvent) -> None:
    """Draw the visible units that an event asks for, which are laid out already."""
    painter = QPainter(view.viewport())
    painter.fillRect(event.rect(), view.theme.window)
    region, stage = event.region(), view.stage
    for box in stage.boxes().values():
        if region.intersects(box.rect):
            view.painter.code_block(painter, box.rect, box.language, event.rect())
    for number in _within(view, event.rect()):
        if not region.intersects(_rows(view, number)):
            continue
        document = stage.document(number)
        view.painter.unit(
            painter,
            stage.column.placed[number],
            stage.top(number),
            document,
            view.marking.cursor(number, document),
            event.rect(),
            view.search.marks(number, document),
        )
    for button in view.blocks.drawn(stage, view.font(), view.scale):
        view.painter.button(painter, button)
    if view.hasFocus():
        view.painter.focus(painter, view.viewport().rect())
    painter.end()


def _rows(view: "TranscriptView", number: int) -> QRect:
    """Return the whole space of a unit in the viewport."""
    column = view.stage.column
    height = column.end(number) - column.top(number)
    return QRect(0, view.stage.top(number), view.viewport().width(), height)


def _within(view: "TranscriptView", rect: QRect) -> range:
    """Return the numbers of the visible units that a part of the viewport shows."""
    visible = view.stage.visible()
    if not visible:
        return visible
    place = view.verticalScrollBar().value()
    first, last = (view.stage.column.at(place + y) for y in (rect.top(), rect.bottom()))
    return range(max(first, visible.start), min(last + 1, visible.stop))
