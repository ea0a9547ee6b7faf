"""The windows about this machine and about Spark, each made when it is first wanted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from spark_desktop.views.paint_probe import PaintProbe
from spark_desktop.views.theme import Theme

if TYPE_CHECKING:
    from spark_desktop.viewmodels.endpoint_desk_models import EndpointViewModels
    from spark_desktop.viewmodels.history import HistoryViewModel
    from spark_desktop.viewmodels.machine import MachineViewModels
    from spark_desktop.viewmodels.times import TimesViewModel
    from spark_desktop.viewmodels.updates import UpdatesViewModel
    from spark_desktop.views.tool_window import ToolWindow


class MachineWindows:
    """Shows them over ``parent``; ``connect_to`` says where their view models come from."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._theme: Theme | None = None
        self._provider: Callable[[], MachineViewModels] | None = None
        self._models: MachineViewModels | None = None
        self._endpoints: Callable[[], EndpointViewModels] | None = None
        self._updates: Callable[[], UpdatesViewModel] | None = None
        self.open: dict[str, ToolWindow] = {}
        self._times: TimesViewModel | None = None
        self._history: HistoryViewModel | None = None
        self._probe: PaintProbe | None = None

    def connect_to(self, provider: "Callable[[], MachineViewModels]") -> None:
        """Take the view models from here, when the first window is wanted."""
        self._provider = provider

    def connect_endpoints(self, provider: "Callable[[], EndpointViewModels]") -> None:
        """Take the endpoints' view models from here; it gives the same ones each time."""
        self._endpoints = provider

    def connect_updates(self, provider: "Callable[[], UpdatesViewModel]") -> None:
        """Take the updates' view model from here; it gives the same one each time."""
        self._updates = provider

    @property
    def updates(self) -> "UpdatesViewModel | None":
        """Return what knows newer releases; None where nobody looks for them."""
        return None if self._updates is None else self._updates()

    def show_updates(self) -> None:
        """Bring the updates to the front; nothing where nobody looks for them."""
        updates = self.updates
        if updates is None or self._theme is None:
            return
        if "updates" not in self.open:
            from spark_desktop.views.updates_dialog import UpdatesDialog

            self.open["updates"] = UpdatesDialog(self._parent, updates, self._theme)
        self.open["updates"].show_front()

    def show_endpoints(self) -> None:
        """Bring the endpoints to the front; nothing where nobody keeps any."""
        if self._endpoints is None or self._theme is None:
            return
        if "endpoints" not in self.open:
            from spark_desktop.views.endpoints_dialog import EndpointsDialog

            self.open["endpoints"] = EndpointsDialog(self._parent, self._endpoints(), self._theme)
        self.open["endpoints"].show_front()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        for window in self.open.values():
            window.set_theme(theme)

    def show(self, name: str) -> None:
        """Bring a window of the machine to the front, by its name; nothing without models."""
        if self._models is None and self._provider is not None:
            self._models = self._provider()
        if self._models is None or self._theme is None:
            return
        if name not in self.open:
            self.open[name] = self._made(name, self._models, self._theme)
        self.open[name].show_front()

    def follow(
        self, times: "TimesViewModel | None", history: "HistoryViewModel | None" = None
    ) -> None:
        """Measure and show the times and the history of this project; None where none is open."""
        self._times, self._history = times, history
        if self._probe is not None:
            self._probe.deleteLater()
        self._probe = None if times is None else PaintProbe(self._parent, times)
        for name in ("times", "history"):
            shown = self.open.pop(name, None)
            if shown is not None:
                shown.close()
                shown.deleteLater()

    def forget(self) -> None:
        """Close all windows; they are made anew, in another language say, when they are wanted."""
        for window in self.open.values():
            window.close()
            window.deleteLater()
        self.open.clear()

    def show_times(self) -> None:
        """Bring the times of the open project to the front; nothing without one."""
        if self._times is None or self._theme is None:
            return
        if "times" not in self.open:
            from spark_desktop.views.times_dialog import TimesDialog

            self.open["times"] = TimesDialog(self._parent, self._times, self._theme)
        self.open["times"].show_front()

    def show_history(self) -> None:
        """Bring the steps of the open project to the front; nothing without one."""
        if self._history is None or self._theme is None:
            return
        if "history" not in self.open:
            from spark_desktop.views.history_window import HistoryWindow

            self.open["history"] = HistoryWindow(self._parent, self._history, self._theme)
        self.open["history"].show_front()

    def _made(self, name: str, models: "MachineViewModels", theme: Theme) -> "ToolWindow":
        # Here, so that a start does not load windows that most do without.
        if name == "models":
            from spark_desktop.views.models_dialog import ModelsDialog

            return ModelsDialog(self._parent, models.models, theme)
        if name == "doctor":
            from spark_desktop.views.doctor_dialog import DoctorDialog

            return DoctorDialog(self._parent, models.doctor, theme)
        if name == "about":
            from spark_desktop.views.about_dialog import AboutDialog

            return AboutDialog(self._parent, models.about, theme)
        if name == "self_test":
            from spark_desktop.views.self_test_dialog import SelfTestDialog

            return SelfTestDialog(self._parent, models.self_test, theme)
        from spark_desktop.views.connections_dialog import ConnectionsDialog

        return ConnectionsDialog(self._parent, models.connections, theme)
