"""The way to the user's endpoints: what knows them is made when it is first needed."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from spark_desktop.domain.events import BudgetTold
from spark_desktop.domain.words import Said
from spark_desktop.services.settings import SettingsService

if TYPE_CHECKING:
    # HTTP takes a while to import, which the window must not wait for.
    from spark_desktop.endpoint_wiring import EndpointServices


class EndpointEntry:
    """One for the program. The endpoints are kept beside the settings, or nowhere like those."""

    def __init__(
        self,
        data_dir: Path,
        settings: SettingsService,
        told: Callable[[BudgetTold], None] | None = None,
        tell_problems: Callable[[tuple[Said, ...]], None] | None = None,
    ) -> None:
        """``told`` hears of a budget that is nearly spent, or spent.

        ``tell_problems`` hears what of the endpoints' file could not be used.
        """
        self._data_dir, self._settings = data_dir, settings
        self._told, self._tell_problems = told, tell_problems
        self._services: EndpointServices | None = None

    def made(self) -> "EndpointServices":
        """Return the services, made where there are none yet; needs a running loop."""
        if self._services is None:
            from spark_desktop.endpoint_wiring import ENDPOINTS, endpoint_services

            settings, file = self._settings, self._settings.file
            self._services = endpoint_services(
                self._data_dir,
                None if file is None else file.with_name(ENDPOINTS),
                lambda: settings.current.privacy.keep_ledger,
            )
            if self._told is not None:
                self._services.bus.subscribe(BudgetTold, self._told)
            problems = self._services.endpoints.problems
            if problems and self._tell_problems is not None:
                self._tell_problems(problems)
        return self._services

    async def ready(self) -> "EndpointServices":
        """Return the same, with the imports in another OS thread: the user types meanwhile."""
        if self._services is None:
            await asyncio.to_thread(import_module, "spark_desktop.endpoint_wiring")
        return self.made()

    async def close(self) -> None:
        """Close every connection."""
        if self._services is not None:
            await self._services.close()
