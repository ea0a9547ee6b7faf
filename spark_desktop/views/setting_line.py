"""One setting in the dialog: its title, one line of help, its control, its name in the file."""

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.settings_rows import Category, Kind, SettingRow
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.setting_controls import Control, control_of
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_CONTROL, _HEIGHT, _NARROW = 200, 26, 400


class SettingLine(QFrame):
    """What is chosen here takes effect at once."""

    def __init__(self, row: SettingRow, model: SettingsViewModel, theme: Theme) -> None:
        super().__init__()
        self.row = row
        self._model, self._theme = model, theme
        self._is_narrow: bool | None = None
        self._grid = QGridLayout(self)
        self.control = control_of(row)
        self.reset, self.remark = QPushButton(tr("Reset")), QLabel()
        self._arrange()
        self.set_theme(theme)
        self._control.chosen.connect(lambda value: model.set(row.key, value))
        self.reset.clicked.connect(self._reset)
        self.render_state()

    def set_theme(self, theme: Theme) -> None:
        """Take the room that type of this size needs."""
        self._theme = theme
        if self.row.kind is not Kind.SWITCH:
            self.control.setMinimumSize(theme.px(_CONTROL), theme.px(_HEIGHT))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the control under the words where both have no room beside each other."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Lines of commands are long.
        is_wide = self.row.kind is Kind.COMMANDS
        is_narrow = is_wide or self.width() < self._theme.px(_NARROW)
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        # Adding it once more moves it.
        if is_wide:
            self._grid.addWidget(self.control, 3, 0, 1, 2)
        elif is_narrow:
            self._grid.addWidget(self.control, 3, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        else:
            self._grid.addWidget(self.control, 0, 1, 2, 1, Qt.AlignmentFlag.AlignRight)

    def render_state(self) -> None:
        """Show the value in use."""
        self._control.show_value(self._model.value(self.row.key))
        self.reset.setVisible(not self._model.is_default(self.row.key))
        remark = self._model.remark(self.row.key)
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self.control.setAccessibleDescription(f"{self.row.help} {remark}".strip())

    def add_below(self, text: str, widget: QWidget) -> None:
        """Put more words, if any, and a widget under what the line shows."""
        more = QLabel(text)
        more.setProperty("quiet", True)
        more.setWordWrap(True)
        more.setTextFormat(Qt.TextFormat.PlainText)
        more.setVisible(bool(text))
        more.setContentsMargins(0, 4, 0, 4)
        self._grid.addWidget(more, 5, 0, 1, 2)
        self._grid.setRowMinimumHeight(5, 4)
        self._grid.addWidget(widget, 6, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)

    @property
    def _control(self) -> Control:
        return cast(Control, self.control)

    def _reset(self) -> None:
        # The button goes; the focus must not go with it.
        self.control.setFocus()
        self._model.reset(self.row.key)

    def _arrange(self) -> None:
        title, said, key = QLabel(self.row.title), QLabel(self.row.help), QLabel()
        key.setText(self.row.name_in_file)
        title.setProperty("strong", True)
        title.setBuddy(self.control)
        self.remark.setProperty("tone", "warning")
        for label in (title, said, self.remark):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (said, key):
            label.setProperty("quiet", True)
        key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        is_own = self.row.category is Category.PROJECT
        key.setToolTip(
            tr("Its name in the file, in the table of this project")
            if is_own
            else tr("Its name in the file")
        )
        self.reset.setToolTip(tr("Use the default again"))
        self.reset.setAccessibleName(tr("Reset {title}", title=self.row.title))
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        if self.row.kind is not Kind.COMMANDS:
            self.control.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        grid = self._grid
        grid.setContentsMargins(0, 8, 0, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.addWidget(title, 0, 0)
        grid.addWidget(said, 1, 0)
        grid.addWidget(key, 2, 0)
        grid.addWidget(self.reset, 2, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.remark, 4, 0, 1, 2)
        grid.setColumnStretch(0, 1)
