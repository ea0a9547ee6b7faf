"""The list of endpoints in their order for a kind of work, and what can be done with each."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.viewmodels.endpoint_rows import EndpointRow
from spark_desktop.viewmodels.endpoint_words import kind_text
from spark_desktop.viewmodels.endpoints import EndpointsViewModel
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.plain_tip import plain_tip
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.form_controls import ChoiceBox, DecimalBox
from spark_desktop.views.labelled import labelled
from spark_desktop.views.limit_lines import LimitLines
from spark_desktop.views.low_page import put_low_page
from spark_desktop.views.order_table import OrderTable
from spark_desktop.views.theme import Theme
from spark_desktop.views.tool_window import Cell, tool_notice

_KINDS = (WorkKind.CHAT, WorkKind.EDIT, WorkKind.SUGGESTION)
_NAME = 1
# Seconds: nobody waits longer for a first token, and milliseconds between two looks at a countdown.
_LONGEST_HEDGE, _TICK = 60.0, 1000
# Rows that a low window still shows.
_FEWEST = 3


class EndpointsPage(QWidget):
    """``edit_asked`` carries an endpoint's id, "" for a new one."""

    edit_asked = Signal(str)

    def __init__(self, model: EndpointsViewModel, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self.notice = tool_notice()
        self.kind, self.hedge = ChoiceBox(), DecimalBox()
        headings = (
            *(tr("Order"), tr("Endpoint"), tr("State"), tr("Model"), tr("Price")),
            *(tr("First token"), tr("Speed")),
        )
        self.table = OrderTable(tr("Endpoints"), headings, wide=_NAME)
        self.detail, self.limits = QLabel(), LimitLines(theme)
        self.add, self.edit = QPushButton(tr("&Add…")), QPushButton(tr("&Edit…"))
        self.use, self.retry = QPushButton(), QPushButton(tr("&Try again now"))
        self.up, self.down = QPushButton(tr("Move &up")), QPushButton(tr("Move &down"))
        self.remove = QPushButton(tr("&Remove"))
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._arrange()
        self._connect()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.limits.set_theme(theme)
        self.table.set_theme(theme)
        self.table.setMinimumHeight(self.table.rows_height(_FEWEST))
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what is so now whenever the page comes up."""
        super().showEvent(event)
        self._model.refresh()
        self._timer.start()
        self.table.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._timer.stop()

    def render_state(self) -> None:
        """Show the newest state."""
        self.notice.show_notice(self._model.notice)
        self.kind.setCurrentIndex(_KINDS.index(self._model.kind))
        if not self.hedge.hasFocus():
            self.hedge.setValue(self._model.hedge)
        chosen = self.chosen
        rows = self._model.rows
        self.table.show_rows([self._cells(row) for row in rows])
        # What is chosen is the endpoint, wherever it stands now.
        place = next((n for n, row in enumerate(rows) if row.id == chosen), None)
        if place is not None and place != self.table.currentRow():
            self.table.setCurrentCell(place, _NAME)
        self._render_chosen()

    @property
    def chosen(self) -> str:
        """Return the id of the chosen endpoint; "" for none."""
        item = self.table.item(self.table.currentRow(), 0)
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole) or "")

    def _render_chosen(self) -> None:
        row = self._row()
        buttons = (self.edit, self.use, self.up, self.down, self.remove, self.retry)
        had_focus = any(button.hasFocus() for button in buttons)
        asked = sum(1 for one in self._model.rows if one.place)
        self.detail.setText("" if row is None else row.detail)
        self.limits.show_bars(() if row is None else self._model.limits(row.id))
        is_remote = row is not None and not row.is_local
        place = 0 if row is None else row.place
        self.edit.setEnabled(is_remote)
        self.edit.setText(tr("&Enter the key…") if row is not None and row.lacks_key else _edit())
        self.remove.setEnabled(is_remote)
        self.use.setEnabled(row is not None)
        self.use.setText(tr("Turn &off") if place else tr("Turn &on"))
        self.up.setEnabled(place > 1)
        self.down.setEnabled(0 < place < asked)
        self.retry.setVisible(row is not None and row.can_retry)
        for button in buttons:
            button.setAccessibleDescription("" if row is None else row.title)
        if had_focus and not any(button.hasFocus() for button in buttons):
            self.table.setFocus()

    def _row(self) -> EndpointRow | None:
        rows, number = self._model.rows, self.table.currentRow()
        return rows[number] if 0 <= number < len(rows) else None

    def _cells(self, row: EndpointRow) -> tuple[Cell, ...]:
        plain = Tone.PLAIN if row.place else Tone.MUTED
        theme = self._theme
        return (
            Cell(row.place_text, theme, plain).keeping(row.id),
            Cell(row.title, theme, plain),
            Cell(row.state, theme, row.tone, row.detail),
            Cell(row.model, theme, plain),
            Cell(row.price, theme, plain, row.price_tip),
            Cell(row.first_token, theme, plain, row.measured_tip),
            Cell(row.rate, theme, plain, row.measured_tip),
        )

    def _connect(self) -> None:
        model, table = self._model, self.table
        model.changed.connect(self.render_state)
        self.notice.intent.connect(model.act)
        self.kind.activated.connect(lambda place: model.choose_kind(_KINDS[place]))
        self.hedge.editingFinished.connect(lambda: model.set_hedge(self.hedge.value()))
        table.currentCellChanged.connect(lambda *_cells: self._render_chosen())
        table.moved.connect(lambda _row, by: model.move(self.chosen, by))
        table.dropped.connect(lambda _row, place: model.move_to(self.chosen, place))
        table.toggled.connect(lambda _row: model.toggle(self.chosen))
        table.opened.connect(lambda _row: self._edit())
        table.removed.connect(lambda _row: model.remove(self.chosen))
        self.add.clicked.connect(lambda: self.edit_asked.emit(""))
        self.edit.clicked.connect(self._edit)
        self.use.clicked.connect(lambda: model.toggle(self.chosen))
        self.up.clicked.connect(lambda: model.move(self.chosen, -1))
        self.down.clicked.connect(lambda: model.move(self.chosen, 1))
        self.remove.clicked.connect(lambda: model.remove(self.chosen))
        self.retry.clicked.connect(lambda: model.retry(self.chosen))
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        if self._model.is_moving:
            self._model.tick()

    def _edit(self) -> None:
        row = self._row()
        if row is not None and not row.is_local:
            self.edit_asked.emit(row.id)

    def _arrange(self) -> None:
        self.kind.addItems([kind_text(kind) for kind in _KINDS])
        self.hedge.setRange(0.0, _LONGEST_HEDGE)
        self.hedge.setSingleStep(0.5)
        self.hedge.setDecimals(1)
        self.hedge.setSuffix(tr(" s"))
        self.hedge.setSpecialValueText(tr("never"))
        self.hedge.setKeyboardTracking(False)
        hedged = labelled(tr("As&k the next one, too, after"), self.hedge)
        tip = tr(
            "Where no first token came after so many seconds, the next endpoint is asked as well, "
            "and whoever begins first answers. Both may charge for it."
        )
        self.hedge.setToolTip(plain_tip(tip))
        self.hedge.setAccessibleDescription(tip)
        self.table.setToolTip(tr("Alt+Up and Alt+Down move the chosen one, Space turns it off"))
        self.detail.setProperty("quiet", True)
        self.detail.setWordWrap(True)
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        self.add.setProperty("main", True)
        self.edit.setText(_edit())
        self.use.setText(tr("Turn &off"))
        head, buttons = FlowLayout(12), FlowLayout(8)
        head.insert_widget(0, labelled(tr("Order for"), self.kind))
        head.insert_widget(1, hedged)
        for place, button in enumerate(
            (self.add, self.edit, self.use, self.up, self.down, self.remove, self.retry)
        ):
            button.setAutoDefault(False)
            buttons.insert_widget(place, button)
        inside = QVBoxLayout()
        inside.addLayout(head)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.detail)
        inside.addWidget(self.limits)
        inside.addLayout(buttons)
        put_low_page(self, self.notice, inside)


def _edit() -> str:
    return tr("&Edit…")
