"""The setting of the daily check: whom it asks, and why it may be impossible."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from spark_desktop.viewmodels.translation import tr
from spark_desktop.viewmodels.updates import UpdatesViewModel
from spark_desktop.views.settings_dialog import SettingsDialog

KEY = "updates.check"


class UpdatesSetting(QObject):
    """Lets the line of the setting say what the build can, and what the user agrees to.

    It goes with the dialog.
    """

    def __init__(self, dialog: SettingsDialog, updates: UpdatesViewModel) -> None:
        super().__init__(dialog)
        self._dialog, self._updates = dialog, updates
        self.line = dialog.line_of(KEY)
        self.open = QPushButton(tr("Updates…"))
        self.open.setToolTip(tr("Check now, read the release notes, download"))
        self.open.setObjectName("updates")
        self.open.setAutoDefault(False)
        self.line.add_below(updates.about if updates.can_check else "", self.open)
        self.open.clicked.connect(dialog.updates_asked)
        # What stands beside the switch is what the user agrees to.
        self.line.control.chosen.connect(self._agree)  # type: ignore[attr-defined]
        updates.changed.connect(self.render_state)
        self.render_state()

    def render_state(self) -> None:
        """Show why it does not work, where it does not."""
        self._dialog.remark(KEY, self._updates.remark)
        self.line.control.setEnabled(self._updates.can_check)

    def _agree(self, is_on: object) -> None:
        if is_on:
            self._updates.agree()
