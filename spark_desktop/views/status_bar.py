"""The bottom line: the core's state, the numbers, the model."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from spark_desktop.domain.words import say
from spark_desktop.viewmodels.core import CoreViewModel
from spark_desktop.viewmodels.emulation_words import BADGE, emulation_tip
from spark_desktop.viewmodels.status import Reading, StatusViewModel
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.icons import color_of, pixmap
from spark_desktop.views.share_bar import ShareBar
from spark_desktop.views.theme import Theme

_PACED = say("The endpoint paces its answers as other hardware would.")


class StatusBar(QFrame):
    """Empty readings are hidden; each reading's tooltip says how it was measured."""

    def __init__(self, core: CoreViewModel, status: StatusViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("status")
        self._core, self._status, self._theme = core, status, theme
        self._dot, self._word = QLabel(), QLabel()
        self.speed, self.first_token, self.context = QLabel(), QLabel(), QLabel()
        self.cached, self.split, self.model = QLabel(), QLabel(), QLabel()
        self.cost = QLabel()
        self._context_bar, self._split_bar = ShareBar(), ShareBar()
        self.emulated = QLabel(BADGE)
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
        self._context_bar.set_colors(theme.link, theme.line)
        self._split_bar.set_colors(theme.text, theme.link)
        self.render_state()

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

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        groups = (
            (self._dot, self._word),
            (self.speed,),
            (self.first_token,),
            (self.context, self._context_bar),
            (self.cached,),
            (self.cost,),
            (self.split, self._split_bar),
        )
        for group in groups:
            for widget in group:
                row.addWidget(widget)
            row.addSpacing(8)
        row.addStretch(1)
        row.addWidget(self.emulated)
        row.addWidget(self.model)


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
        bar.setVisible(reading.share is not None)
        bar.setToolTip(reading.tip)
        bar.set_share(reading.share or 0.0)
