"""The completions of an ``@`` word, over the composer; the text keeps the focus."""

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from spark_desktop.domain.context_item import ItemKind
from spark_desktop.domain.mentions import Suggestion
from spark_desktop.viewmodels.mentions import MentionsViewModel
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.frames import single_shot
from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme

ICONS = {
    ItemKind.OPEN: "file",
    ItemKind.FILE: "file",
    ItemKind.FOLDER: "folder",
    ItemKind.SYMBOL: "symbol",
    ItemKind.DIFF: "diff",
    ItemKind.CLIPBOARD: "clipboard",
    ItemKind.TEXT: "text",
}
_ROWS = 8
_WIDTH = 44


class MentionPopup(QFrame):
    """Lies in the window over ``anchor``; ``chosen`` carries the clicked suggestion."""

    chosen = Signal(object)

    def __init__(self, model: MentionsViewModel, anchor: QWidget, theme: Theme) -> None:
        super().__init__(anchor)
        self.setObjectName("popup")
        self._model = model
        self._anchor = anchor
        self._theme = theme
        self._again = single_shot(self, 0, self.render_rows)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.setAccessibleName(tr("Completions"))
        self.list.itemClicked.connect(self._clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.list)
        self.hide()
        anchor.installEventFilter(self)
        model.changed.connect(self.render_rows)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.render_rows()

    def render_rows(self) -> None:
        """Show the rows, the current one marked; nothing without any."""
        rows = self._model.rows
        if not rows or not self._anchor.isVisible():
            self.hide()
            return
        self.list.clear()
        for row in rows:
            item = QListWidgetItem(
                icon(ICONS[row.ref.kind], self._theme.text_secondary), _text(row)
            )
            item.setToolTip(plain_tip(row.ref.mention))
            self.list.addItem(item)
        self.list.setCurrentRow(self._model.current)
        self._place(len(rows))
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay over the composer when it grows, moves or goes."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide):
            # Its layout may not be through yet.
            self._again.start()
        return super().eventFilter(watched, event)

    def _place(self, count: int) -> None:
        window = self._anchor.window()
        if self.parentWidget() is not window:
            # The panel may have moved into another window since.
            self.setParent(window)
        height = self.list.sizeHintForRow(0) * min(count, _ROWS) + 12
        wanted = self.fontMetrics().averageCharWidth() * _WIDTH
        width = min(max(wanted, self._anchor.width()), window.width() - 16)
        corner = self._anchor.mapTo(window, QPoint(0, 0))
        left = max(8, min(corner.x(), window.width() - width - 8))
        height = min(height, max(40, corner.y() - 8))
        self.setGeometry(left, corner.y() - height - 4, width, height)

    def _clicked(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        if row < len(self._model.rows):
            self.chosen.emit(self._model.rows[row])


def _text(row: Suggestion) -> str:
    label = in_language(row.ref.label)
    if row.ref.kind in (ItemKind.DIFF, ItemKind.CLIPBOARD):
        return row.ref.mention
    detail = "" if row.detail == "." else row.detail
    return f"{label}   {detail}" if detail else label
