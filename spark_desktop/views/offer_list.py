"""Over the inbox: what saves would have started, each with the button that starts it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.offers import OfferRow, OffersViewModel
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme

# Entries that are seen at once; more of them are scrolled to.
_MOST = 2
_ICON = 14


class OfferLine(QFrame):
    """One entry: its reason in full, Start, and a button that takes it off the list."""

    def __init__(self, row: OfferRow, model: OffersViewModel, theme: Theme) -> None:
        super().__init__()
        self.row = row
        self.text = QLabel(row.text)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setProperty("small", True)
        self.text.setToolTip(plain_tip(row.tip))
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.start = QPushButton(row.button)
        self.start.setAccessibleName(f"{row.button}: {row.text}")
        self.start.setToolTip(plain_tip(row.tip))
        self.close_button = QToolButton()
        self.close_button.setIcon(icon("close", theme.text_secondary))
        self.close_button.setIconSize(QSize(_ICON, _ICON))
        self.close_button.setToolTip(tr("Not now"))
        self.close_button.setAccessibleName(tr("Not now: {reason}", reason=row.text))
        self.start.clicked.connect(lambda: model.start(row.id))
        self.close_button.clicked.connect(lambda: model.dismiss(row.id))
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.start)
        line.addStretch(1)
        line.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 4)
        column.setSpacing(4)
        column.addWidget(self.text)
        column.addLayout(line)


class OfferList(QScrollArea):
    """Hidden while nothing is offered; ``fitted`` says that it has another height."""

    fitted = Signal()

    def __init__(self, model: OffersViewModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.lines: list[OfferLine] = []
        self._inside = QWidget()
        self._inside.setObjectName("sidepage")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its buttons take the focus, and bring themselves into view.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        model.changed.connect(self.render_rows)
        self.render_rows()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.render_rows()

    def render_rows(self) -> None:
        """Show what is offered, the newest first; the focus stays in the list while it can."""
        place = next((n for n, one in enumerate(self.lines) if _has_focus(one)), None)
        for line in self.lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [OfferLine(row, self._model, self._theme) for row in self._model.rows]
        for line in self.lines:
            self._column.addWidget(line)
        self.setVisible(bool(self.lines))
        self._fit()
        if place is not None and self.lines:
            self.lines[min(place, len(self.lines) - 1)].start.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the texts need at this width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height = sum(self._height_of(line) for line in self.lines[:_MOST])
        is_news = height != self.maximumHeight()
        self.setFixedHeight(height)
        if is_news:
            self.fitted.emit()

    def _height_of(self, line: OfferLine) -> int:
        layout = line.layout()
        assert layout is not None
        width = self.width() - self.verticalScrollBar().sizeHint().width()
        return max(layout.heightForWidth(width), line.sizeHint().height())


def _has_focus(line: OfferLine) -> bool:
    return line.start.hasFocus() or line.close_button.hasFocus()
