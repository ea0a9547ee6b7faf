"""The line over the whole window: what is told outside of any one region."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from spark_desktop.viewmodels.notice import Action, Intent, Notice
from spark_desktop.viewmodels.translation import in_language, tr


class Told(QObject):
    """Notices by what they are about; the newest is shown, the others wait under it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._notices: dict[str, Notice] = {}

    @property
    def notice(self) -> Notice | None:
        """Return what is shown; None where there is nothing to say."""
        return next(reversed(self._notices.values()), None)

    def tell(self, about: str, notice: Notice | None) -> None:
        """Show a notice in place of an earlier one about the same; None takes it back.

        One without an action gets one that takes it away.
        """
        before = self.notice
        self._notices.pop(about, None)
        if notice is not None:
            action = notice.action or Action(tr("Dismiss"), Intent.DISMISS)
            text, hint = in_language(notice.text), in_language(notice.hint)
            self._notices[about] = replace(notice, text=text, hint=hint, action=action)
        if self.notice != before:
            self.changed.emit()

    def dismiss(self) -> None:
        """Take away what is shown."""
        if self._notices:
            self.tell(next(reversed(self._notices)), None)
