"""Paints the list of threads: headings, a line a thread, two lines a hit with its words marked."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from spark_desktop.viewmodels.rows import RowRole
from spark_desktop.viewmodels.thread_rows import Heading, ThreadRow
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.icons import pixmap
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_FLAT, _TALL = 28, 44
_ICON, _MARGIN, _GAP = 16, 12, 8
_BASE, _SMALL = 13, 12
Index = QModelIndex | QPersistentModelIndex


class ThreadDelegate(QStyledItemDelegate):
    """All rows are of one height: tall ones while a search is shown."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.is_tall = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row, in pixels."""
        return QSize(0, self.theme.px(_TALL if self.is_tall else _FLAT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one entry within ``option``'s rectangle."""
        entry = index.data(RowRole.ROW)
        rect: QRect = option.rect
        painter.save()
        if isinstance(entry, Heading):
            shown = rect.adjusted(_MARGIN, 0, -_MARGIN, -3)
            bottom = Qt.AlignmentFlag.AlignBottom
            self._text(painter, shown, entry.text, self.theme.text_secondary, _SMALL, bottom)
        elif isinstance(entry, ThreadRow):
            self._ground(painter, rect, option.state, entry)
            self._row(painter, rect, entry)
        painter.restore()

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QLineEdit:
        """Return the field in which a title is typed."""
        editor = QLineEdit(parent)
        editor.setObjectName("threadtitle")
        editor.setAccessibleName(tr("Title of the thread"))
        editor.setPlaceholderText(tr("The first question"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with the title, selected."""
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.selectAll()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        """Lay the field over the title."""
        rect: QRect = option.rect
        left, height = _MARGIN + self.theme.px(_ICON) + _GAP - 5, self.theme.px(_FLAT) - 2
        editor.setGeometry(rect.left() + left, rect.top() + 1, rect.width() - left - 4, height)

    def _row(self, painter: QPainter, rect: QRect, row: ThreadRow) -> None:
        name = "pin" if row.is_pinned else "chat"
        color = self.theme.accent if row.is_current else self.theme.text_secondary
        px = self.theme.px
        image = pixmap(name, color, painter.device().devicePixelRatioF(), px(_ICON))
        painter.drawPixmap(rect.left() + _MARGIN, rect.top() + px(6), image)
        text = rect.adjusted(_MARGIN + px(_ICON) + _GAP, 0, -_MARGIN, 0)
        line = QRect(text.left(), text.top(), text.width(), px(_FLAT))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        used = self._text(painter, line, row.aside, self.theme.text_secondary, _SMALL, right)
        line.setWidth(line.width() - used - _GAP)
        self._marked(painter, line, row.title, row.title_marks, self.theme.text, _BASE)
        if self.is_tall:
            below = QRect(text.left(), text.top() + px(23), text.width(), px(18))
            quiet = self.theme.text_secondary
            self._marked(painter, below, row.detail, row.detail_marks, quiet, _SMALL)

    def _ground(
        self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, row: ThreadRow
    ) -> None:
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(self.theme.line if is_selected else self.theme.raised))
        if row.is_current:
            edge = QRect(rect.left(), rect.top(), 2, rect.height())
            painter.fillRect(edge, QColor(self.theme.accent))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(self.theme.accent)))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _font(self, painter: QPainter, pixels: int) -> QFont:
        font = QFont(painter.font())
        font.setPixelSize(self.theme.px(pixels))
        return font

    def _text(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        color: str,
        pixels: int,
        place: Qt.AlignmentFlag,
    ) -> int:
        painter.setFont(self._font(painter, pixels))
        painter.setPen(QColor(color))
        painter.drawText(rect, place, text)
        return painter.fontMetrics().horizontalAdvance(text)

    def _marked(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        marks: Sequence[tuple[int, int]],
        color: str,
        pixels: int,
    ) -> None:
        """Draw the text, the marks strong and in the colour of the text itself."""
        font = self._font(painter, pixels)
        # Room for the strong letters, which are a little wider.
        width = rect.width() - sum(end - start for start, end in marks)
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        layout = QTextLayout(shown, font)
        # With the accent's underline: strength alone is hard to see in small letters.
        strong = QTextCharFormat()
        strong.setFontWeight(QFont.Weight.Bold)
        strong.setForeground(QColor(self.theme.text))
        strong.setFontUnderline(True)
        strong.setUnderlineColor(QColor(self.theme.accent))
        ranges = []
        for start, end in marks:
            one = QTextLayout.FormatRange()
            # QTextLayout counts UTF-16 units.
            one.start = _units(shown[:start])
            one.length = _units(shown[start:end])
            one.format = strong
            ranges.append(one)
        layout.setFormats(ranges)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(100_000)
        layout.endLayout()
        painter.setPen(QColor(color))
        top = rect.top() + (rect.height() - line.height()) / 2
        layout.draw(painter, QPointF(rect.left(), top))


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
