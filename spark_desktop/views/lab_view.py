"""The speed lab: lanes, session report and live chart, as tabs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QTabWidget, QToolButton, QVBoxLayout

from spark_desktop.viewmodels.lab import LabViewModel
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.translation import tr
from spark_desktop.views.icons import icon
from spark_desktop.views.lab_lanes import LanesPage
from spark_desktop.views.lab_report import ReportPage
from spark_desktop.views.lab_speeds import SpeedsPage
from spark_desktop.views.shortcuts import show_key
from spark_desktop.views.theme import Theme


class LabView(QFrame):
    """``left`` asks to go back to the project; ``intent_raised`` carries what notices ask for."""

    left = Signal()
    intent_raised = Signal(object)

    def __init__(self, model: LabViewModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("review")
        self.lanes = LanesPage(model.lanes, theme)
        self.report = ReportPage(model.report, theme)
        self.speeds = SpeedsPage(model.speeds, theme)
        self.tabs = QTabWidget()
        self.back = QToolButton()
        self._arrange()
        self._model = model
        self.back.clicked.connect(lambda: self.left.emit())
        self.lanes.notice.intent.connect(self._act)
        self.report.intent_raised.connect(self.intent_raised)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.back.setIcon(icon("rejected", theme.text_secondary))
        for page in (self.lanes, self.report, self.speeds):
            page.set_theme(theme)

    def begin(self) -> None:
        """Take the focus."""
        self.tabs.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.tabs.currentWidget() is self.lanes:
            self.lanes.begin()

    def _act(self, intent: Intent) -> None:
        self._model.lanes.act(intent)
        self.intent_raised.emit(intent)

    def _arrange(self) -> None:
        self.tabs.setDocumentMode(True)
        # The style sheet's ground also beside the tabs, under the corner.
        self.tabs.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName(tr("Speed lab"))
        self.tabs.addTab(self.lanes, tr("Speed lab"))
        self.tabs.addTab(self.report, tr("What would this session have cost?"))
        self.tabs.addTab(self.speeds, tr("Speed over time"))
        show_key(self.back, "lab", tr("Back to the project"))
        self.back.setAccessibleName(tr("Back to the project"))
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs.setCornerWidget(self.back, Qt.Corner.TopRightCorner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
