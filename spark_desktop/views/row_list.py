"""A list of two-line rows, painted by one delegate; hidden rows cost nothing."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from spark_desktop.viewmodels.rows import Row, RowRole, Rows
from spark_desktop.views.icons import color_of, pixmap
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_TALL, _FLAT = 44, 28
_ICON, _MARGIN, _GAP = 16, 12, 8
_FEW = 3
Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Paints icon, title, detail and, at the right, the aside."""

    def __init__(self, theme: Theme, parent: QWidget, *, flat: bool) -> None:
        super().__init__(parent)
        self.theme = theme
        self._flat = flat

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row, in pixels; all have the same."""
        return QSize(0, self.theme.px(_FLAT if self._flat else _TALL))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row within ``option``'s rectangle."""
        row = index.data(RowRole.ROW)
        if not isinstance(row, Row):
            return
        painter.save()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        self._ground(painter, rect, state)
        ratio = painter.device().devicePixelRatioF()
        size = self.theme.px(_ICON)
        image = pixmap(row.icon, color_of(row.tone, self.theme), ratio, size)
        top = rect.top() + self.theme.px(6 if self._flat else 7)
        painter.drawPixmap(rect.left() + _MARGIN, top, image)
        text = rect.adjusted(_MARGIN + size + _GAP, 0, -_MARGIN, 0)
        if self._flat:
            self._flat_texts(painter, text, row)
        else:
            self._two_lines(painter, text, row)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(self.theme.line if selected else self.theme.raised))
        if selected:
            edge = QRect(rect.left(), rect.top(), 2, rect.height())
            painter.fillRect(edge, QColor(self.theme.accent))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(self.theme.accent)))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _two_lines(self, painter: QPainter, rect: QRect, row: Row) -> None:
        px = self.theme.px
        upper = QRect(rect.left(), rect.top() + px(4), rect.width(), px(18))
        lower = QRect(rect.left(), rect.top() + px(22), rect.width(), px(18))
        _draw(painter, upper, row.title, self.theme.text, px(13))
        _draw(painter, lower, row.detail, self.theme.text_secondary, px(12))

    def _flat_texts(self, painter: QPainter, rect: QRect, row: Row) -> None:
        aside = "  ".join(part for part in (row.detail, row.aside) if part)
        theme, width = self.theme, rect.width() * 3 // 5
        small = theme.px(12)
        used = _draw(painter, rect, aside, theme.text_secondary, small, right=True, most=width)
        left = rect.adjusted(0, 0, -used - _GAP, 0)
        _draw(painter, left, row.title, theme.text, theme.px(13))


class RowList(QListView):
    """``chosen`` carries the id of the row that the user clicked or entered."""

    chosen = Signal(str)

    def __init__(self, rows: Rows, theme: Theme, name: str, *, flat: bool = False) -> None:
        super().__init__()
        self._rows = rows
        self._delegate = RowDelegate(theme, self, flat=flat)
        self.setItemDelegate(self._delegate)
        self.setModel(rows)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        self.setMinimumHeight(theme.px(_FLAT))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    @property
    def row_height(self) -> int:
        """Return the height of one row, in pixels."""
        return self._delegate.sizeHint(QStyleOptionViewItem(), QModelIndex()).height()

    def sizeHint(self) -> QSize:
        """Return the height of a few rows: what a list gets before its region scrolls."""
        count = min(max(1, len(self._rows.rows)), _FEW)
        return QSize(super().sizeHint().width(), count * self.row_height)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme, with rows as high as its type asks for."""
        is_resized = theme.font_size != self._delegate.theme.font_size
        self._delegate.theme = theme
        if is_resized:
            self.setMinimumHeight(theme.px(_FLAT))
            self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def mark(self, row_id: str | None) -> None:
        """Show which row is open, without choosing it."""
        position = None if row_id is None else self._rows.position(row_id)
        if position is None:
            self.selectionModel().clear()
        else:
            self.setCurrentIndex(self._rows.index(position))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the focus is: on a row, the first where none was current."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._rows.rows:
            # Current, but not selected: only what is shown in the review is.
            first = self._rows.index(0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _choose(self, index: QModelIndex) -> None:
        row = index.data(RowRole.ROW)
        if isinstance(row, Row):
            self.chosen.emit(row.id)


def _draw(
    painter: QPainter,
    rect: QRect,
    text: str,
    color: str,
    pixels: int,
    *,
    right: bool = False,
    most: int | None = None,
) -> int:
    font = QFont(painter.font())
    font.setPixelSize(pixels)
    metrics = QFontMetrics(font)
    width = rect.width() if most is None else min(most, rect.width())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    painter.setFont(font)
    painter.setPen(QColor(color))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)
