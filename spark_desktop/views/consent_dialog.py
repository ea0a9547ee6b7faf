"""What allowing a project's own commands means: which they are, and what they can do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.consent import ConsentViewModel, sandbox_text
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.form_controls import TickBox
from spark_desktop.views.theme import Theme

# Pixels at the usual size of type, and the lines that are seen without scrolling.
_SIZE, _LINES = (560, 420), 5


class ConsentDialog(QDialog):
    """Made for one question; *Allow* answers it, everything else leaves it as it is.

    It closes with the question: what it shows must not count for another project.

    Where there is no sandbox, *Allow* can be pressed only after a second choice of its own.
    """

    def __init__(self, model: ConsentViewModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Checks of the project"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._model = model
        self.lines, self.sandbox, self.unshut = QListWidget(), QLabel(), TickBox()
        self.allow, self.cancel = QPushButton(tr("Allow")), QPushButton(tr("Not now"))
        self._fill()
        self._arrange()
        self.resize(
            min(theme.px(_SIZE[0]), parent.window().width()),
            min(theme.px(_SIZE[1]), parent.window().height()),
        )
        self.unshut.toggled.connect(self._render_allow)
        self.allow.clicked.connect(self._allow)
        self.cancel.clicked.connect(self.reject)
        model.ended.connect(self._end)
        self._render_allow()

    def _fill(self) -> None:
        needed = self._model.needed
        if needed is None:
            return
        self.lines.addItems(list(needed.lines))
        self.sandbox.setText(sandbox_text(needed))
        self.sandbox.setProperty("tone", "plain" if needed.sandboxing.works else "warning")
        self.unshut.setVisible(not needed.sandboxing.works)

    def _render_allow(self) -> None:
        needed = self._model.needed
        is_shut_in = needed is not None and needed.sandboxing.works
        self.allow.setEnabled(is_shut_in or self.unshut.isChecked())

    def _allow(self) -> None:
        # Closed first: the answer ends the question, which would close it as well.
        self.accept()
        self._model.allow(without_sandbox=self.unshut.isChecked())

    def _end(self) -> None:
        if self.isVisible():
            self.reject()

    def _arrange(self) -> None:
        heading = QLabel(tr("Run this project's own checks on each proposal?"))
        heading.setProperty("strong", True)
        root = QLabel(str(self._model.root or ""))
        found = QLabel(tr("For the file that was just changed these would run:"))
        others = QLabel(
            tr(
                "For another file others of the project's tools may run. You can take this back "
                "in the settings, under This project."
            )
        )
        self.unshut.setText(tr("Run them without a sandbox all the same"))
        self.unshut.setAccessibleDescription(self.sandbox.text())
        self.lines.setAccessibleName(tr("Commands of the project"))
        self.lines.setMinimumHeight(_LINES * self.lines.fontMetrics().lineSpacing())
        for label in (root, others):
            label.setProperty("quiet", True)
        for label in (heading, root, found, self.sandbox, others):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.allow.setProperty("main", True)
        # Enter, pressed by habit, must not say yes.
        self.allow.setAutoDefault(False)
        self.cancel.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.allow)
        buttons.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for widget in (heading, root, found):
            column.addWidget(widget)
        column.addWidget(self.lines, 1)
        column.addWidget(self.sandbox)
        column.addWidget(self.unshut)
        column.addWidget(others)
        column.addLayout(buttons)
