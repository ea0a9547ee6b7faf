"""A window beside the main one: not modal, closed by Esc, in the main window's colours."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.views.icons import color_of
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.theme import Theme

_ROW = 28


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

    def show_front(self) -> None:
        """Show the window before all others."""
        self.show()
        self.raise_()
        self.activateWindow()


def tool_notice() -> NoticeLine:
    """Return a line over a window's content: a long text wraps, and never makes it wider."""
    notice = NoticeLine(strip=True)
    notice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
    return notice


class Table(QTableWidget):
    """A table of texts in which the arrow keys choose a row; ``name`` is for screen readers."""

    def __init__(self, name: str, headings: tuple[str, ...], wide: int) -> None:
        super().__init__(0, len(headings))
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(headings))
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        # Tab goes on to the buttons instead of from cell to cell.
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, rows: list[tuple["Cell", ...]]) -> None:
        """Show these rows; the chosen one stays chosen by its place."""
        chosen = self.currentRow()
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                self._show(number, column, cell)
        if rows and not 0 <= chosen < len(rows):
            self.setCurrentCell(0, 0)

    def set_theme(self, theme: Theme) -> None:
        """Mark the chosen row in a colour that differs from the ground in this theme."""
        self.setStyleSheet(
            f"QTableView {{ selection-background-color: {theme.line}; outline: none; }}"
        )

    def rows_height(self, count: int) -> int:
        """Return the height, in pixels, of a table that shows so many rows without scrolling."""
        return count * _ROW + self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth()

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


class Cell:
    """One text of a table; ``tone`` is drawn in the theme's colour of it."""

    __slots__ = ("color", "text", "tip")

    def __init__(self, text: str, theme: Theme, tone: Tone = Tone.PLAIN, tip: str = "") -> None:
        self.text = text
        self.tip = tip
        self.color = color_of(tone, theme)

    @property
    def brush(self) -> QBrush:
        """Return what the text is drawn with."""
        return QBrush(QColor(self.color))
