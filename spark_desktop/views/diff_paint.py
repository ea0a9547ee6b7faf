"""Draws the rows of a diff: gutter, line, fold, frame and buttons of a hunk."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextLine

from spark_desktop.domain.proposal import Decision
from spark_desktop.viewmodels.diff_rows import (
    AddedRow,
    Columns,
    ContextRow,
    FoldRow,
    RemovedRow,
    Row,
    UnwrittenRow,
)
from spark_desktop.views.code_style import added_word, blend, faded, removed_word
from spark_desktop.views.diff_layouts import LineLayouts, Metrics
from spark_desktop.views.highlighting import Spans
from spark_desktop.views.shortcuts import key_text
from spark_desktop.views.theme import Theme
from spark_desktop.views.utf16 import utf16_spans

# Lengths in pixels at the usual size of code.
LABEL_WIDTH = 104
_NOTE_WIDTH = 300
_PAD = 8
_MARK = 18
_SELECTED = 0.25
_DECIDED_OPACITY = 0.62
_MARKS = {AddedRow: "+", RemovedRow: "\N{MINUS SIGN}"}
_LABELS = {Decision.ACCEPTED: "\u2713 accepted", Decision.REJECTED: "\u2717 rejected"}


@dataclass(frozen=True, slots=True)
class Scene:
    """What all rows of one frame share; lengths in logical pixels."""

    width: int
    scrolled: int
    digits: int
    is_diff: bool

    def gutter(self, metrics: Metrics) -> int:
        """Return the width of the line numbers and the mark."""
        return self.number_width(metrics) * (2 if self.is_diff else 1) + (
            metrics.px(_MARK) if self.is_diff else _PAD
        )

    def number_width(self, metrics: Metrics) -> int:
        """Return the width of one column of line numbers."""
        return round(self.digits * metrics.char_width) + _PAD


@dataclass(frozen=True, slots=True)
class Line:
    """One row to draw: where, with which colours, and whether it is selected."""

    row: Row
    top: int
    parts: Spans = ()
    emphasis: Columns = ()
    selected: bool = False


class DiffPainter:
    """Draws with one theme and font."""

    def __init__(self, theme: Theme, font: QFont, layouts: LineLayouts) -> None:
        self.metrics = Metrics.of(font)
        self._theme = theme
        self._font = font
        self._layouts = layouts

    def line(self, painter: QPainter, line: Line, scene: Scene) -> None:
        """Draw one row over the whole width."""
        height = self.metrics.line_height
        ground = self._ground(line)
        painter.fillRect(QRect(0, line.top, scene.width, height), QColor(ground))
        if isinstance(line.row, FoldRow):
            self._fold(painter, line, scene)
            return
        self._gutter(painter, line, scene)
        gutter = scene.gutter(self.metrics)
        painter.save()
        painter.setClipRect(QRect(gutter, line.top, scene.width - gutter, height))
        self._text(painter, line, gutter - scene.scrolled)
        painter.restore()

    def frame(self, painter: QPainter, rect: QRect, is_current: bool) -> None:
        """Draw the frame of a hunk: in accent around the current one."""
        color = QColor(self._theme.accent if is_current else self._theme.line)
        painter.fillRect(
            QRect(rect.left(), rect.top(), 3 if is_current else 2, rect.height()), color
        )
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), color)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color)
        if is_current:
            painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), color)

    def clear(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Paint over the end of a row's text, so that what is drawn there can be read."""
        painter.fillRect(rect, QColor(self._ground(Line(row, rect.top()))))

    def buttons(self, painter: QPainter, accept: QRect, reject: QRect, hovered: QRect) -> None:
        """Draw the two buttons of a hunk; ``hovered`` is the one under the mouse, if any."""
        theme = self._theme
        yes, no = button_texts()
        self._button(painter, accept, yes, theme.added_text, accept == hovered)
        self._button(painter, reject, no, theme.removed_text, reject == hovered)

    def label(self, painter: QPainter, right: QRect, decision: Decision) -> None:
        """Draw what was decided about a hunk, at the right of its first row."""
        painter.setPen(QColor(self._theme.text_secondary))
        painter.drawText(
            right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _LABELS[decision]
        )

    def focus(self, painter: QPainter, rect: QRect) -> None:
        """Draw the frame that says where the keyboard goes."""
        painter.setPen(QColor(self._theme.accent))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _button(self, painter: QPainter, rect: QRect, text: str, color: str, hovered: bool) -> None:
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(color if hovered else theme.line))
        painter.setBrush(QColor(blend(theme.raised, color, 0.15) if hovered else theme.raised))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(color))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _ground(self, line: Line) -> str:
        theme = self._theme
        match line.row:
            case AddedRow(decision=decision):
                ground = theme.added_line
            case RemovedRow(decision=decision):
                ground = theme.removed_line
            case FoldRow():
                decision, ground = Decision.PENDING, theme.surface
            case _:
                decision, ground = Decision.PENDING, theme.window
        if decision is not Decision.PENDING:
            ground = faded(ground, theme)
        return blend(ground, theme.link, _SELECTED) if line.selected else ground

    def _gutter(self, painter: QPainter, line: Line, scene: Scene) -> None:
        theme, metrics = self._theme, self.metrics
        width = scene.number_width(metrics)
        old, new = _numbers(line.row)
        painter.setPen(QColor(theme.text_secondary))
        numbers = (old, new) if scene.is_diff else (old,)
        for column, number in enumerate(numbers):
            if number is not None:
                rect = QRect(column * width, line.top, width - 2, metrics.line_height)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(rect, flags, str(number + 1))
        mark = _MARKS.get(type(line.row), "")
        if mark and scene.is_diff:
            added = isinstance(line.row, AddedRow)
            painter.setPen(QColor(theme.added_text if added else theme.removed_text))
            rect = QRect(2 * width, line.top, metrics.px(_MARK), metrics.line_height)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, mark)

    def _text(self, painter: QPainter, line: Line, left: int) -> None:
        theme, row = self._theme, line.row
        decision = row.decision if isinstance(row, AddedRow | RemovedRow) else Decision.PENDING
        struck = isinstance(row, AddedRow) and decision is Decision.REJECTED
        layout = self._layouts.get(row.text, line.parts, theme.is_dark, struck)
        text_line = layout.lineAt(0)
        word = QColor(added_word(theme) if isinstance(row, AddedRow) else removed_word(theme))
        spans = [(start, end - start) for start, end in line.emphasis]
        for start, length in utf16_spans(row.text, spans):
            first, last = _x_of(text_line, start), _x_of(text_line, start + length)
            rect = QRectF(left + first, line.top + 1, last - first, self.metrics.line_height - 2)
            painter.fillRect(rect, word)
        painter.setOpacity(1.0 if decision is Decision.PENDING else _DECIDED_OPACITY)
        painter.setPen(
            QColor(theme.text_secondary if isinstance(row, UnwrittenRow) else theme.text)
        )
        layout.draw(painter, QPointF(left, line.top + self.metrics.top))
        note = row.note if isinstance(row, AddedRow | RemovedRow) else ""
        if note:
            painter.setPen(QColor(theme.text_secondary))
            place = round(left + text_line.naturalTextWidth()) + 2 * _PAD
            box = QRect(place, line.top, self.metrics.px(_NOTE_WIDTH), self.metrics.line_height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, f"\u23ce {note}")
        painter.setOpacity(1.0)

    def _fold(self, painter: QPainter, line: Line, scene: Scene) -> None:
        height = self.metrics.line_height
        left = scene.gutter(self.metrics)
        middle = line.top + height // 2
        painter.setPen(QColor(self._theme.text_secondary))
        width = round(len(line.row.text) * self.metrics.char_width)
        rule = QColor(self._theme.line)
        painter.fillRect(QRect(_PAD, middle, left - 2 * _PAD, 1), rule)
        rest = left + width + _PAD
        painter.fillRect(QRect(rest, middle, max(0, scene.width - rest - _PAD), 1), rule)
        rect = QRect(left, line.top, width + _PAD, height)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, line.row.text)


def button_texts() -> tuple[str, str]:
    """Return what stands on the buttons of a hunk: a mark, and the key where it is one letter."""
    keys = (key_text("accept"), key_text("reject"))
    yes, no = (f" {key}" if len(key) == 1 else "" for key in keys)
    return f"\u2713{yes}", f"\u2717{no}"


def _numbers(row: Row) -> tuple[int | None, int | None]:
    match row:
        case ContextRow(old=old, new=new):
            return old, new
        case RemovedRow(old=old) | UnwrittenRow(old=old):
            return old, None
        case AddedRow(new=new):
            return None, new
        case FoldRow():
            return None, None


def _x_of(line: QTextLine, position: int) -> float:
    # Declared as a float, it answers with the place and the position it took.
    found: object = line.cursorToX(position)
    return float(found[0]) if isinstance(found, tuple) else line.naturalTextWidth()
