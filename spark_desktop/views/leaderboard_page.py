"""The page of the leaderboard: filters, the table, and a copy of it."""

from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.viewmodels.endpoint_words import kind_text
from spark_desktop.viewmodels.leaderboard import (
    Column,
    LeaderboardViewModel,
    Period,
    column_text,
    period_text,
)
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.form_controls import ChoiceBox
from spark_desktop.views.labelled import labelled
from spark_desktop.views.low_page import put_low_page
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, tool_notice

_KINDS: tuple[WorkKind | None, ...] = (None, *WorkKind)


class LeaderboardPage(QWidget):
    """A click on a heading sorts, as the list beside the filters does for the keyboard."""

    def __init__(self, model: LeaderboardViewModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.notice = tool_notice()
        self.kind, self.period, self.sorting = ChoiceBox(), ChoiceBox(), ChoiceBox()
        self.table = Table(tr("Leaderboard"), tuple(map(column_text, Column)), wide=0)
        self.turn = QPushButton(tr("&Turn round"))
        self.copy = QPushButton(tr("&Copy as Markdown"))
        self._arrange()
        self._connect()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.table.set_theme(theme)
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Read anew whenever the page comes up."""
        super().showEvent(event)
        self._model.refresh()

    def render_state(self) -> None:
        """Show the newest rows."""
        model, rows = self._model, self._model.rows
        self.notice.show_notice(model.notice)
        self.table.show_rows(
            [tuple(Cell(text, self._theme, tip=row.tip) for text in row.texts) for row in rows]
        )
        self.kind.setCurrentIndex(_KINDS.index(model.kind))
        self.period.setCurrentIndex(list(Period).index(model.period))
        self.sorting.setCurrentIndex(list(Column).index(model.column))
        self.copy.setText(tr("&Copy as Markdown"))
        self.copy.setEnabled(bool(rows))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._model.markdown)
        self.copy.setText(tr("Copied"))

    def _sort(self, place: int) -> None:
        self._model.sort(list(Column)[place])

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        self.kind.activated.connect(lambda place: model.choose_kind(_KINDS[place]))
        self.period.activated.connect(lambda place: model.choose_period(list(Period)[place]))
        self.sorting.activated.connect(self._sort)
        self.turn.clicked.connect(lambda: model.sort(model.column))
        self.table.horizontalHeader().setSectionsClickable(True)
        self.table.horizontalHeader().sectionClicked.connect(self._sort)
        self.copy.clicked.connect(self._copy)

    def _arrange(self) -> None:
        words = [tr("All work") if kind is None else kind_text(kind) for kind in _KINDS]
        self.kind.addItems(words)
        self.period.addItems([period_text(period) for period in Period])
        self.sorting.addItems([column_text(column) for column in Column])
        self.turn.setToolTip(tr("The other way round"))
        head, foot = FlowLayout(12), FlowLayout(8)
        pieces = (
            labelled(tr("&Work"), self.kind),
            labelled(tr("&Period"), self.period),
            labelled(tr("&Sort by"), self.sorting),
            self.turn,
        )
        for place, piece in enumerate(pieces):
            head.insert_widget(place, piece)
        foot.insert_widget(0, self.copy)
        for button in (self.turn, self.copy):
            button.setAutoDefault(False)
        inside = QVBoxLayout()
        inside.addLayout(head)
        inside.addWidget(self.table, 1)
        inside.addLayout(foot)
        put_low_page(self, self.notice, inside)
