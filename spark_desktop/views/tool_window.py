"""A window beside the main one: not modal, closed by Esc, in the main window's colours."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.views.icons import color_of
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type: a row, and how much of its texts the wide column shows before
# the table scrolls: never less than the last, never asking for more than the one before.
_ROW, _WIDE, _NARROWEST = 28, 200, 96
# Of the screen, which a window with bigger type must not leave.
_MOST = 0.9


class ToolWindow(QDialog):
    """Inherits colours and the style sheet of ``parent``; Esc and the system's button close it."""

    def __init__(self, parent: QWidget, title: str, theme: Theme) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setWindowTitle(title)
        self.setModal(False)
        self.setWindowFlag(Qt.WindowType.Window)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.theme = theme
        for table in self.findChildren(Table):
            table.set_theme(theme)

    def fit(self, size: tuple[int, int]) -> None:
        """Take a size, in pixels at the usual size of type, as far as the screen has room."""
        area, px = self.screen().availableSize() * _MOST, self.theme.px
        self.resize(min(px(size[0]), area.width()), min(px(size[1]), area.height()))

    def show_front(self) -> None:
        """Show the window before all others."""
        self.show()
        self.raise_()
        self.activateWindow()


def tool_notice() -> NoticeLine:
    """Return a line over a window's content: a long text wraps, and never makes it wider."""
    notice = NoticeLine(strip=True)
    notice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
    # Enter in a field must not press it.
    notice.button.setAutoDefault(False)
    return notice


class Table(QTableWidget):
    """A table of texts in which the arrow keys choose a row; ``name`` is for screen readers.

    The column ``wide`` takes the width that is left; with ``wraps`` its texts go on in the next
    line, else they end in an ellipsis.
    """

    def __init__(
        self, name: str, headings: tuple[str, ...], wide: int, *, wraps: bool = False
    ) -> None:
        super().__init__(0, len(headings))
        self._wide, self._wraps, self._room = wide, wraps, (_NARROWEST, _WIDE)
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(headings))
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        # Tab goes on to the buttons instead of from cell to cell.
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self.setWordWrap(wraps)
        if wraps:
            self.setItemDelegate(_WithinPadding(self))
        self.setShowGrid(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(self._wrap)

    def show_rows(self, rows: list[tuple["Cell", ...]]) -> None:
        """Show these rows; the chosen one stays chosen by its place."""
        chosen = self.currentRow()
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                self._show(number, column, cell)
        if rows and not 0 <= chosen < len(rows):
            self.setCurrentCell(0, 0)
        self._share()

    def set_theme(self, theme: Theme) -> None:
        """Mark the chosen row in a colour that differs from the ground in this theme."""
        self._room = theme.px(_NARROWEST), theme.px(_WIDE)
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(theme.px(_ROW))
        rows.setDefaultSectionSize(theme.px(_ROW))
        self.setStyleSheet(
            f"QTableView {{ selection-background-color: {theme.line}; outline: none; }}"
        )
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._share()

    def rows_height(self, count: int) -> int:
        """Return the height, in pixels, of a table that shows so many rows without scrolling."""
        rows = count * self.verticalHeader().defaultSectionSize()
        return rows + self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth()

    def _share(self) -> None:
        """Give the wide column what is left; where that is too little, the table scrolls."""
        header = self.horizontalHeader()
        others = sum(
            self._width_of(number) for number in range(header.count()) if number != self._wide
        )
        least, most = self._room
        least = max(least, min(self._wanted(self._wide), most))
        mode = QHeaderView.ResizeMode
        is_narrow = self.viewport().width() - others < least
        header.setSectionResizeMode(self._wide, mode.Fixed if is_narrow else mode.Stretch)
        if is_narrow:
            header.resizeSection(self._wide, least)
        self._wrap(self._wide)

    def _wrap(self, column: int) -> None:
        if self._wraps and column == self._wide:
            self.resizeRowsToContents()

    def _width_of(self, column: int) -> int:
        header = self.horizontalHeader()
        if header.sectionResizeMode(column) == QHeaderView.ResizeMode.Interactive:
            return header.sectionSize(column)
        return self._wanted(column)

    def _wanted(self, column: int) -> int:
        return max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))

    def text_at(self, row: int, column: int) -> str:
        """Return what a cell says."""
        item = self.item(row, column)
        return "" if item is None else item.text()

    def _show(self, row: int, column: int, cell: "Cell") -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        item.setText(cell.text)
        item.setToolTip(plain_tip(cell.tip or cell.text))
        item.setForeground(cell.brush)
        item.setData(Qt.ItemDataRole.UserRole, cell.kept)


class _WithinPadding(QStyledItemDelegate):
    """Wraps a text where it is drawn: Qt measures it as if the style sheet's padding were room."""

    def __init__(self, table: QTableWidget) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the size of a cell as wide as ``option`` says, padding and all."""
        sized = QStyleOptionViewItem(option)
        self.initStyleOption(sized, index)
        drawn = self._table.style().subElementRect(
            QStyle.SubElement.SE_ItemViewItemText, sized, self._table
        )
        sized.rect = QRect(sized.rect.topLeft(), QSize(drawn.width(), sized.rect.height()))
        return super().sizeHint(sized, index)


class Cell:
    """One text of a table; ``tone`` is drawn in the theme's colour of it."""

    __slots__ = ("color", "kept", "text", "tip")

    def __init__(self, text: str, theme: Theme, tone: Tone = Tone.PLAIN, tip: str = "") -> None:
        self.text = text
        self.tip = tip
        self.kept = ""
        self.color = color_of(tone, theme)

    def in_color(self, color: str) -> "Cell":
        """Draw the text in a colour that no tone has, and return this cell."""
        self.color = color
        return self

    def keeping(self, text: str) -> "Cell":
        """Hold a text that is not shown, as an id, and return this cell."""
        self.kept = text
        return self

    @property
    def brush(self) -> QBrush:
        """Return what the text is drawn with."""
        return QBrush(QColor(self.color))
