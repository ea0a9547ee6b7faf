"""The control for the user's own commands: one a line, with the pattern of its files."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from spark_desktop.domain.project_checks import CommandError, commands_in, lines_of
from spark_desktop.viewmodels.translation import in_language, tr

_LINES = 5


class CommandsControl(QWidget):
    """What is written is used when the focus leaves it, and only as a whole."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.lines, self.problem = QPlainTextEdit(), QLabel()
        self._shown: str | None = None
        self.lines.setPlaceholderText(tr("Such as *.py: ruff check {file}", file="{file}"))
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.lines.setProperty("field", True)
        # Tab goes on to the next setting; commands have none.
        self.lines.setTabChangesFocus(True)
        self.lines.installEventFilter(self)
        self.problem.setProperty("tone", "warning")
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.hide()
        self.setFocusProxy(self.lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self.lines)
        column.addWidget(self.problem)
        self._fit()

    def show_value(self, value: object) -> None:
        """Show commands; what is half written stays while they are the same."""
        text = lines_of(value) if isinstance(value, Mapping) else ""
        if text != self._shown:
            self._shown = text
            self.lines.setPlainText(text)
            self._tell("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Use what is written when it loses the focus."""
        if watched is self.lines and event.type() == QEvent.Type.FocusOut:
            self.finish()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the height that lines of another size need."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def finish(self) -> None:
        """Tell of the commands that are written, or say what is wrong with them."""
        text = self.lines.toPlainText()
        try:
            commands = commands_in(text)
        except CommandError as error:
            self._tell(in_language(error.said))
            return
        self._tell("")
        if lines_of(commands) != self._shown:
            # In the form in which they will be shown: that is not another value then.
            self._shown = lines_of(commands)
            self.chosen.emit(commands)

    def _tell(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _fit(self) -> None:
        frame = 2 * self.lines.frameWidth() + int(2 * self.lines.document().documentMargin())
        bar = self.lines.horizontalScrollBar().sizeHint().height()
        height = _LINES * self.lines.fontMetrics().lineSpacing() + frame + bar
        self.lines.setFixedHeight(height)
