"""What would this session have cost? The report as a table and as bars."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
)

from spark_desktop.domain.lab import Column
from spark_desktop.domain.lab_words import FORMULA, HEADINGS, PRICING, cells
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.lab_report import LabReportViewModel
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.translation import in_language, tr
from spark_desktop.views.flow_layout import FlowLayout
from spark_desktop.views.icons import icon
from spark_desktop.views.lab_bars import BarChart
from spark_desktop.views.notice_line import NoticeLine
from spark_desktop.views.pickers import pick_target
from spark_desktop.views.theme import Theme

_COLUMNS = tuple(Column)
_AMOUNTS = 2
_ROW = 26
_TIPS = {
    Column.KIND: say("Where the speed was published: vendor, measured, second-hand or derived."),
    Column.ANSWERS: say("How many answers were added up."),
    Column.WAITING: FORMULA,
    Column.PRICE: PRICING,
}
_TITLE = 48


class ReportPage(QFrame):
    """Draws the report; sorting and sums are the view model's."""

    intent_raised = Signal(object)

    def __init__(self, model: LabReportViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("labpage")
        self._model = model
        self.threads, self.sort = QToolButton(), QToolButton()
        self._thread_menu, self._sort_menu = QMenu(self), QMenu(self)
        self.totals = QLabel()
        self.csv, self.png = QPushButton(tr("Export CSV…")), QPushButton(tr("Export PNG…"))
        self.notice = NoticeLine(strip=True)
        self.table = QTableWidget(0, len(HEADINGS))
        self.chart = BarChart(theme)
        self._arrange()
        self._connect()
        self.set_theme(theme)
        self.render_state()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        for button in (self.threads, self.sort):
            button.setIcon(icon("chevron-down", theme.text_secondary))
        self.table.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        self.chart.set_theme(theme)

    def render_state(self) -> None:
        """Show the newest sums."""
        model = self._model
        self.notice.show_notice(model.notice)
        self.totals.setText(model.totals)
        self._render_threads()
        lines = model.lines
        self.table.setRowCount(len(lines))
        for row, line in enumerate(lines):
            for column, text in enumerate(map(in_language, cells(line))):
                self.table.setItem(row, column, _item(in_language(text), column >= _AMOUNTS))
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(model.column is not None)
        if model.column is not None:
            order = Qt.SortOrder
            turned = order.DescendingOrder if model.is_descending else order.AscendingOrder
            header.setSortIndicator(_COLUMNS.index(model.column), turned)
        self.chart.set_lines(lines, f"{model.scope_text}: {model.totals}")
        has_answers = bool(model.report.answers)
        self.csv.setEnabled(has_answers)
        self.png.setEnabled(has_answers)

    def _render_threads(self) -> None:
        model = self._model
        text = model.scope_text
        self.threads.setText(text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…")
        self._thread_menu.clear()
        everything = self._thread_menu.addAction(tr("All threads of this project"))
        everything.triggered.connect(lambda: model.choose_thread(None))
        for thread in model.threads:
            title = " ".join(thread.title.split())[:_TITLE].replace("&", "&&")
            action = self._thread_menu.addAction(title)
            action.triggered.connect(
                lambda _checked=False, name=thread.id: model.choose_thread(name)
            )

    def _arrange(self) -> None:
        for button, menu in ((self.threads, self._thread_menu), (self.sort, self._sort_menu)):
            button.setMenu(menu)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.threads.setToolTip(tr("Add up one thread, or all"))
        self.sort.setText(tr("Sort by"))
        self.sort.setToolTip(tr("Sort the table; once more turns the order round"))
        for column, heading in zip(_COLUMNS, HEADINGS, strict=True):
            action = self._sort_menu.addAction(in_language(heading))
            action.triggered.connect(lambda _checked=False, column=column: self._model.sort(column))
        self.totals.setProperty("quiet", True)
        self.totals.setWordWrap(True)
        head = FlowLayout(8)
        for place, widget in enumerate((self.threads, self.sort, self.csv, self.png)):
            head.insert_widget(place, widget)
        head.setContentsMargins(12, 8, 12, 8)
        self._arrange_table()
        chart = QScrollArea()
        chart.setWidget(self.chart)
        chart.setWidgetResizable(True)
        chart.setFrameShape(QFrame.Shape.NoFrame)
        chart.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        chart.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QVBoxLayout()
        body.setContentsMargins(12, 0, 12, 8)
        body.setSpacing(8)
        # In a row of its own: beside the buttons it would be as narrow as a word.
        body.addWidget(self.totals)
        body.addWidget(self.table, 1)
        body.addWidget(chart, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(head)
        page.addWidget(self.notice)
        page.addLayout(body, 1)

    def _arrange_table(self) -> None:
        table = self.table
        table.setAccessibleName(tr("Waiting time and price of this session"))
        table.setHorizontalHeaderLabels([in_language(one) for one in HEADINGS])
        for number, column in enumerate(_COLUMNS):
            item = table.horizontalHeaderItem(number)
            if item is not None:
                item.setToolTip(in_language(_TIPS.get(column, "")))
                item.setTextAlignment(_alignment(number >= _AMOUNTS))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        # Tab goes on to the next widget; the arrows go through the cells.
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(lambda number: self._model.sort(_COLUMNS[number]))

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.render_state)
        self.notice.intent.connect(self._act)
        self.csv.clicked.connect(
            lambda: pick_target(self, "session.csv", (tr("CSV file"), "csv"), model.export_csv)
        )
        self.png.clicked.connect(
            lambda: pick_target(
                self,
                "session.png",
                (tr("PNG picture"), "png"),
                lambda path: model.export(path, self.chart.png()),
            )
        )

    def _act(self, intent: Intent) -> None:
        self._model.act(intent)
        self.intent_raised.emit(intent)


def _item(text: str, is_amount: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(text)
    item.setTextAlignment(_alignment(is_amount))
    return item


def _alignment(is_amount: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if is_amount else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
