"""The bottom line: the core's state, the numbers, the model."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from spark_desktop.domain.words import say
from spark_desktop.viewmodels.core import CoreViewModel
from spark_desktop.viewmodels.emulation_words import badge, emulation_tip
from spark_desktop.viewmodels.status import Reading, StatusViewModel
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.elided_label import ElidedLabel
from spark_desktop.views.icons import color_of, pixmap
from spark_desktop.views.share_bar import ShareBar
from spark_desktop.views.theme import Theme

_PACED = say("The endpoint paces its answers as other hardware would.")

# Pixels at the usual size of type; and the characters of the model's name that stay.
_BAR = (48, 6)
_LEAST = 12


class StatusBar(QFrame):
    """Empty readings are hidden; each reading's tooltip says how it was measured."""

    def __init__(self, core: CoreViewModel, status: StatusViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("status")
        self._core, self._status, self._theme = core, status, theme
        self._dot, self._word = QLabel(), QLabel()
        self.speed, self.first_token, self.context = QLabel(), QLabel(), QLabel()
        self.cached, self.split, self.model = QLabel(), QLabel(), ElidedLabel()
        self.cost = QLabel()
        self._context_bar, self._split_bar = ShareBar(), ShareBar()
        self.more = QLabel("…")
        self.emulated = QLabel(badge())
        self.emulated.setObjectName("emulated")
        self._arrange()
        core.changed.connect(self.render_state)
        status.changed.connect(self.render_state)
        self.set_theme(theme)

    @property
    def text(self) -> str:
        """Return what the line says, from left to right."""
        labels = (
            self._word,
            self.speed,
            self.first_token,
            self.context,
            self.cached,
            self.cost,
            self.split,
            self.model,
        )
        return "  ".join(label.text() for label in labels if label.text())

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.setFixedHeight(theme.px(28))
        self.emulated.setFixedHeight(theme.px(20))
        for bar in (self._context_bar, self._split_bar):
            bar.setFixedSize(theme.px(_BAR[0]), theme.px(_BAR[1]))
        self._context_bar.set_colors(theme.link, theme.line)
        self._split_bar.set_colors(theme.text, theme.link)
        self.render_state()

    def put_beside_state(self, widget: QWidget) -> None:
        """Let a widget stand right of the state in words; call ``fit`` where it grows."""
        self._row.insertWidget(2, widget)

    def render_state(self) -> None:
        """Show the newest values."""
        color = color_of(self._core.tone, self._theme)
        self._dot.setPixmap(
            pixmap("streaming", color, self.devicePixelRatioF(), self._theme.px(16))
        )
        self._word.setText(self._core.word)
        status = self._status
        _show(self.speed, status.speed)
        _show(self.first_token, status.first_token)
        _show(self.context, status.context, self._context_bar)
        _show(self.cached, status.cached)
        _show(self.cost, status.cost)
        _show(self.split, status.split, self._split_bar)
        self.model.setText(self._core.label)
        self.model.setToolTip(tr("Where the model runs, and which one it is."))
        emulation = status.emulation
        self.emulated.setVisible(self._core.is_emulated or emulation is not None)
        self.emulated.setToolTip(
            in_language(_PACED) if emulation is None else emulation_tip(emulation)
        )
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Show whole readings only; the tooltip of an ellipsis has those that have no room."""
        shown = [group for group in self._groups if group[0].text()]
        left_out: list[QLabel] = []
        for group in shown:
            _set_visible(group, True)
        self.more.hide()
        while shown and self._needed() > self.width():
            # The last one is the least.
            group = shown.pop()
            _set_visible(group, False)
            left_out.insert(0, group[0])
            self.more.show()
        said = "\n".join(label.text() for label in left_out)
        self.more.setToolTip(said)
        self.more.setAccessibleName(said)

    def _needed(self) -> int:
        """Return the width that everything shown takes, the model's name at its shortest."""
        row = self.layout()
        assert row is not None
        row.invalidate()
        least = self.fontMetrics().averageCharWidth() * _LEAST
        whole = self.model.sizeHint().width()
        return row.sizeHint().width() - max(0, whole - least)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._dot)
        row.addWidget(self._word)
        self._row = row
        self._groups: tuple[tuple[QLabel, QWidget | None], ...] = (
            (self.speed, None),
            (self.first_token, None),
            (self.context, self._context_bar),
            (self.cost, None),
            (self.cached, None),
            (self.split, self._split_bar),
        )
        for label, bar in self._groups:
            # Not a space of the row, which would stay when the reading goes.
            label.setContentsMargins(8, 0, 0, 0)
            row.addWidget(label)
            if bar is not None:
                row.addWidget(bar)
        row.addWidget(self.more)
        row.addStretch(1)
        row.addWidget(self.emulated)
        row.addWidget(self.model)
        self.more.hide()


def _set_visible(group: tuple[QLabel, QWidget | None], is_visible: bool) -> None:
    label, bar = group
    label.setVisible(is_visible)
    if isinstance(bar, ShareBar):
        bar.setVisible(is_visible and bar.has_share)


def _show(label: QLabel, reading: Reading, bar: ShareBar | None = None) -> None:
    label.setText(reading.text)
    label.setToolTip(reading.tip)
    label.setVisible(bool(reading.text))
    if label.property("emulated") != reading.is_emulated:
        label.setProperty("emulated", reading.is_emulated)
        # A style sheet looks at a property again only when the label is polished anew.
        label.style().unpolish(label)
        label.style().polish(label)
    if bar is not None:
        bar.has_share = reading.share is not None
        bar.setVisible(bar.has_share)
        bar.setToolTip(reading.tip)
        bar.set_share(reading.share or 0.0)
