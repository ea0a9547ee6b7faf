"""The command palette over the window: a line to type in, and what it finds."""

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.palette import Hit, PaletteViewModel
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.theme import Theme
from spark_desktop.views.utf16 import utf16_spans

Index = QModelIndex | QPersistentModelIndex
_HIT = Qt.ItemDataRole.UserRole
_WIDTH, _ROW, _TOP, _SIDE, _PAD = 640, 30, 44, 16, 12
_MOST_ROWS = 12


class HitRows(QAbstractListModel):
    """The hits as rows; a reader of the screen gets each as one sentence."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: tuple[Hit, ...] = ()

    def set_hits(self, hits: tuple[Hit, ...]) -> None:
        """Show other hits."""
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many hits there are."""
        return 0 if parent is not None and parent.isValid() else len(self.hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the hit, or its words."""
        if not index.isValid() or index.row() >= len(self.hits):
            return None
        entry = self.hits[index.row()].entry
        if role == _HIT:
            return self.hits[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(
                part for part in (entry.title, entry.reason or entry.detail, entry.key) if part
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(entry.reason or entry.title)
        return None


class HitDelegate(QStyledItemDelegate):
    """Paints the title with the matched letters in accent, and at the right what else is known."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row, in pixels; all have the same."""
        return QSize(0, self.theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one hit."""
        hit = index.data(_HIT)
        if not isinstance(hit, Hit):
            return
        theme, entry = self.theme, hit.entry
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.line))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), QColor(theme.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.surface))
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        small, usual = QFont(painter.font()), QFont(painter.font())
        small.setPixelSize(theme.px(12))
        usual.setPixelSize(theme.px(13))
        painter.setFont(small)
        if entry.key:
            inner.setRight(self._key(painter, inner, entry.key) - _PAD)
        aside = entry.reason or entry.detail
        most = inner.width() * (3 if entry.reason else 2) // 5
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(aside, Qt.TextElideMode.ElideMiddle, most)
        painter.setPen(QColor(theme.warning if entry.reason else theme.text_secondary))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, side, shown)
        inner.setRight(inner.right() - metrics.horizontalAdvance(shown) - _PAD)
        self._title(painter, inner, hit, usual)
        painter.restore()

    def _key(self, painter: QPainter, inner: QRect, key: str) -> int:
        theme, metrics = self.theme, painter.fontMetrics()
        width, height = metrics.horizontalAdvance(key) + theme.px(12), metrics.height() + 2
        box = QRect(inner.right() - width, inner.center().y() - height // 2, width, height)
        painter.setPen(QColor(theme.line))
        painter.setBrush(QColor(theme.window))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(theme.text_secondary))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)
        return box.left()

    def _title(self, painter: QPainter, inner: QRect, hit: Hit, font: QFont) -> None:
        theme = self.theme
        title = hit.entry.title
        layout = QTextLayout(title, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        layout.setFormats(
            [
                _accented(place, theme)
                for place in utf16_spans(title, [(at, 1) for at in hit.places])
            ]
        )
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        painter.setPen(QColor(theme.text_secondary if hit.entry.reason else theme.text))
        top = inner.top() + (inner.height() - line.height()) / 2
        painter.setClipRect(inner)
        # Of a path that is too long, the end says more than the beginning.
        left = min(inner.left(), round(inner.right() - line.naturalTextWidth()))
        layout.draw(painter, QRect(left, round(top), 0, 0).topLeft().toPointF())


class CommandPalette(QFrame):
    """A child of the window, so that every desktop shows it where it belongs; Esc closes it."""

    def __init__(self, model: PaletteViewModel, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self._model, self._theme = model, theme
        self._before: QWidget | None = None
        self._window = window
        self.line, self.list, self.none = QLineEdit(), QListView(), QLabel()
        self._rows = HitRows(self)
        self._delegate = HitDelegate(theme, self)
        self._arrange()
        self.line.textEdited.connect(model.search)
        self.line.installEventFilter(self)
        self.list.clicked.connect(self._choose)
        model.changed.connect(self.render_state)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = self._delegate.theme = theme
        self.list.scheduleDelayedItemsLayout()
        if self.isVisible():
            self._place()

    def open(self) -> None:
        """Show it, empty, with the cursor in its line; once more closes it."""
        if self.isVisible():
            self.close_again()
            return
        self._before = QApplication.focusWidget()
        self.line.clear()
        self._model.open()
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]

    def close_again(self) -> None:
        """Hide it, and give the focus back to where it was."""
        if self.isHidden():
            return
        QApplication.instance().focusChanged.disconnect(self._focus_changed)  # type: ignore[union-attr]
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self.window())
        self.hide()
        before, self._before = self._before, None
        if had_focus and before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def render_state(self) -> None:
        """Show what was found; the best is chosen."""
        hits = self._model.hits
        self._rows.set_hits(hits)
        self.none.setVisible(not hits)
        self.list.setVisible(bool(hits))
        self.list.setCurrentIndex(self._rows.index(0))
        self._tell_current()
        if self.isVisible():
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys of the line move through the list, choose and close."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event)
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        # Esc stops the model elsewhere; here it closes.
        if is_asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        page = max(1, self.list.viewport().height() // self._theme.px(_ROW) - 1)
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
        }
        if event.key() in steps:
            self._step(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.close_again()
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        count = self._rows.rowCount()
        if not count:
            return
        row = self.list.currentIndex().row() + by
        # From the last to the first and back, but a page stops at the ends.
        row = row % count if abs(by) == 1 else min(max(row, 0), count - 1)
        self.list.setCurrentIndex(self._rows.index(row))
        self._tell_current()

    def _tell_current(self) -> None:
        index = self.list.currentIndex()
        said = index.data(Qt.ItemDataRole.AccessibleTextRole) if index.isValid() else tr("Nothing")
        # The focus stays in the line: a reader of the screen hears of the list from there.
        self.line.setAccessibleDescription(str(said))

    def _choose(self, index: QModelIndex) -> None:
        hit = index.data(_HIT)
        if isinstance(hit, Hit) and not hit.entry.reason:
            # First, so that what is done may take the focus.
            self.close_again()
            self._model.choose(hit.entry)

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new is not self and not self.isAncestorOf(new):
            self._before = None
            self.close_again()

    def _place(self) -> None:
        px, window = self._theme.px, self._window.size()
        width = min(px(_WIDTH), window.width() - 2 * _SIDE)
        rows = min(_MOST_ROWS, max(1, self._rows.rowCount()))
        height = self.line.sizeHint().height() + rows * px(_ROW) + 2 * _PAD
        top = px(_TOP)
        height = min(height, window.height() - top - _SIDE)
        self.setGeometry((window.width() - width) // 2, top, width, height)

    def _arrange(self) -> None:
        self.line.setPlaceholderText(tr("Find an action, a file, a thread or a folder"))
        self.line.setAccessibleName(tr("Find an action, a file, a thread or a folder"))
        self.none.setText(tr("Nothing matches these letters."))
        self.none.setProperty("quiet", True)
        self.none.setContentsMargins(_PAD, 0, _PAD, 0)
        self.list.setModel(self._rows)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        # The line keeps the focus, and its keys move through the list.
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("What was found"))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 8)
        column.setSpacing(4)
        line = QVBoxLayout()
        line.setContentsMargins(8, 0, 8, 0)
        line.addWidget(self.line)
        column.addLayout(line)
        column.addWidget(self.none)
        column.addWidget(self.list, 1)


def _accented(place: tuple[int, int], theme: Theme) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start, found.length = place
    letters = QTextCharFormat()
    letters.setForeground(QColor(theme.accent))
    letters.setFontWeight(QFont.Weight.Bold)
    found.format = letters
    return found
