"""The line that says that earlier turns were summed up, with the summary itself."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from spark_desktop.viewmodels.compaction import CompactionViewModel
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.icons import icon
from spark_desktop.views.theme import Theme


class CompactionRow(QFrame):
    """Hidden while there is nothing to say; the summary unfolds in place."""

    def __init__(self, model: CompactionViewModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._is_open = False
        self.line = QLabel()
        self.summary = QLabel()
        for label in (self.line, self.summary):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.line.setProperty("small", True)
        self.summary.setProperty("quiet", True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setToolTip(tr("Ask without summing up; the oldest turns may be left out"))
        self.cancel.clicked.connect(model.skip)
        self.button = QToolButton()
        self.button.clicked.connect(self._fold)
        self.close_button = QToolButton()
        self.close_button.setAccessibleName(tr("Hide this line"))
        self.close_button.setToolTip(tr("Hide this line"))
        self.close_button.clicked.connect(model.dismiss)
        self._arrange()
        model.changed.connect(self.render_state)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.close_button.setIcon(icon("close", theme.text_secondary))
        self.render_state()

    def render_state(self) -> None:
        """Show how far the summing up came."""
        model = self._model
        self._is_open = self._is_open and bool(model.summary)
        self.setVisible(bool(model.text))
        self.line.setText(model.text)
        self.summary.setText(model.summary)
        self.summary.setVisible(self._is_open)
        self.cancel.setVisible(model.is_running)
        self.button.setVisible(bool(model.summary))
        self.close_button.setVisible(not model.is_running)
        words = tr("Hide the summary") if self._is_open else tr("Show the summary")
        self.button.setIcon(
            icon("chevron-down" if self._is_open else "chevron-right", self._theme.text_secondary)
        )
        self.button.setAccessibleName(words)
        self.button.setToolTip(words)

    def _fold(self) -> None:
        self._is_open = not self._is_open
        self.render_state()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.button)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.summary)
