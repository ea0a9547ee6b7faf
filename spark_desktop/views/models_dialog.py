"""The window of the models: the list, and what can be done with the chosen one."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.model_rows import ModelAction, ModelRow, step_text
from spark_desktop.viewmodels.models import ModelsViewModel
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, ToolWindow, tool_notice

_SIZE = (960, 460)


class ModelsDialog(ToolWindow):
    """Draws the rows; a button does what it says with the chosen row."""

    def __init__(self, parent: QWidget, model: ModelsViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("Models"), theme)
        self._model = model
        self._chosen: str | None = None
        headings = (tr("Model"), tr("Size"), tr("Speed here"), tr("Licence"), tr("State"))
        self.table = Table(tr("Models"), headings, wide=2)
        self.notice = tool_notice()
        self.detail, self.place = QLabel(), QLabel()
        self.bar, self.import_bar = _bar(tr("Download")), _bar(tr("Copy"))
        self.buttons = {action: QPushButton(text) for action, text in _words().items()}
        self.bring_in = QPushButton(tr("&Import a GGUF file…"))
        self.stop_import = QPushButton(tr("Stop c&opying"))
        self._arrange()
        self._connect()
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what is here whenever the window comes up."""
        super().showEvent(event)
        self._model.refresh()
        self.table.setFocus()

    def render_state(self) -> None:
        """Show the newest state."""
        rows = self._model.rows
        self.notice.show_notice(self._model.notice)
        self.table.show_rows([self._cells(row) for row in rows])
        self.place.setText(self._model.place)
        importing = self._model.importing
        step = None if importing is None else importing.step
        self.import_bar.setVisible(importing is not None)
        self.import_bar.setValue(round(100 * ((importing and importing.progress) or 0.0)))
        self.import_bar.setToolTip("" if step is None else step_text(step))
        self.stop_import.setVisible(importing is not None)
        self.bring_in.setEnabled(importing is None)
        self._render_chosen()

    def _render_chosen(self) -> None:
        row = self._row()
        self.detail.setText("" if row is None else row.detail)
        self.bar.setVisible(row is not None and row.progress is not None)
        self.bar.setValue(round(100 * ((row and row.progress) or 0.0)))
        actions = () if row is None else row.actions
        # The focus must not fall on a button of another meaning because the first one went.
        had_focus = any(button.hasFocus() for button in self.buttons.values())
        for action, button in self.buttons.items():
            button.setVisible(action in actions)
            button.setAccessibleDescription("" if row is None else f"{row.name}: {row.detail}")
        if had_focus and not any(button.hasFocus() for button in self.buttons.values()):
            self.table.setFocus()

    def _row(self) -> ModelRow | None:
        rows, number = self._model.rows, self.table.currentRow()
        return rows[number] if 0 <= number < len(rows) else None

    def _cells(self, row: ModelRow) -> tuple[Cell, ...]:
        plain = Tone.PLAIN if row.is_current else Tone.MUTED
        return (
            Cell(row.name, self.theme, Tone.PLAIN, row.choice),
            Cell(row.size, self.theme, plain),
            Cell(row.speed, self.theme, plain, row.speed_tip),
            Cell(row.licence, self.theme, plain),
            Cell(row.state, self.theme, row.tone, row.detail),
        )

    def _arrange(self) -> None:
        for label in (self.detail, self.place):
            label.setProperty("quiet", True)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for button in self.buttons.values():
            actions.addWidget(button)
        self.buttons[ModelAction.USE].setProperty("main", True)
        actions.addWidget(self.bar)
        actions.addStretch(1)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self.place, 1)
        for widget in (self.import_bar, self.stop_import, self.bring_in):
            bottom.addWidget(widget)
        inside = QVBoxLayout()
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(8)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.detail)
        inside.addLayout(actions)
        inside.addLayout(bottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(inside, 1)
        # Enter must not press whichever button Qt would choose.
        for button in (*self.buttons.values(), self.bring_in, self.stop_import):
            button.setAutoDefault(False)

    def _connect(self) -> None:
        self._model.changed.connect(self.render_state)
        self.table.currentCellChanged.connect(lambda *_cells: self._render_chosen())
        for action, button in self.buttons.items():
            button.clicked.connect(lambda _checked=False, action=action: self._act(action))
        self.bring_in.clicked.connect(self._choose_file)
        self.stop_import.clicked.connect(self._model.stop_import)

    def _act(self, action: ModelAction) -> None:
        row = self._row()
        if row is not None:
            self._model.act(row.choice, action)

    def _choose_file(self) -> None:
        kinds = tr("Model files (*.gguf)")
        dialog = QFileDialog(self, tr("Import a model"), str(Path.home()), kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._model.import_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _bar(name: str) -> QProgressBar:
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setAccessibleName(name)
    bar.setFixedWidth(160)
    return bar


def _words() -> dict[ModelAction, str]:
    return {
        ModelAction.USE: tr("&Use this model"),
        ModelAction.PULL: tr("&Download"),
        ModelAction.RESUME: tr("&Resume"),
        ModelAction.PAUSE: tr("&Pause"),
        ModelAction.CANCEL: tr("&Cancel the download"),
        ModelAction.MEASURE: tr("&Measure"),
        ModelAction.STOP: tr("&Stop"),
        ModelAction.REMOVE: tr("Re&move…"),
        ModelAction.CONFIRM_REMOVE: tr("&Remove"),
        ModelAction.KEEP: tr("&Keep"),
    }
