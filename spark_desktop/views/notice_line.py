"""Shows one notice: what is happening, why, and the one main action."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.notice import Intent, Notice
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.theme import Theme

# Pixels: about 70 characters, which the eye follows without effort.
_COLUMN = 440
_GAP = 12
_BAR = 120


class NoticeLine(QFrame):
    """Hidden while there is nothing to say; ``intent`` carries what the button asks for."""

    intent = Signal(object)

    def __init__(self, *, strip: bool = False, narrow: bool = False) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("strip", strip)
        self._is_strip = strip
        self._intents: list[Intent] = []
        self._text, self._hint = QLabel(), QLabel()
        for label in (self._text, self._hint):
            label.setWordWrap(narrow or not strip)
            label.setTextFormat(Qt.TextFormat.PlainText)
            if narrow:
                label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hint.setProperty("quiet", True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Download"))
        self._bar.setFixedWidth(_BAR)
        self._button, self._other, self._never = QPushButton(), QPushButton(), QPushButton()
        # Enter in a field of a dialog presses no button that says no.
        self._other.setAutoDefault(False)
        self._never.setAutoDefault(False)
        for place, button in enumerate(self._buttons):
            button.clicked.connect(lambda _checked=False, place=place: self._clicked(place))
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._arrange(strip)
        self.show_notice(None)

    @property
    def text(self) -> str:
        """Return what stands in the line, hint included."""
        return " ".join(part for part in (self._text.text(), self._hint.text()) if part)

    @property
    def button(self) -> QPushButton:
        """Return the button of the main action."""
        return self._button

    @property
    def other(self) -> QPushButton:
        """Return the button of the second way, such as to say no; hidden where there is none."""
        return self._other

    @property
    def never(self) -> QPushButton:
        """Return the button that says no for good, hidden where nobody could."""
        return self._never

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self._button, self._other, self._never

    def show_notice(self, notice: Notice | None, progress: float | None = None) -> None:
        """Show ``notice``, with a bar where ``progress`` (0 to 1) is known; None hides the line."""
        self.setVisible(notice is not None)
        if notice is None:
            self._text.clear()
            self._hint.clear()
            self._intents = []
            return
        self._text.setText(in_language(notice.text))
        if self._text.property("tone") != notice.tone.value:
            self._text.setProperty("tone", notice.tone.value)
            _restyle(self._text)
        self._hint.setText(in_language(notice.hint))
        self._hint.setVisible(bool(notice.hint))
        self._bar.setVisible(progress is not None)
        if progress is not None:
            self._bar.setValue(round(progress * 100))
        wanted = (notice.action, notice.other, notice.never)
        actions = [action for action in wanted if action is not None]
        self._intents = [action.intent for action in actions]
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(actions))
        for button, action in zip(self._buttons, actions, strict=False):
            button.setText(in_language(action.label))
            button.setAccessibleDescription(self.text)
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the hint below the text where both do not fit beside each other."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        if not self._is_strip:
            return
        labels = (self._text, self._hint)
        # isHidden, since the whole line may not be on the screen yet.
        needed = sum(label.fontMetrics().horizontalAdvance(label.text()) for label in labels)
        needed += 0 if self._bar.isHidden() else _BAR
        for button in self._buttons:
            needed += 0 if button.isHidden() else button.sizeHint().width()
        # Two margins and the gaps, and a little for what the labels keep around their text.
        gaps = 6 if self._never.isHidden() else 7
        is_long = needed + gaps * _GAP > self.width() or "\n" in self._text.text()
        for label in labels:
            label.setWordWrap(is_long)
        way = QBoxLayout.Direction
        self._words.setDirection(way.TopToBottom if is_long else way.LeftToRight)
        self._words.setSpacing(2 if is_long else _GAP)

    def _arrange(self, strip: bool) -> None:
        side = Qt.AlignmentFlag.AlignLeft
        if strip:
            row = QHBoxLayout(self)
            row.setContentsMargins(12, 6, 12, 6)
            row.setSpacing(12)
            self._words.setSpacing(_GAP)
            self._words.addWidget(self._text)
            # Aligned, or no text below it would be wider than the bar.
            self._words.addWidget(self._bar, 0, side | Qt.AlignmentFlag.AlignVCenter)
            self._words.addWidget(self._hint)
            self._words.addStretch(1)
            row.addLayout(self._words, 1)
            for button in self._buttons:
                row.addWidget(button)
            return
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        for label in (self._text, self._hint):
            column.addWidget(label)
        column.addWidget(self._bar, 0, side)
        column.addSpacing(4)
        for button in self._buttons:
            column.addWidget(button, 0, side)

    def _clicked(self, place: int) -> None:
        if place < len(self._intents):
            self.intent.emit(self._intents[place])


class Centred(QFrame):
    """Holds widgets in a column of about 70 characters, a little above the middle."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout()
        column.addStretch(2)
        for widget in widgets:
            # No alignment: an aligned label would not get the height that its wrapped text needs.
            column.addWidget(widget)
        column.addStretch(3)
        self._column, self._widgets = _COLUMN, widgets
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
        self._fit()

    def set_theme(self, theme: Theme) -> None:
        """Take the width that type of this size needs."""
        self._column = theme.px(_COLUMN)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be no wider than there is room."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return no width: the column follows the room."""
        return QSize(0, super().minimumSizeHint().height())

    def _fit(self) -> None:
        room = self.width() - 4 * _GAP
        for widget in self._widgets:
            widget.setFixedWidth(max(1, min(self._column, room)))


def _restyle(widget: QWidget) -> None:
    # A style sheet looks at a property again only when the widget is polished anew.
    widget.style().unpolish(widget)
    widget.style().polish(widget)
