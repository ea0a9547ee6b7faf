"""A part of an answer that found no place: why, and where to put it."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QLabel, QPushButton

from spark_desktop.domain.proposal import FailedBlock
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.review_words import failed_text
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.flow_layout import FlowLayout


class FailedParts(QFrame):
    """Is about the first part that waits; the others follow when it is placed or dropped.

    The diff shows what it wants; here it can be placed with the keyboard as well.
    ``place_wanted`` is for the selected lines, ``nearest_wanted`` for those most like it;
    ``ended`` says that what had the focus here is hidden.
    """

    place_wanted = Signal(str)
    nearest_wanted = Signal(str)
    drop_wanted = Signal(str)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bottom")
        self._part: FailedBlock | None = None
        self.said = QLabel()
        self.place = QPushButton(tr("Place at the selection"))
        self.nearest, self.drop = QPushButton(), QPushButton(tr("Drop"))
        self.place.setToolTip(tr("Let this part replace the lines that are selected in the diff"))
        self.drop.setToolTip(tr("Go on without this part"))
        self._arrange()
        self.place.clicked.connect(lambda: self._emit(self.place_wanted))
        self.nearest.clicked.connect(lambda: self._emit(self.nearest_wanted))
        self.drop.clicked.connect(lambda: self._emit(self.drop_wanted))
        self.hide()

    @property
    def part(self) -> FailedBlock | None:
        """Return the part that is shown."""
        return self._part

    def show_parts(self, parts: tuple[FailedBlock, ...]) -> None:
        """Show what waits for a place; nothing without any."""
        self._part = parts[0] if parts else None
        focused = self.focusWidget()
        had_focus = focused is not None and focused.hasFocus()
        self.setVisible(bool(parts))
        if self._part is None:
            if had_focus:
                self.ended.emit()
            return
        self.said.setText(tr("%n part(s) of the answer found no place", "", len(parts)))
        reason = failed_text(self._part)
        self.said.setToolTip(plain_tip(reason))
        for button in (self.place, self.nearest, self.drop):
            button.setAccessibleDescription(reason)
        near = self._part.nearest
        self.nearest.setVisible(near is not None)
        if near is not None:
            first, last = near.start + 1, max(near.start + 1, near.end)
            self.nearest.setText(tr("Place at lines {first} to {last}", first=first, last=last))

    def _emit(self, signal: SignalInstance) -> None:
        if self._part is not None:
            signal.emit(self._part.id)

    def _arrange(self) -> None:
        self.said.setProperty("tone", "warning")
        row = FlowLayout(8)
        row.setContentsMargins(12, 8, 12, 8)
        for widget in (self.said, self.place, self.nearest, self.drop):
            row.addWidget(widget)
        self.setLayout(row)
