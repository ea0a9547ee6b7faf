"""What the window of the endpoints shows, made when it is first wanted: most starts do without."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from spark_desktop.domain.core_state import CoreState
from spark_desktop.endpoint_entry import EndpointEntry

if TYPE_CHECKING:
    # HTTP takes a while to import, which the window must not wait for.
    from spark_desktop.endpoint_wiring import EndpointServices
    from spark_desktop.viewmodels.endpoint_desk_models import EndpointViewModels
    from spark_desktop.viewmodels.endpoint_ports import DeskServices


class EndpointDesk:
    """One for the program; ``core`` tells the state of the open project's core, None without one.

    ``keyring_name`` tells what keeps the keys, as it calls itself, and raises SecretStoreError; the
    system's keyring is asked without it.
    """

    def __init__(
        self,
        entry: EndpointEntry,
        core: Callable[[], CoreState | None],
        keyring_name: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self._entry, self._core, self._keyring_name = entry, core, keyring_name
        self._models: EndpointViewModels | None = None

    def view_models(self) -> "EndpointViewModels":
        """Return the view models, the same ones each time; needs a running loop."""
        if self._models is None:
            from spark_desktop.viewmodels.endpoint_desk_models import endpoint_view_models

            self._models = endpoint_view_models(self._services(self._entry.made()))
        return self._models

    async def close(self) -> None:
        """Forget the key of what was removed; before the endpoints themselves are closed."""
        if self._models is not None:
            await self._models.close()

    def _services(self, made: "EndpointServices") -> "DeskServices":
        import os

        from spark_desktop.adapters.connection_probe import NetworkProbe
        from spark_desktop.adapters.keyring_store import KeyringSecretStore
        from spark_desktop.adapters.network import NetworkPolicy
        from spark_desktop.adapters.preset_files import load_preset_files
        from spark_desktop.adapters.system_clock import SystemClock
        from spark_desktop.domain.endpoints import Route
        from spark_desktop.services.connection_check import ConnectionCheck
        from spark_desktop.services.endpoint_guess import EndpointGuess
        from spark_desktop.viewmodels.endpoint_ports import DeskServices

        clock, presets = SystemClock(), load_preset_files()
        probe = NetworkProbe(NetworkPolicy(os.environ, Route()), made.ledger)
        return DeskServices(
            endpoints=made.endpoints,
            health=made.health,
            purse=made.purse,
            log=made.log,
            test=ConnectionCheck(probe, made.connector, clock),
            presets=presets,
            bus=made.bus,
            clock=clock,
            scope=made.scope,
            guess=EndpointGuess(probe, presets),
            core=self._core,
            keyring_name=self._keyring_name or KeyringSecretStore().name,
        )
