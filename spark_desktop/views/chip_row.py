"""The items that go with the question, each with its tokens and a way to remove it."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton

from spark_desktop.domain.context_item import ItemRef
from spark_desktop.viewmodels.chips import Chip
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.flow_box import FlowBox
from spark_desktop.views.icons import icon, pixmap
from spark_desktop.views.mention_popup import ICONS
from spark_desktop.views.theme import Theme

_MOST_ROWS = 3


class ChipButton(QToolButton):
    """Removes its chip: clicked, or by Enter, Space, Delete and Backspace."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that remove things."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if event.key() in keys:
            self.click()
        else:
            super().keyPressEvent(event)


class ChipWidget(QFrame):
    """One chip; ``removed`` and ``confirmed`` carry its item."""

    removed = Signal(object)
    confirmed = Signal(object)

    def __init__(self, chip: Chip, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.setProperty("problem", bool(chip.problem))
        self.ref: ItemRef = chip.ref
        color = theme.problem if chip.problem else theme.text_secondary
        sign = QLabel()
        sign.setPixmap(pixmap("problem" if chip.problem else ICONS[chip.ref.kind], color, 2.0))
        self.name = ElidedLabel(chip.label)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setMinimumWidth(24)
        self.tokens = QLabel(chip.tokens)
        self.tokens.setProperty("quiet", True)
        self.button = ChipButton()
        self.button.setIcon(icon("close", theme.text_secondary))
        self.button.setIconSize(QSize(12, 12))
        self.button.setObjectName("chipbutton")
        self.button.setAccessibleName(tr("Remove {name}", name=chip.label))
        self.button.setAccessibleDescription(chip.tooltip)
        self.button.setToolTip(plain_tip(tr("Remove {name}", name=chip.label)))
        self.button.clicked.connect(lambda: self.removed.emit(self.ref))
        self.setToolTip(plain_tip(chip.tooltip))
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 1, 2, 1)
        row.setSpacing(4)
        row.addWidget(sign)
        row.addWidget(self.name, 1)
        row.addWidget(self.tokens)
        self.confirm = self._confirm_button(chip) if chip.waits else None
        if self.confirm is not None:
            row.addWidget(self.confirm)
        row.addWidget(self.button)

    def has_focus(self) -> bool:
        """Return whether one of its buttons has the focus."""
        return self.button.hasFocus() or (self.confirm is not None and self.confirm.hasFocus())

    def _confirm_button(self, chip: Chip) -> QToolButton:
        button = QToolButton()
        button.setObjectName("chipconfirm")
        button.setText(tr("Allow"))
        button.setAccessibleName(
            tr("Allow {name}, which may hold secrets, to be sent", name=chip.label)
        )
        button.setAccessibleDescription(chip.tooltip)
        button.setToolTip(plain_tip(chip.tooltip))
        button.clicked.connect(lambda: self.confirmed.emit(self.ref))
        return button


class ChipRow(QScrollArea):
    """Up to three rows of chips, then it scrolls; hidden without any."""

    removed = Signal(object)
    confirmed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chips: Sequence[Chip] = ()
        self._flow = FlowBox()
        self._flow.setObjectName("chips")
        self.setWidget(self._flow)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def widgets(self) -> list[ChipWidget]:
        """Return the chips' widgets, in order."""
        return [widget for widget in self._flow.widgets if isinstance(widget, ChipWidget)]

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.show_chips(self._chips, anew=True)

    def show_chips(self, chips: Sequence[Chip], anew: bool = False) -> None:
        """Show these chips; the focus stays on the same item, or goes to its neighbour."""
        if tuple(chips) == tuple(self._chips) and not anew:
            return
        self._chips = tuple(chips)
        before = self.widgets
        at = next((n for n, widget in enumerate(before) if widget.has_focus()), None)
        ref = None if at is None else before[at].ref
        made = [ChipWidget(chip, self._theme) for chip in chips]
        for widget in made:
            widget.removed.connect(self.removed)
            widget.confirmed.connect(self.confirmed)
        self._flow.set_widgets(made)
        self.setVisible(bool(chips))
        self._fit()
        if at is not None and chips:
            refs = [chip.ref for chip in chips]
            self.widgets[
                refs.index(ref) if ref in refs else min(at, len(refs) - 1)
            ].button.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for as many rows as the new width needs."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wanted = self._flow.heightForWidth(max(1, self.viewport().width()))
        # Large text in a low window leaves room for fewer rows.
        rows = self.window().height() // (10 * max(1, self._flow.row_height()))
        most = self._flow.height_of(max(1, min(_MOST_ROWS, rows)))
        self._flow.setMinimumHeight(wanted)
        self.setFixedHeight(max(1, min(wanted, most)))
