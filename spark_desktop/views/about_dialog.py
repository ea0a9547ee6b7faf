"""The window about Spark: what it is, what it is made of, and the licences of all that."""

from PySide6.QtCore import QModelIndex, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.about import AboutViewModel
from spark_desktop.viewmodels.rows import Row, RowRole
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_layouts import code_font
from spark_desktop.views.row_list import RowList
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import ToolWindow, tool_notice

_SIZE = (960, 620)
# Shares of the width: the list, and the text beside it.
_LIST, _TEXT = 1, 2


class AboutDialog(ToolWindow):
    """Draws the facts, the list that the filter lets through, and the chosen licence's text."""

    def __init__(self, parent: QWidget, model: AboutViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("About Spark"), theme)
        self._model = model
        self.notice = tool_notice()
        self.facts = QGridLayout()
        self.filter = QLineEdit()
        self.list = RowList(model.rows, theme, tr("Components"))
        self.chosen = _plain_label()
        self.text = QPlainTextEdit()
        self.bill = QPushButton(tr("List of &materials"))
        self.folder = QPushButton(tr("&Folder of the licences"))
        self.copy_text = QPushButton(tr("Copy the &licence"))
        self.copy = QPushButton(tr("&Copy these facts"))
        self._arrange()
        self._connect()
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.list.set_theme(theme)
        self.text.setFont(code_font(theme.font_size, theme.code_family))
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what is not known yet."""
        super().showEvent(event)
        self._model.refresh()
        self.filter.setFocus()

    def render_state(self) -> None:
        """Show the facts, and which component is chosen."""
        facts = self._model.facts
        for place, pair in enumerate(facts):
            for column, text in enumerate(pair):
                self._fact(place, column).setText(text)
        self.copy.setText(tr("&Copy these facts"))
        self.copy.setEnabled(bool(facts))
        self.bill.setVisible(bool(self._model.bill))
        self.bill.setToolTip(self._model.bill)
        self.folder.setVisible(bool(self._model.folder))
        self.folder.setToolTip(self._model.folder)
        self.notice.show_notice(self._model.notice)
        if self._model.rows.rows and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._model.rows.index(0))
        self._render_text()

    def _fact(self, place: int, column: int) -> QLabel:
        """Return the label of a fact's name or value, made where it is new."""
        item = self.facts.itemAtPosition(place, column)
        label = None if item is None else item.widget()
        if not isinstance(label, QLabel):
            label = _plain_label()
            label.setProperty("quiet", column == 0)
            label.setWordWrap(column > 0)
            self.facts.addWidget(label, place, column)
        return label

    def _render_text(self) -> None:
        self.chosen.setText(self._model.about_chosen)
        self.chosen.setVisible(self._model.chosen is not None)
        if self.text.toPlainText() != self._model.text:
            self.text.setPlainText(self._model.text)
        self.copy_text.setText(tr("Copy the &licence"))
        self.copy_text.setEnabled(bool(self._model.text))

    def _choose(self, index: QModelIndex) -> None:
        row = index.data(RowRole.ROW)
        if isinstance(row, Row):
            self._model.choose(row.id)
            self._render_text()

    def _copy_facts(self) -> None:
        QGuiApplication.clipboard().setText(self._model.report)
        self.copy.setText(tr("Copied"))

    def _copy_licence(self) -> None:
        QGuiApplication.clipboard().setText(self._model.text)
        self.copy_text.setText(tr("Copied"))

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        model.text_changed.connect(self._render_text)
        self.filter.textChanged.connect(model.set_filter)
        self.list.selectionModel().currentChanged.connect(lambda now, _before: self._choose(now))
        self.copy.clicked.connect(self._copy_facts)
        self.copy_text.clicked.connect(self._copy_licence)
        self.bill.clicked.connect(lambda: _open(model.bill))
        self.folder.clicked.connect(lambda: _open(model.folder))

    def _arrange(self) -> None:
        self.filter.setPlaceholderText(tr("Find a component or a licence"))
        self.filter.setAccessibleName(tr("Find a component or a licence"))
        self.filter.setClearButtonEnabled(True)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Text of the licence"))
        self.chosen.setProperty("quiet", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(self._inside(), 1)

    def _inside(self) -> QVBoxLayout:
        self.facts.setHorizontalSpacing(16)
        self.facts.setVerticalSpacing(2)
        self.facts.setColumnStretch(1, 1)
        head = QHBoxLayout()
        head.addLayout(self.facts, 1)
        head.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.filter)
        left.addWidget(self.list, 1)
        right.setSpacing(8)
        right.addWidget(self.chosen)
        right.addWidget(self.text, 1)
        halves = QHBoxLayout()
        halves.setSpacing(12)
        halves.addLayout(left, _LIST)
        halves.addLayout(right, _TEXT)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.bill, self.folder, self.copy_text):
            buttons.addWidget(button)
        for button in (self.copy, self.bill, self.folder, self.copy_text):
            button.setAutoDefault(False)
        inside = QVBoxLayout()
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(12)
        inside.addLayout(head)
        inside.addLayout(halves, 1)
        inside.addLayout(buttons)
        return inside


def _plain_label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    return label


def _open(path: str) -> None:
    if path:
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))
