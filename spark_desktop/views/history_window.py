"""The window of the history: every step, its hunks, and the ways back."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QHideEvent, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.viewmodels.history import HistoryViewModel, PartRow, StepRow
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.diff_layouts import code_font
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, ToolWindow, tool_notice

_SIZE = (900, 620)
_GAP = 8


class HistoryWindow(ToolWindow):
    """Draws the steps and the hunks of the chosen one; Enter on a hunk switches it."""

    def __init__(self, parent: QWidget, model: HistoryViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("History"), theme)
        self._model = model
        self._is_drawing = False
        self.notice = tool_notice()
        headings = (tr("Step"), tr("Files"), tr("Lines"), tr("When"), tr("State"))
        self.steps = Table(tr("Steps"), headings, wide=0)
        columns = (tr("Change"), tr("Where"), tr("State"))
        self.parts = Table(tr("Hunks of the step"), columns, wide=0)
        self.lines = QPlainTextEdit()
        self.undo, self.redo = QPushButton(tr("&Undo")), QPushButton(tr("&Redo"))
        self.undo_turn = QPushButton(tr("Undo the whole &turn"))
        self.restore = QPushButton(tr("Restore to &before this"))
        self.switch = QPushButton(tr("Undo this &hunk"))
        self.room = QLabel()
        self._arrange()
        self._connect()
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.lines.setFont(code_font(theme.font_size, theme.code_family))
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the history while the window is shown."""
        super().showEvent(event)
        self._model.follow(True)
        self.steps.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Read nothing while nobody looks."""
        super().hideEvent(event)
        self._model.follow(False)

    def render_state(self) -> None:
        """Show the newest steps, and the hunks of the chosen one."""
        model = self._model
        self._is_drawing = True
        self.notice.show_notice(model.notice)
        self.steps.show_rows([self._step_cells(row) for row in model.rows])
        if model.chosen >= 0 and model.chosen != self.steps.currentRow():
            self.steps.setCurrentCell(model.chosen, 0)
        self.parts.show_rows([self._part_cells(part) for part in model.parts])
        self._is_drawing = False
        self.room.setText(model.room or tr("Nothing was applied here."))
        self.undo.setEnabled(model.can_undo)
        self.redo.setEnabled(model.can_redo)
        self.undo_turn.setEnabled(model.can_undo_turn)
        self.restore.setEnabled(model.chosen >= 0)
        self._render_part()

    def _render_part(self) -> None:
        row = self.parts.currentRow()
        parts = self._model.parts
        part = parts[row] if 0 <= row < len(parts) else None
        self.switch.setEnabled(self._model.can_switch(row))
        is_undone = part is not None and part.is_undone
        self.switch.setText(tr("Redo this &hunk") if is_undone else tr("Undo this &hunk"))
        self.lines.clear()
        for number, (sign, line) in enumerate(part.lines if part else ()):
            self._put(sign, line, number)
        self.lines.moveCursor(QTextCursor.MoveOperation.Start)

    def _put(self, sign: str, line: str, number: int) -> None:
        theme = self.theme
        form = QTextCharFormat()
        is_new = sign == "+"
        form.setForeground(QColor(theme.added_text if is_new else theme.removed_text))
        form.setBackground(QColor(theme.added_line if is_new else theme.removed_line))
        cursor = self.lines.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText("\n" * bool(number) + f"{sign} {line}", form)

    def _step_cells(self, row: StepRow) -> tuple[Cell, ...]:
        tone = Tone.MUTED if row.tone is Tone.MUTED else Tone.PLAIN
        cells = [Cell(text, self.theme, tone, row.tip) for text in (row.title, row.files)]
        cells += [Cell(text, self.theme, Tone.MUTED, row.tip) for text in (row.counts, row.age)]
        return (*cells, Cell(row.state, self.theme, row.tone, row.tip))

    def _part_cells(self, part: PartRow) -> tuple[Cell, ...]:
        tone = Tone.MUTED if part.is_undone else Tone.PLAIN
        return (
            Cell(part.file, self.theme, tone, part.text),
            Cell(part.place, self.theme, Tone.MUTED),
            Cell(part.state, self.theme, Tone.MUTED if part.is_undone else Tone.GOOD),
        )

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        self.notice.intent.connect(model.act)
        self.steps.currentCellChanged.connect(lambda row, *_rest: self._choose(row))
        self.parts.currentCellChanged.connect(lambda *_cells: self._render_part())
        self.parts.activated.connect(lambda index: model.switch(index.row()))
        self.undo.clicked.connect(model.undo)
        self.redo.clicked.connect(model.redo)
        self.undo_turn.clicked.connect(model.undo_turn)
        self.restore.clicked.connect(model.restore)
        self.switch.clicked.connect(lambda: model.switch(self.parts.currentRow()))

    def _choose(self, row: int) -> None:
        if not self._is_drawing:
            self._model.choose(row)

    def _arrange(self) -> None:
        self.lines.setReadOnly(True)
        self.lines.setTabChangesFocus(True)
        self.lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.lines.setAccessibleName(tr("Lines of the hunk"))
        tips = (
            (self.undo, tr("Takes the step back; what came later is kept.")),
            (self.redo, tr("Brings the step back; what came later is kept.")),
            (self.undo_turn, tr("Takes back every step of the same answer.")),
            (
                self.restore,
                tr("Makes the files what they were before it, with what you changed since."),
            ),
            (self.switch, tr("This hunk alone; Enter does the same.")),
        )
        for button, tip in tips:
            button.setAutoDefault(False)
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
        self.room.setProperty("quiet", True)
        buttons = FlowLayout(_GAP)
        for place, (button, _tip) in enumerate(tips[:-1]):
            buttons.insert_widget(place, button)
        inside = QVBoxLayout()
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(_GAP)
        inside.addWidget(self._halves(), 1)
        inside.addLayout(buttons)
        inside.addWidget(self.room)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(inside, 1)

    def _halves(self) -> QSplitter:
        details = QWidget()
        beside = QVBoxLayout()
        beside.setSpacing(_GAP)
        beside.addWidget(self.lines, 1)
        beside.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(details)
        row.setContentsMargins(0, _GAP, 0, 0)
        row.setSpacing(_GAP)
        row.addWidget(self.parts, 1)
        row.addLayout(beside, 1)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.steps)
        halves.addWidget(details)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        return halves
