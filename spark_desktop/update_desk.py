"""What looks for newer releases, made when it is first wanted: most starts do without."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from spark_desktop.domain.settings import Settings
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.notice import Notice

if TYPE_CHECKING:
    # HTTP takes a while to import, which the window must not wait for.
    from spark_desktop.update_wiring import Build, UpdateServices
    from spark_desktop.viewmodels.updates import UpdatesViewModel


class UpdateDesk:
    """One for the program; ``tell`` shows a notice in the window, None takes it back.

    ``build`` is for tests: which feed is followed, and where packages go.
    """

    def __init__(
        self,
        data_dir: Path,
        settings: SettingsService,
        scope: TaskScope,
        tell: Callable[[Notice | None], None],
        build: "Build | None" = None,
    ) -> None:
        self._data_dir, self._settings, self._tell = data_dir, settings, tell
        self._build = build
        self._beginning = LatestTask(scope)
        self._services: UpdateServices | None = None
        self._model: UpdatesViewModel | None = None
        self._forget = settings.subscribe(self._follow)

    def begin(self) -> None:
        """Look daily from now on, where the user wants that; returns at once."""
        self._follow(self._settings.current)

    def view_model(self) -> "UpdatesViewModel":
        """Return what the window of the updates shows, the same one each time."""
        if self._model is None:
            from spark_desktop.update_wiring import update_services
            from spark_desktop.viewmodels.updates import UpdatesViewModel

            settings = self._settings
            services = update_services(
                self._data_dir, lambda: settings.current.privacy.keep_ledger, self._build
            )
            self._services = services
            self._model = UpdatesViewModel(
                services.updates, settings, services.scope, services.clock
            )
            self._model.told.connect(self._tell)
            self._model.begin()
        return self._model

    async def close(self) -> None:
        """Stop what runs."""
        self._forget()
        self._beginning.cancel()
        if self._model is not None:
            self._model.end()
        if self._services is not None:
            await self._services.close()

    def _follow(self, settings: Settings) -> None:
        # Once there is a view model it follows them itself.
        if self._model is None and settings.updates.check and not self._beginning.running:
            self._beginning.start("look for updates", self._make())

    async def _make(self) -> None:
        await asyncio.to_thread(import_module, "spark_desktop.update_wiring")
        self.view_model()
