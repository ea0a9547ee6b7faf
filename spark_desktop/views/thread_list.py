"""The list of threads as a widget: keys, menu, and the title that is edited in place."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QFocusEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyleOptionViewItem

from spark_desktop.viewmodels.rows import RowRole
from spark_desktop.viewmodels.thread_rows import ThreadRow, ThreadRows
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.theme import Theme
from spark_desktop.views.threads_paint import ThreadDelegate

# Pixels at the usual size of type: one row.
_LOWEST = 28
_FEW = 4


class ThreadList(QListView):
    """``chosen`` carries the id of a thread that was clicked or entered.

    ``wanted`` carries a thread's id and what its menu asks for: "pin", "fork", "edit", "markdown"
    or "json". ``delete_wanted`` carries the ids of the selected threads.
    """

    chosen = Signal(str)
    wanted = Signal(str, str)
    delete_wanted = Signal(list)
    editing = Signal(bool)

    def __init__(self, rows: ThreadRows, theme: Theme) -> None:
        super().__init__()
        self._rows = rows
        self._kept: tuple[str, int] | None = None
        self._delegate = ThreadDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setModel(rows)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Threads"))
        self.setMinimumHeight(theme.px(_LOWEST))
        self.rename = self._action(tr("Rename"), "F2", self._rename)
        self.delete = self._action(tr("Delete"), "Del", self._delete)
        self.clicked.connect(self._clicked)
        self.activated.connect(self._choose)
        self._delegate.closeEditor.connect(lambda _editor: self._edited())
        rows.modelAboutToBeReset.connect(self._keep_place)
        rows.modelReset.connect(self._find_place)

    @property
    def selected(self) -> list[str]:
        """Return the ids of the selected threads, first on top; else that of the current one."""
        rows = sorted(self.selectedIndexes(), key=lambda index: index.row())
        # Where the focus came by Tab, the row in the frame is current and not selected.
        rows = rows or [self.currentIndex()]
        return [row.id for index in rows if (row := _row(index)) is not None]

    def sizeHint(self) -> QSize:
        """Return the height of a few rows: what the list gets before its region scrolls."""
        height = self._delegate.sizeHint(QStyleOptionViewItem(), QModelIndex()).height()
        return QSize(super().sizeHint().width(), _FEW * height)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme, with rows as high as its type asks for."""
        is_resized = theme.font_size != self._delegate.theme.font_size
        self._delegate.theme = theme
        if is_resized:
            self.setMinimumHeight(theme.px(_LOWEST))
            self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def show_tall(self, is_tall: bool) -> None:
        """Give each row a second line, or take it away."""
        if is_tall != self._delegate.is_tall:
            self._delegate.is_tall = is_tall
            self.scheduleDelayedItemsLayout()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the focus is: on a thread, the first where none was current."""
        super().focusInEvent(event)
        if _row(self.currentIndex()) is None:
            first = next((row.id for row in self._rows.threads), None)
            if first is not None:
                self.setCurrentIndex(self._rows.index(self._rows.position(first) or 0))

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Return where a key leads to: never to a heading, as on the way to the top."""
        index = super().moveCursor(action, modifiers)
        if index.isValid() and _row(index) is None:
            below = self._rows.index(index.row() + 1)
            return below if _row(below) is not None else self.currentIndex()
        return index

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select with the left button alone: the right one opens the menu."""
        if event.button() == Qt.MouseButton.RightButton:
            index = self.indexAt(event.position().toPoint())
            if index not in self.selectedIndexes():
                self.setCurrentIndex(index)
            return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the thread under the pointer, or with the current one."""
        row = _row(self.currentIndex())
        if row is None:
            return
        menu = self.menu_of(row)
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        menu.popup(place)

    def menu_of(self, row: ThreadRow) -> QMenu:
        """Return the menu of a thread; it goes when it is closed."""
        menu = QMenu(self)
        menu.setAccessibleName(tr("Thread: {title}", title=row.title))
        menu.addAction(tr("Open")).triggered.connect(lambda: self.chosen.emit(row.id))
        menu.addAction(self.rename)
        pin = tr("Unpin") if row.is_pinned else tr("Pin to the top")
        for text, what in (
            (pin, "pin"),
            ("", ""),
            (tr("Fork from the last answer"), "fork"),
            (tr("Edit the last question"), "edit"),
            ("", ""),
            (tr("Export as Markdown…"), "markdown"),
            (tr("Export as JSON…"), "json"),
            ("", ""),
        ):
            if not what:
                menu.addSeparator()
                continue
            action = menu.addAction(text)
            action.triggered.connect(
                lambda _checked=False, what=what: self.wanted.emit(row.id, what)
            )
        menu.addAction(self.delete)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _action(self, text: str, keys: str, work: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked=False: work())
        self.addAction(action)
        return action

    def _rename(self) -> None:
        if _row(self.currentIndex()) is not None:
            self.editing.emit(True)
            self.edit(self.currentIndex())

    def _edited(self) -> None:
        self.editing.emit(False)
        self.setFocus()

    def _delete(self) -> None:
        if self.selected:
            self.delete_wanted.emit(self.selected)

    def _clicked(self, index: QModelIndex) -> None:
        # With several selected the click was for the selection.
        if len(self.selected) <= 1:
            self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        row = _row(index)
        if row is not None:
            self.chosen.emit(row.id)

    def _keep_place(self) -> None:
        row = _row(self.currentIndex())
        self._kept = None if row is None else (row.id, self.currentIndex().row())

    def _find_place(self) -> None:
        if self._kept is None:
            return
        place = self._rows.position(self._kept[0])
        if place is None:
            # Gone: the thread that came into its place, else the last one.
            threads = [
                at for at, one in enumerate(self._rows.entries) if isinstance(one, ThreadRow)
            ]
            below = (at for at in threads if at >= self._kept[1])
            place = next(below, threads[-1] if threads else None)
        if place is not None:
            self.setCurrentIndex(self._rows.index(place))


def _row(index: QModelIndex) -> ThreadRow | None:
    row = index.data(RowRole.ROW) if index.isValid() else None
    return row if isinstance(row, ThreadRow) else None
