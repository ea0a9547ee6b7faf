"""The settings: categories at the left, a search over all of them, every choice at once in use."""

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.settings_rows import Category, setting_rows, title_of
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.key_lines import KeyLines
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.setting_controls import ModelControl
from spark_desktop.views.setting_line import SettingLine
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_SIZE, _SIDE = (800, 560), 210
_EDGE = 24


class SettingsDialog(QDialog):
    """Does not block the window.

    ``model_asked`` wants the list of models; ``endpoints_asked`` and ``updates_asked`` want their
    windows.
    """

    model_asked = Signal()
    endpoints_asked = Signal()
    updates_asked = Signal()

    def __init__(self, model: SettingsViewModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self.setModal(False)
        self._model, self._theme, self._window = model, theme, parent
        self.search, self.open_file = QLineEdit(), QPushButton(tr("Open the file"))
        self.endpoints = QPushButton(tr("Endpoints…"))
        self.notice = NoticeLine(strip=True)
        self.categories, self.nothing = QListWidget(), QLabel(tr("No setting has these words."))
        self.folderless = QLabel(tr("Open a folder first: what is chosen here holds for it alone."))
        self._root = model.root
        self._page, self._scroll = QWidget(), QScrollArea()
        self._headings = {one: QLabel(title_of(one)) for one in Category}
        self.lines = [SettingLine(row, model, theme) for row in setting_rows()]
        # Made when it is first wanted: it has several buttons for each action.
        self._keys: KeyLines | None = None
        self._arrange()
        self._connect()
        self._scale()
        self.categories.setCurrentRow(0)
        self.render_state()
        self.render_notice()

    def set_theme(self, theme: Theme) -> None:
        """Take the sizes of another theme; the colours come with the window's style sheet."""
        self._theme = theme
        for line in self.lines:
            line.set_theme(theme)
        self._scale()

    def line_of(self, key: str) -> SettingLine:
        """Return the line of a setting by its key in the file. Raises StopIteration."""
        return next(line for line in self.lines if line.row.key == key)

    @property
    def keys(self) -> KeyLines:
        """Return the lines of the keys."""
        if self._keys is None:
            self._keys = KeyLines(self._model)
            # Before what takes the rest of the height.
            self._column.insertWidget(self._column.count() - 1, self._keys)
            for button in self._keys.findChildren(QPushButton):
                button.setAutoDefault(False)
        return self._keys

    def remark(self, key: str, text: str) -> None:
        """Show this beside a setting until another is said; empty for nothing."""
        self._model.set_remark(key, text)

    def show_category(self, category: Category) -> None:
        """Show one category, without a search."""
        self.search.clear()
        self.categories.setCurrentRow(list(Category).index(category))
        self._filter()

    def render_state(self) -> None:
        """Show the values in use."""
        for line in self.lines:
            line.render_state()
        root = self._model.root
        if root != self._root:
            self._root = root
            self._name_project()
            self._filter()

    def render_notice(self) -> None:
        """Show what went wrong with the file."""
        self.notice.show_notice(self._model.notice)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the search."""
        super().showEvent(event)
        self.search.setFocus()

    @property
    def category(self) -> Category:
        """Return the category that is chosen."""
        return list(Category)[max(0, self.categories.currentRow())]

    def _filter(self) -> None:
        query = self.search.text().strip()
        shown = set[Category]()
        for line in self.lines:
            is_shown = line.row.matches(query) if query else line.row.category is self.category
            if line.row.category is Category.PROJECT and self._root is None:
                is_shown = False
            line.setVisible(is_shown)
            if is_shown:
                shown.add(line.row.category)
        is_folderless = self._root is None and self.category is Category.PROJECT and not query
        self.folderless.setVisible(is_folderless)
        is_wanted = bool(query) or self.category is Category.KEYS
        if is_wanted and self.keys.show_matching(query):
            shown.add(Category.KEYS)
        if self._keys is not None:
            self._keys.setVisible(Category.KEYS in shown)
        for category, heading in self._headings.items():
            heading.setVisible(category in shown)
        self.nothing.setVisible(not shown and not is_folderless)
        self._scroll.verticalScrollBar().setValue(0)

    def _name_project(self) -> None:
        title = title_of(Category.PROJECT)
        if self._root is not None:
            title = tr("This project: {name}", name=self._root.name or self._root)
        self._headings[Category.PROJECT].setText(title)
        self._headings[Category.PROJECT].setToolTip(plain_tip(str(self._root or "")))

    def _choose_category(self) -> None:
        self.search.clear()
        self._filter()

    def _scale(self) -> None:
        px, window = self._theme.px, self._window.window().size()
        self.categories.setFixedWidth(px(_SIDE))
        self.resize(min(px(_SIZE[0]), window.width()), min(px(_SIZE[1]), window.height()))

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        model.told.connect(self.render_notice)
        model.file_ready.connect(lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)))
        self.notice.intent.connect(model.act)
        self.open_file.clicked.connect(model.open_file)
        self.endpoints.clicked.connect(self.endpoints_asked)
        self.search.textChanged.connect(self._filter)
        self.categories.currentRowChanged.connect(self._choose_category)
        # Also the one that is chosen already, behind what a search shows.
        self.categories.itemClicked.connect(lambda _item: self._choose_category())
        for line in self.lines:
            if isinstance(line.control, ModelControl):
                line.control.asked.connect(self.model_asked)

    def _arrange(self) -> None:
        self.search.setPlaceholderText(tr("Search the settings"))
        self.search.setAccessibleName(tr("Search the settings"))
        self.search.setClearButtonEnabled(True)
        file = self._model.file
        self.open_file.setToolTip(
            plain_tip(tr("Edit {file}; saving it takes effect", file=str(file)))
        )
        self.open_file.setVisible(file is not None)
        self.endpoints.setToolTip(tr("Who answers, in which order, with which key"))
        self.categories.addItems([title_of(one) for one in Category])
        self.categories.setAccessibleName(tr("Categories"))
        self.categories.setObjectName("categories")
        self.categories.setWordWrap(True)
        self.categories.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        top = QHBoxLayout()
        top.setContentsMargins(12, 12, 12, 12)
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.endpoints)
        top.addWidget(self.open_file)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.categories)
        body.addWidget(self._scroll, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.notice)
        column.addLayout(body, 1)
        self._fill_page()
        # Enter in a field must not press a button.
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)

    def _fill_page(self) -> None:
        self._page.setObjectName("settingspage")
        column = QVBoxLayout(self._page)
        column.setContentsMargins(_EDGE, 8, _EDGE, _EDGE)
        column.setSpacing(0)
        for label in (self.nothing, self.folderless):
            label.setProperty("quiet", True)
            label.setWordWrap(True)
            column.addWidget(label)
        for heading in self._headings.values():
            heading.setTextFormat(Qt.TextFormat.PlainText)
        self._name_project()
        for category, heading in self._headings.items():
            heading.setProperty("heading", True)
            heading.setContentsMargins(0, 8, 0, 4)
            column.addWidget(heading)
            for line in self.lines:
                if line.row.category is category:
                    column.addWidget(line)
        column.addStretch(1)
        self._column = column
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._page)
