"""The page of the costs: what was spent, at which prices, and the budget."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from spark_desktop.viewmodels.costs import CostRow, CostsViewModel
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.form_controls import DecimalBox, NumberBox, TickBox
from spark_desktop.views.labelled import labelled
from spark_desktop.views.low_page import put_low_page
from spark_desktop.views.share_bar import ShareBar
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, Table, tool_notice

# US dollars; more than anybody means by a month's budget.
_MOST = 100_000.0
# Pixels at the usual size of type.
_BAR, _HEIGHT = 120, 6
_FEWEST = 3


class CostsPage(QWidget):
    """What is chosen for the budget takes effect at once."""

    def __init__(self, model: CostsViewModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.notice = tool_notice()
        self.session, self.month, self.bar = QLabel(), QLabel(), ShareBar()
        headings = (
            *(tr("Endpoint"), tr("Model"), tr("Answers"), tr("Read"), tr("Written")),
            *(tr("Price"), tr("Cost")),
        )
        self.table = Table(tr("Costs of this month"), headings, wide=0)
        self.price = QLabel()
        self.amount, self.warn, self.stops = DecimalBox(), NumberBox(), TickBox()
        self._arrange()
        self._connect()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.table.set_theme(theme)
        self.table.setMinimumHeight(self.table.rows_height(_FEWEST))
        self.bar.setFixedSize(theme.px(_BAR), theme.px(_HEIGHT))
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Read anew whenever the page comes up."""
        super().showEvent(event)
        self._model.refresh()

    def render_state(self) -> None:
        """Show the newest amounts."""
        model, budget, share = self._model, self._model.budget, self._model.share
        self.notice.show_notice(model.notice)
        self.session.setText(tr("This session: {cost}", cost=model.session))
        self.month.setText(tr("This month: {cost}", cost=model.month))
        self.bar.setVisible(share is not None)
        self.bar.set_share(share or 0.0)
        near = (share or 0.0) >= budget.warn_at
        self.bar.set_colors(self._theme.warning if near else self._theme.link, self._theme.line)
        if not self.amount.hasFocus():
            self.amount.setValue(budget.month)
        if not self.warn.hasFocus():
            self.warn.setValue(round(budget.warn_at * 100))
        self.stops.setChecked(budget.stops)
        for control in (self.warn, self.stops):
            control.setEnabled(budget.month > 0)
        self.table.show_rows([self._cells(row) for row in model.rows])
        self._render_price()

    def _render_price(self) -> None:
        rows, number = self._model.rows, self.table.currentRow()
        is_row = 0 <= number < len(rows)
        self.price.setText(rows[number].price_tip if is_row else "")

    def _cells(self, row: CostRow) -> tuple[Cell, ...]:
        theme = self._theme
        return (
            *(Cell(text, theme) for text in (row.endpoint, row.model, row.answers)),
            Cell(row.read, theme, tip=tr("Tokens of the prompts, as the servers counted them")),
            Cell(row.written, theme, tip=tr("Tokens of the answers, as the servers counted them")),
            Cell(row.price, theme, Tone.PLAIN, row.price_tip),
            Cell(row.cost, theme, Tone.PLAIN if row.is_known else Tone.WARNING, row.price_tip),
        )

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        self.table.currentCellChanged.connect(lambda *_cells: self._render_price())
        self.amount.editingFinished.connect(lambda: model.set_budget(month=self.amount.value()))
        self.warn.editingFinished.connect(lambda: model.set_budget(warn_at=self.warn.value() / 100))
        self.stops.clicked.connect(lambda is_on: model.set_budget(stops=is_on))

    def _arrange(self) -> None:
        for label in (self.session, self.month):
            label.setProperty("strong", True)
        self.price.setProperty("quiet", True)
        self.price.setWordWrap(True)
        self.price.setTextFormat(Qt.TextFormat.PlainText)
        self.amount.setRange(0.0, _MOST)
        self.amount.setDecimals(2)
        self.amount.setPrefix("$")
        self.amount.setSpecialValueText(tr("no limit"))
        self.warn.setRange(1, 100)
        self.warn.setSuffix(tr(" %"))
        self.stops.setText(tr("&Stop asking for money then"))
        tip = tr("Else you are only told. What costs nothing is asked in any case.")
        self.stops.setToolTip(tip)
        self.stops.setAccessibleDescription(tip)
        self.stops.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        sums, month, budget = FlowLayout(24), QWidget(), FlowLayout(16)
        row = QHBoxLayout(month)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.month)
        row.addWidget(self.bar)
        for place, piece in enumerate((month, self.session)):
            sums.insert_widget(place, piece)
        pieces = (
            labelled(tr("&Budget for a month"), self.amount),
            labelled(tr("&Warn at"), self.warn),
            self.stops,
        )
        for place, piece in enumerate(pieces):
            budget.insert_widget(place, piece)
        inside = QVBoxLayout()
        inside.addLayout(sums)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.price)
        inside.addLayout(budget)
        put_low_page(self, self.notice, inside)
