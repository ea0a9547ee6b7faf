"""Draws the units of a transcript."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QBrush,
    QColor,
    QFont,
    QPainter,
    QPalette,
    QPixmap,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.code_style import blend
from spark_desktop.views.emulation_badge import badge_rect, draw_badge
from spark_desktop.views.theme import Theme
from spark_desktop.views.transcript_column import CODE_PAD, PAD, Placed
from spark_desktop.views.transcript_units import Header, Notice, Plain
from spark_desktop.views.type_scale import TypeScale

_SELECTED = 0.3
_FOUND = 0.25
_CORNER = 8
# Wider than any detail of a header.
_DETAIL = 4000


@dataclass(frozen=True, slots=True)
class BlockButton:
    """A button of a code block: where, its word, and whether Enter presses it."""

    rect: QRect
    text: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters that are found: of a unit's document, and whether they are the current match."""

    start: int
    length: int
    is_current: bool


class TranscriptPainter:
    """Draws with one theme and font."""

    def __init__(self, theme: Theme, font: QFont, scale: TypeScale | None = None) -> None:
        self._theme = theme
        self._scale = scale or TypeScale()
        self._small = self._scale.text(font, self._scale.small)
        self._block: QPixmap | None = None

    def unit(
        self,
        painter: QPainter,
        placed: Placed,
        top: int,
        document: QTextDocument,
        selected: QTextCursor | None,
        within: QRect | None = None,
        marks: Sequence[Mark] = (),
    ) -> None:
        """Draw a unit whose space begins at ``top``; of it at least what is ``within`` a rectangle.

        What lies outside of it is not gone through, which for a long document is most of the work.
        """
        theme = self._theme
        context = QAbstractTextDocumentLayout.PaintContext()
        color = theme.text
        match placed.unit:
            case Header():
                self._header(painter, placed, top, document)
            case Notice(is_problem=is_problem):
                color = theme.problem if is_problem else theme.text_secondary
            case Plain():
                color = theme.text
        palette = context.palette
        palette.setColor(QPalette.ColorRole.Text, QColor(color))
        context.palette = palette
        selections = [self._mark(document, mark) for mark in marks]
        if selected is not None and selected.hasSelection():
            selections.append(_selection(selected, blend(theme.window, theme.link, _SELECTED)))
        if selections:
            context.selections = selections
        if within is not None:
            context.clip = QRectF(within.translated(-placed.left, -top - placed.above))
        painter.save()
        painter.translate(placed.left, top + placed.above)
        document.documentLayout().draw(painter, context)
        painter.restore()

    def _mark(self, document: QTextDocument, mark: Mark) -> QAbstractTextDocumentLayout.Selection:
        cursor = QTextCursor(document)
        cursor.setPosition(mark.start)
        cursor.setPosition(mark.start + mark.length, QTextCursor.MoveMode.KeepAnchor)
        if mark.is_current:
            return _selection(cursor, self._theme.accent, self._theme.window)
        return _selection(cursor, blend(self._theme.window, self._theme.accent, _FOUND))

    def code_block(self, painter: QPainter, rect: QRect, language: str, within: QRect) -> None:
        """Draw the ground of a code block and the name of its language, ``within`` a rectangle."""
        theme = self._theme
        strip = QRect(rect.left() + CODE_PAD, rect.top(), rect.width() - 2 * CODE_PAD, 0)
        strip.setHeight(self._scale.strip)
        self._ground(painter, rect, within)
        painter.setFont(self._small)
        painter.setPen(QColor(theme.text_secondary))
        if strip.intersects(within):
            painter.drawText(strip, Qt.AlignmentFlag.AlignVCenter, language or tr("text"))

    def _ground(self, painter: QPainter, rect: QRect, within: QRect) -> None:
        """Draw a rectangle with round corners, smooth only there: smoothness costs by the area."""
        surface, line = QColor(self._theme.surface), QColor(self._theme.line)
        inner = rect.adjusted(_CORNER, 0, -_CORNER, 0)
        sides = rect.adjusted(0, _CORNER, 0, -_CORNER)
        for part in (inner, sides):
            painter.fillRect(part.intersected(within), surface)
        for edge in (
            QRect(inner.left(), rect.top(), inner.width(), 1),
            QRect(inner.left(), rect.bottom(), inner.width(), 1),
            QRect(rect.left(), sides.top(), 1, sides.height()),
            QRect(rect.right(), sides.top(), 1, sides.height()),
        ):
            painter.fillRect(edge.intersected(within), line)
        picture = self._rounded(painter.device().devicePixelRatioF())
        pixels = picture.devicePixelRatioF()
        for corner, part in _corners(rect):
            if corner.intersects(within):
                source = QRectF(QPointF(part.topLeft()) * pixels, QSizeF(part.size()) * pixels)
                painter.drawPixmap(QRectF(corner), picture, source)

    def _rounded(self, pixels: float) -> QPixmap:
        """Return a small block with its four corners, drawn for so many pixels a logical one."""
        if self._block is None or self._block.devicePixelRatioF() != pixels:
            side = 2 * _CORNER
            picture = QPixmap(round(side * pixels), round(side * pixels))
            picture.setDevicePixelRatio(pixels)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(self._theme.line))
            painter.setBrush(QColor(self._theme.surface))
            painter.drawRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), 6, 6)
            painter.end()
            self._block = picture
        return self._block

    def code_ground(self, painter: QPainter, rect: QRect) -> None:
        """Draw the ground of a code block without round corners, which takes a fraction of it."""
        painter.setPen(QColor(self._theme.line))
        painter.setBrush(QColor(self._theme.surface))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def button(self, painter: QPainter, button: BlockButton) -> None:
        """Draw a button of a code block."""
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.accent if button.is_active else theme.line))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(QRectF(button.rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._small)
        painter.setPen(QColor(theme.accent if button.is_active else theme.text))
        painter.drawText(button.rect, Qt.AlignmentFlag.AlignCenter, button.text)

    def focus(self, painter: QPainter, rect: QRect) -> None:
        """Draw the frame that says where the keyboard goes."""
        painter.setPen(QColor(self._theme.accent))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def badge(self, placed: Placed, top: int, document: QTextDocument) -> QRect | None:
        """Return where the badge of a header that begins at ``top`` is; None without one."""
        if not isinstance(placed.unit, Header) or placed.unit.emulation is None:
            return None
        left = PAD + round(document.idealWidth()) + PAD
        return badge_rect(self._small, left, top + placed.above, round(document.size().height()))

    def _header(self, painter: QPainter, placed: Placed, top: int, document: QTextDocument) -> None:
        unit = placed.unit
        if not isinstance(unit, Header):
            return
        left = PAD + round(document.idealWidth()) + PAD
        badge = self.badge(placed, top, document)
        if badge is not None:
            draw_badge(painter, self._small, badge, self._theme)
            left = badge.right() + 1 + 8
        if not unit.detail:
            return
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.text_secondary))
        rect = QRect(left, top + placed.above, _DETAIL, round(document.size().height()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, unit.detail)


def _corners(rect: QRect) -> Iterator[tuple[QRect, QRect]]:
    """Yield each corner of a rectangle, and where this corner is in a small one."""
    for right in (0, 1):
        for low in (0, 1):
            corner = QRect(rect.left(), rect.top(), _CORNER, _CORNER)
            if right:
                corner.moveRight(rect.right())
            if low:
                corner.moveBottom(rect.bottom())
            yield corner, QRect(right * _CORNER, low * _CORNER, _CORNER, _CORNER)


def _selection(
    cursor: QTextCursor, background: str, foreground: str | None = None
) -> QAbstractTextDocumentLayout.Selection:
    selection = QAbstractTextDocumentLayout.Selection()
    char_format = QTextCharFormat()
    char_format.setBackground(QBrush(QColor(background)))
    if foreground is not None:
        char_format.setForeground(QBrush(QColor(foreground)))
    selection.cursor = cursor
    selection.format = char_format
    return selection
