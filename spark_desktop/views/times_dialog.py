"""The window of the times: a bar a turn, what is usual, and an export."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from spark_desktop.domain.stage_times import Stage
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.times import TimesRow, TimesViewModel, stage_text, stage_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.pickers import pick_target
from spark_desktop.views.stage_bar import LONGEST_ROLE, STAGES_ROLE, StageBars
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, ToolWindow, tool_notice

_SIZE = (900, 560)
_BAR = 1
# Pixels at the usual size of type.
_TITLE, _SWATCH = 240, 8
_GAP = 12
# Rows of the sums that a low window still shows.
_FEWEST = 2


class TimesDialog(ToolWindow):
    """Draws the session's turns and the percentiles of their stages."""

    def __init__(self, parent: QWidget, model: TimesViewModel, theme: Theme) -> None:
        super().__init__(parent, tr("Where the time went"), theme)
        self._model = model
        self._type = 0
        self.notice = tool_notice()
        headings = (tr("Turn"), tr("Stages"), tr("Whole"), tr("Speed"), tr("Cached"), tr("Cost"))
        self.table = Table(tr("Turns"), headings, wide=_BAR)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.bars = StageBars(theme)
        self.table.setItemDelegateForColumn(_BAR, self.bars)
        self.sums = Table(tr("Usual"), (tr("Stage"), tr("p50"), tr("p95"), ""), wide=3)
        self.legend = [(stage, QLabel(), QLabel(stage_text(stage))) for stage in Stage]
        self.save = QPushButton(tr("&Export CSV…"))
        self._arrange()
        model.changed.connect(self.render_state)
        self.save.clicked.connect(self._choose_target)
        self.fit(_SIZE)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        super().set_theme(theme)
        self.bars.set_theme(theme)
        ratio, side = self.devicePixelRatioF(), theme.px(_SWATCH)
        for stage, swatch, _ in self.legend:
            square = QPixmap(round(side * ratio), round(side * ratio))
            square.setDevicePixelRatio(ratio)
            square.fill(QColor(self.bars.colors[stage]))
            swatch.setPixmap(square)
        if self._type != theme.font_size:
            # Else it stays as wide as the user made it.
            self._type = theme.font_size
            self.table.setColumnWidth(0, theme.px(_TITLE))
        self._size_sums()
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the sums their room: all of them where it is there, and never more."""
        super().showEvent(event)
        self._size_sums()

    def render_state(self) -> None:
        """Show the newest turns."""
        rows = self._model.rows
        self.notice.show_notice(self._model.notice)
        self.table.show_rows([self._cells(row) for row in rows])
        longest = max((sum(s for _, s in row.stages) for row in rows), default=0.0)
        for number, row in enumerate(rows):
            item = self.table.item(number, _BAR)
            if item is not None:
                item.setData(STAGES_ROLE, row.stages)
                item.setData(LONGEST_ROLE, longest)
                # What the bar shows, for whoever cannot see it.
                item.setData(Qt.ItemDataRole.AccessibleTextRole, row.tip)
        self.sums.show_rows([self._sum_cells(line) for line in self._model.sums])
        self.save.setEnabled(bool(rows))

    def _size_sums(self) -> None:
        self.sums.setMinimumHeight(self.sums.rows_height(_FEWEST))
        self.sums.setMaximumHeight(self.sums.rows_height(len(Stage) + 1))

    def _cells(self, row: TimesRow) -> tuple[Cell, ...]:
        tone = Tone.MUTED if row.is_emulated else Tone.PLAIN
        texts = (row.title, "", row.total, row.speed, row.cached, row.cost)
        cells = tuple(Cell(text, self.theme, tone, row.tip) for text in texts)
        if row.is_emulated:
            cells[-1].in_color(self.theme.emulated)
        return cells

    def _sum_cells(self, line: tuple[str, str, str]) -> tuple[Cell, ...]:
        return (*(Cell(text, self.theme) for text in line), Cell("", self.theme))

    def _choose_target(self) -> None:
        kind = (tr("Times of the turns"), "csv")
        pick_target(self, "spark-times.csv", kind, self._model.export)

    def _arrange(self) -> None:
        stages = FlowLayout(_GAP)
        for place, (stage, swatch, label) in enumerate(self.legend):
            label.setProperty("small", True)
            label.setToolTip(stage_tip(stage))
            entry = QWidget()
            pair = QHBoxLayout(entry)
            pair.setContentsMargins(0, 0, 0, 0)
            pair.setSpacing(4)
            pair.addWidget(swatch)
            pair.addWidget(label)
            stages.insert_widget(place, entry)
        self.save.setAutoDefault(False)
        inside = QVBoxLayout()
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(8)
        inside.addWidget(self.table, 1)
        inside.addLayout(stages)
        inside.addWidget(self.sums, 1)
        inside.addWidget(self.save, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(inside, 1)
