"""The window of the updates: what is newer, its notes, and the download that is verified."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.translation import tr
from spark_desktop.viewmodels.updates import UpdateAction, UpdatesViewModel
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import ToolWindow, tool_notice

_SIZE = (720, 460)


class UpdatesDialog(ToolWindow):
    """Draws the state of the view model; installs and starts nothing."""

    def __init__(self, parent: QWidget, model: UpdatesViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("Updates"), theme)
        self._model = model
        self.notice = tool_notice()
        self.version, self.about, self.how = QLabel(), QLabel(), QLabel()
        self.notes, self.bar = QPlainTextEdit(), QProgressBar()
        self.buttons = {action: QPushButton(word) for action, word in _words().items()}
        self._arrange()
        model.changed.connect(self.render_state)
        model.folder_wanted.connect(_show_folder)
        for action, button in self.buttons.items():
            button.clicked.connect(lambda _checked=False, action=action: model.act(action))
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Take back what the main window says of it."""
        super().showEvent(event)
        self._model.seen()
        self._focus()

    def render_state(self) -> None:
        """Show the newest state."""
        model = self._model
        self.notice.show_notice(model.notice)
        self.version.setText(model.version)
        # Without a key the line over the content says it.
        self.about.setText(model.about)
        self.about.setVisible(model.can_check)
        self.how.setText(model.how)
        self.how.setVisible(bool(model.how))
        if self.notes.toPlainText() != model.notes:
            self.notes.setPlainText(model.notes)
        self.notes.setVisible(bool(model.notes))
        self.bar.setVisible(model.progress is not None)
        self.bar.setValue(round(100 * (model.progress or 0.0)))
        self.buttons[UpdateAction.DOWNLOAD].setText(model.download_label)
        self._render_actions()

    def _render_actions(self) -> None:
        actions = self._model.actions
        # The focus must not fall on a button of another meaning because the first one went.
        had_focus = any(button.hasFocus() for button in self.buttons.values())
        for action, button in self.buttons.items():
            # While it checks the one that was pressed stays in its place.
            stays = action is UpdateAction.CHECK and not actions and self._model.can_check
            button.setVisible(stays or action in actions)
            button.setEnabled(action in actions)
        if had_focus and not any(button.hasFocus() for button in self.buttons.values()):
            self._focus()

    def _focus(self) -> None:
        shown = (button for button in self.buttons.values() if not button.isHidden())
        target = self.notes if not self.notes.isHidden() else next(shown, self.notes)
        target.setFocus()

    def _arrange(self) -> None:
        self.notes.setReadOnly(True)
        self.notes.setProperty("field", True)
        self.notes.setAccessibleName(tr("Release notes"))
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Download"))
        for label in (self.version, self.about, self.how):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setProperty("quiet", True)
        self.how.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for action in (UpdateAction.DOWNLOAD, UpdateAction.AGREE, UpdateAction.SHOW):
            self.buttons[action].setProperty("main", True)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for button in self.buttons.values():
            button.setAutoDefault(False)
            actions.addWidget(button)
        actions.addStretch(1)
        inside = QVBoxLayout()
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(8)
        inside.addWidget(self.version)
        inside.addWidget(self.notes, 1)
        inside.addWidget(self.how)
        inside.addWidget(self.bar)
        inside.addLayout(actions)
        inside.addWidget(self.about)
        inside.addStretch(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(inside, 1)


def _show_folder(folder: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(folder))


def _words() -> dict[UpdateAction, str]:
    return {
        UpdateAction.AGREE: tr("&Agree and check"),
        UpdateAction.DOWNLOAD: tr("&Download"),
        UpdateAction.CANCEL: tr("&Cancel the download"),
        UpdateAction.SHOW: tr("&Show in folder"),
        UpdateAction.CHECK: tr("Check &now"),
        UpdateAction.DECLINE: tr("&Not now"),
    }
