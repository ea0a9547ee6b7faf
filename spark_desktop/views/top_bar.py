"""The top line: which project, undo and redo, the speed lab, help, theme."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

from spark_desktop.views.icons import icon, pixmap
from spark_desktop.views.shortcuts import key_text
from spark_desktop.views.theme import Theme


class TopBar(QFrame):
    """Its buttons trigger the window's actions."""

    def __init__(self, actions: dict[str, QAction], theme: Theme) -> None:
        super().__init__()
        self.setObjectName("top")
        self.setFixedHeight(40)
        self._logo, self._title = QLabel(), QLabel("Spark")
        self._title.setProperty("heading", True)
        self._folder, self._branch_icon, self._branch = QToolButton(), QLabel(), QLabel()
        self._branch.setProperty("quiet", True)
        self._folder.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._buttons = {name: QToolButton() for name in ("undo", "redo", "lab", "help", "theme")}
        self._arrange()
        self._folder.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._folder.clicked.connect(actions["open_folder"].trigger)
        self._folder.setToolTip(f"Open another folder ({key_text('open_folder')})")
        for name, button in self._buttons.items():
            button.clicked.connect(actions[name].trigger)
            button.setToolTip(f"{actions[name].text()} ({key_text(name)})")
            button.setAccessibleName(actions[name].text())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_project("", "")
        self.set_theme(theme)

    @property
    def text(self) -> str:
        """Return the project's name and branch as they are shown."""
        return f"{self._folder.text()} {self._branch.text()}".strip()

    def show_project(self, name: str, branch: str) -> None:
        """Show the open folder; both empty where there is none."""
        self._folder.setText(name or "Open folder…")
        self._branch.setText(branch)
        self._branch.setToolTip("The branch that is checked out")
        self._branch.setVisible(bool(branch))
        self._branch_icon.setVisible(bool(branch))
        for action in ("undo", "redo", "lab"):
            self._buttons[action].setVisible(bool(name))

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        ratio = self.devicePixelRatioF()
        self._logo.setPixmap(pixmap("spark", theme.accent, ratio))
        self._branch_icon.setPixmap(pixmap("branch", theme.text_secondary, ratio))
        self._folder.setIcon(icon("folder", theme.text_secondary))
        for name, button in self._buttons.items():
            button.setIcon(icon(name, theme.text_secondary))

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self._logo)
        row.addWidget(self._title)
        row.addSpacing(12)
        row.addWidget(self._folder)
        row.addSpacing(8)
        row.addWidget(self._branch_icon)
        row.addWidget(self._branch)
        row.addStretch(1)
        for name, button in self._buttons.items():
            row.addWidget(button)
            if name == "redo":
                row.addSpacing(8)
