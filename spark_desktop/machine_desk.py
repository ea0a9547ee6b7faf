"""What looks after the machine, made when its first window is wanted: most starts do without."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from spark_desktop.services.settings import SettingsService
from spark_desktop.views.desktop_examinations import RegisteredHotkey, desktop_examinations

if TYPE_CHECKING:
    from spark_desktop.machine import MachineServices
    from spark_desktop.services.models import SwitchingCore
    from spark_desktop.viewmodels.machine import MachineViewModels


class MachineDesk:
    """The models, the doctor and the ledger of connections; ``model`` is what was named first."""

    def __init__(
        self,
        data_dir: Path,
        settings: SettingsService,
        model: str | None,
        hotkey: Callable[[], RegisteredHotkey | None],
    ) -> None:
        self._data_dir, self._settings, self._model = data_dir, settings, model
        self._hotkey = hotkey
        self._services: MachineServices | None = None
        self._core: SwitchingCore | None = None

    def view_models(self) -> "MachineViewModels":
        """Make what the windows of the machine show."""
        from spark_desktop.machine import machine_services
        from spark_desktop.viewmodels.machine import machine_view_models

        services = machine_services(self._data_dir, self._model, self._settings)
        services.models.attach(self._core)
        services.doctor.ask_here(desktop_examinations(self._hotkey))
        self._services = services
        return machine_view_models(services)

    def model(self, chosen: str | None) -> str | None:
        """Return what answers: what was chosen in the window of the models, else ``chosen``."""
        return chosen if self._services is None else self._services.models.choice or chosen

    def name(self, model: str) -> None:
        """Note that a start of the program named this model."""
        self._model = model
        if self._services is not None:
            self._services.models.name(model)

    def attach(self, core: "SwitchingCore | None") -> None:
        """Follow the core of the open project; None where none is open."""
        self._core = core
        if self._services is not None:
            self._services.models.attach(core)

    async def close(self) -> None:
        """Stop what runs."""
        if self._services is not None:
            await self._services.close()
