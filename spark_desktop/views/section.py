"""A heading with a count that folds what stands under it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme

# Qt's own limit of a widget's height, in pixels.
_ANY = 16_777_215


class Section(QWidget):
    """``folded`` tells the new state, for whoever remembers it."""

    folded = Signal(bool)

    def __init__(self, title: str, body: QWidget, theme: Theme, *, is_open: bool = True) -> None:
        super().__init__()
        self._title = title
        self._theme = theme
        self._body = body
        self._most = _ANY
        self._header = QToolButton()
        self._header.setObjectName("section")
        self._header.setCheckable(True)
        self._header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._header.toggled.connect(self._toggled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(body, 1)
        self.set_count(0)
        self._header.setChecked(is_open)
        self._toggled(is_open)

    @property
    def is_open(self) -> bool:
        """Return whether the body is shown."""
        return self._header.isChecked()

    @property
    def heading(self) -> str:
        """Return the heading with its count."""
        return self._header.text()

    def set_count(self, count: int) -> None:
        """Show how many entries stand under the heading."""
        self._header.setText(f"{self._title}  {count}" if count else self._title)

    def set_open(self, is_open: bool) -> None:
        """Fold or unfold."""
        self._header.setChecked(is_open)

    def limit(self, height: int | None) -> None:
        """Let the body be no higher than so many pixels, lest a gap opens; None for no limit."""
        self._most = _ANY if height is None else height
        self._limit_height()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self._show_chevron()

    def _toggled(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        vertical = QSizePolicy.Policy.Preferred if is_open else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        self._limit_height()
        self._show_chevron()
        self.folded.emit(is_open)

    def _limit_height(self) -> None:
        # Folded it has the heading's height by its policy, which a limit would overrule.
        head = self._header.sizeHint().height()
        self.setMaximumHeight(min(head + self._most, _ANY) if self.is_open else _ANY)

    def _show_chevron(self) -> None:
        name = "chevron-down" if self.is_open else "chevron-right"
        self._header.setIcon(icon(name, self._theme.text_secondary))
