"""The top line: the menu, which project, the search, undo and redo, the speed lab, help, theme."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton

from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.action_menu import Reason, fill
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.icons import icon, pixmap
from spark_desktop.views.shortcuts import KEYBOARD, key_text, show_key
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_HEIGHT, _SEARCH, _FOLDER = 40, 260, 220
# Under this width the search is its icon, and the branch and the name of the program go.
_NARROW = 760
# And under this one the buttons of what stands in the menu as well.
_TINY = 440
_BUTTONS = ("undo", "redo", "lab", "help", "theme")


class TopBar(QFrame):
    """Its buttons trigger the window's actions."""

    def __init__(self, actions: dict[str, QAction], theme: Theme, reason: Reason) -> None:
        super().__init__()
        self.setObjectName("top")
        self._actions, self._theme = actions, theme
        self.menu, self.search = QToolButton(), QToolButton()
        self._menu = QMenu(self)
        self._logo, self._title = QLabel(), QLabel(tr("Spark"))
        self._title.setProperty("heading", True)
        self._folder, self._branch_icon, self._branch = QToolButton(), QLabel(), ElidedLabel()
        self._branch.setProperty("quiet", True)
        self._folder.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._buttons = {name: QToolButton() for name in _BUTTONS}
        self._name = ""
        fill(self._menu, actions, reason)
        self._arrange()
        self._connect()
        KEYBOARD.changed.connect(self._fit)
        self.show_project("", "")
        self.set_theme(theme)

    @property
    def text(self) -> str:
        """Return the project's name and branch as they are shown."""
        return f"{self._name or self._folder.text()} {self._branch.text()}".strip()

    def show_project(self, name: str, branch: str) -> None:
        """Show the open folder; both empty where there is none."""
        self._name = name
        self._branch.setText(branch)
        self._branch.setToolTip(
            plain_tip(tr("{branch}\nThe branch that is checked out", branch=branch).strip())
        )
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.setFixedHeight(theme.px(_HEIGHT))
        ratio, size = self.devicePixelRatioF(), theme.px(16)
        self._logo.setPixmap(pixmap("spark", theme.accent, ratio, size))
        self._branch_icon.setPixmap(pixmap("branch", theme.text_secondary, ratio, size))
        self._folder.setIcon(icon("folder", theme.text_secondary))
        self.menu.setIcon(icon("menu", theme.text_secondary))
        self.search.setIcon(icon("search", theme.text_secondary))
        buttons = (self._folder, self.menu, self.search, *self._buttons.values())
        for button in buttons:
            button.setIconSize(QSize(size, size))
        for name, button in self._buttons.items():
            button.setIcon(icon(name, theme.text_secondary))
        self._fit()

    def show_menu(self) -> None:
        """Open the menu of all actions."""
        # A button's own menu would wait for its end in a loop of its own.
        below = self.menu.mapToGlobal(self.menu.rect().bottomLeft())
        self._menu.popup(below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        theme = self._theme
        is_narrow = self.width() < theme.px(_NARROW)
        has_branch = bool(self._branch.text()) and not is_narrow
        is_tiny = self.width() < theme.px(_TINY)
        for button_name, button in self._buttons.items():
            is_useful = bool(self._name) or button_name in ("help", "theme")
            button.setVisible(is_useful and not is_tiny)
        self._title.setVisible(not is_narrow)
        self._branch.setVisible(has_branch)
        self._branch_icon.setVisible(has_branch)
        style = Qt.ToolButtonStyle
        self.search.setToolButtonStyle(
            style.ToolButtonIconOnly if is_narrow else style.ToolButtonTextBesideIcon
        )
        key = key_text("palette")
        word = tr("Search")
        self.search.setText(f"{word}   {key}".strip())
        self.search.setMinimumWidth(0 if is_narrow else theme.px(_SEARCH))
        metrics = self._folder.fontMetrics()
        most = theme.px(_FOLDER if not is_narrow else _FOLDER // 2)
        name = self._name or tr("Open folder…")
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, most)
        # An ampersand would underline the letter after it.
        self._folder.setText(" ".join(shown.splitlines()).replace("&", "&&"))

    def _connect(self) -> None:
        self._folder.clicked.connect(self._actions["open_folder"].trigger)
        show_key(self._folder, "open_folder", tr("Open another folder"))
        self._folder.setAccessibleName(tr("Open another folder"))
        self.search.clicked.connect(self._actions["palette"].trigger)
        self.search.setObjectName("searchfield")
        self.search.setAccessibleName(self._actions["palette"].text())
        show_key(self.search, "palette", self._actions["palette"].text())
        self.menu.clicked.connect(self._actions["menu"].trigger)
        self.menu.setAccessibleName(self._actions["menu"].text())
        show_key(self.menu, "menu", self._actions["menu"].text())
        for name, button in self._buttons.items():
            button.clicked.connect(self._actions[name].trigger)
            show_key(button, name, self._actions[name].text())
            button.setAccessibleName(self._actions[name].text())
        for button in (self.menu, self._folder, self.search, *self._buttons.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.menu)
        row.addWidget(self._logo)
        row.addWidget(self._title)
        row.addSpacing(8)
        row.addWidget(self._folder)
        row.addSpacing(8)
        row.addWidget(self._branch_icon)
        row.addWidget(self._branch)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addStretch(1)
        for name, button in self._buttons.items():
            row.addWidget(button)
            if name == "redo":
                row.addSpacing(8)
