"""What is left of an account's limits, a small bar and a line each."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from spark_desktop.viewmodels.endpoint_limits import LimitBar
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.views.share_bar import ShareBar
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type.
_BAR, _HEIGHT = 72, 6
# Below this share a limit is about to be reached.
_LITTLE = 0.15


class LimitLines(QWidget):
    """Hidden while nothing is known."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.lines: list[_Line] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._shown: tuple[LimitBar, ...] = ()
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        for line, bar in zip(self.lines, self._shown, strict=False):
            line.show_bar(bar, theme)

    def show_bars(self, bars: tuple[LimitBar, ...]) -> None:
        """Show these limits instead of those before."""
        self._shown = bars
        while len(self.lines) < len(bars):
            self.lines.append(_Line())
            self._column.addWidget(self.lines[-1])
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(bars))
            if place < len(bars):
                line.show_bar(bars[place], self._theme)
        self.setVisible(bool(bars))


class _Line(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.name, self.bar, self.text = QLabel(), ShareBar(), QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for label in (self.name, self.text):
            label.setProperty("quiet", True)
        self.text.setWordWrap(True)
        row.addWidget(self.bar)
        row.addWidget(self.name)
        row.addWidget(self.text, 1)

    def show_bar(self, bar: LimitBar, theme: Theme) -> None:
        """Show one limit."""
        self.name.setText(bar.name)
        self.text.setText(bar.text)
        self.setToolTip(plain_tip(bar.tip))
        self.setAccessibleName(f"{bar.name}: {bar.text}")
        self.bar.setFixedSize(theme.px(_BAR), theme.px(_HEIGHT))
        self.bar.set_colors(theme.warning if bar.share < _LITTLE else theme.link, theme.line)
        self.bar.set_share(bar.share)
