"""The speed lab: lanes, report and live chart, as one view."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.events import ProposalChanged, TurnChanged
from spark_desktop.domain.lab_proposal import figures_of
from spark_desktop.domain.proposal import Proposal
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.lab_lanes import LabLanesViewModel
from spark_desktop.viewmodels.lab_report import LabReportViewModel
from spark_desktop.viewmodels.lab_speeds import LabSpeedsViewModel
from spark_desktop.viewmodels.ports import Lab


class LabViewModel(QObject):
    """Its parts, of which only the live chart works while the lab is closed."""

    def __init__(
        self, lab: Lab, bus: Bus, scope: TaskScope, reviewed: Callable[[], Proposal | None]
    ) -> None:
        super().__init__()
        self._is_open = False
        self.lanes = LabLanesViewModel(lab, bus, scope, reviewed)
        self.report = LabReportViewModel(lab, scope)
        self.speeds = LabSpeedsViewModel(bus)
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(ProposalChanged, self._on_proposal)

    def set_open(self, is_open: bool) -> None:
        """Say whether the lab is shown."""
        if is_open != self._is_open:
            self._is_open = is_open
            self.lanes.set_open(is_open)
            if is_open:
                self.report.refresh()

    def _on_turn(self, event: TurnChanged) -> None:
        if self._is_open and event.turn.state is not TurnState.STREAMING:
            self.report.refresh()

    def _on_proposal(self, event: ProposalChanged) -> None:
        figures = figures_of(event.proposal)
        if self._is_open and figures is not None and figures not in self.report.proposals:
            self.report.refresh()
