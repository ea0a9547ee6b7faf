"""Builds what knows the user's endpoints; one for the program, shared by all that asks."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.adapters.answer_log import SqliteAnswerLog
from spark_desktop.adapters.connector import HttpConnector
from spark_desktop.adapters.database import Database
from spark_desktop.adapters.endpoint_file import EndpointFile, load_presets
from spark_desktop.adapters.keyring_store import KeyringSecretStore
from spark_desktop.adapters.ledger import SqliteLedger
from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import Route
from spark_desktop.domain.events import AnswerMeasured, BudgetTold, EndpointsChanged
from spark_desktop.services.bus import Bus
from spark_desktop.services.candidates import Preferences
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.endpoints import (
    EndpointsService,
    EndpointStore,
    LocalPreferences,
    ProjectPreferences,
    UnkeptEndpoints,
)
from spark_desktop.services.keys import Keys
from spark_desktop.services.ports import Core, SecretStore
from spark_desktop.services.purse import Purse
from spark_desktop.services.routing import Router
from spark_desktop.services.tasks import TaskScope

ENDPOINTS = "endpoints.toml"


@dataclass(frozen=True, slots=True)
class EndpointServices:
    """The endpoints, what is known of them, and what they cost; ``close`` ends all in order.

    ``bus`` tells of what concerns the whole program: AnswerMeasured and BudgetTold.
    """

    endpoints: EndpointsService
    health: Health
    purse: Purse
    log: SqliteAnswerLog
    bus: Bus
    ledger: SqliteLedger
    scope: TaskScope
    connector: HttpConnector
    database: Database

    def router(self, core: Core, bus: Bus, scope: TaskScope, *, only_core: bool = False) -> Router:
        """Return what asks the user's endpoints and this core, and tells of it on ``bus``.

        With ``only_core`` nobody else is asked. The tasks are the caller's ``scope``'s.
        """
        preferences: Preferences
        if only_core:
            preferences = LocalPreferences(core)
        else:
            preferences = ProjectPreferences(self.endpoints, core)
        return Router(preferences, self.health, self.purse, bus, SystemClock(), scope)

    def tell(self, bus: Bus) -> Callable[[], None]:
        """Publish on ``bus``, too, what concerns the program; return what ends that."""

        def changed(_book: EndpointBook) -> None:
            bus.publish(EndpointsChanged())

        ends = (
            self.endpoints.subscribe(changed),
            self.bus.subscribe(AnswerMeasured, bus.publish),
            self.bus.subscribe(BudgetTold, bus.publish),
        )

        def end() -> None:
            for each in ends:
                each()

        return end

    async def close(self) -> None:
        """Stop what runs, close every connection, write what waits."""
        await self.scope.close()
        await self.connector.close()
        await self.ledger.close()
        await self.log.close()
        await self.database.close()


def endpoint_services(
    data_dir: Path,
    file: Path | None,
    keep_ledger: Callable[[], bool] = lambda: True,
    secrets: SecretStore | None = None,
    general: Route | None = None,
) -> EndpointServices:
    """Return the services, with a running loop; nothing is asked yet, and no key is read.

    ``file`` is where the endpoints are kept, None for nowhere; ``secrets`` keeps the keys, else the
    system's keyring does; ``general`` is the route of endpoints that have none of their own.
    """
    bus, clock, scope = Bus(), SystemClock(), TaskScope("endpoints")
    database = Database(data_dir / "spark.db")
    ledger = SqliteLedger(database, clock, scope, keep_ledger)
    log = SqliteAnswerLog(database, scope)
    health = Health(bus, clock)
    connector = HttpConnector(NetworkPolicy(os.environ, general or Route()), ledger)
    store: EndpointStore
    store = UnkeptEndpoints() if file is None else EndpointFile(file, load_presets())
    keys = Keys(secrets or KeyringSecretStore(), os.environ)
    endpoints = EndpointsService(store, keys, connector, health)
    purse = Purse(log, lambda: endpoints.book.budget, bus, clock)
    _load_when_needed(purse, endpoints, scope)
    return EndpointServices(endpoints, health, purse, log, bus, ledger, scope, connector, database)


def _load_when_needed(purse: Purse, endpoints: EndpointsService, scope: TaskScope) -> None:
    """Read in the background what this month has cost, once there is what may cost something."""

    def load(book: EndpointBook) -> None:
        if book.specs:
            end()
            scope.start("load what was spent", purse.ready())

    end = endpoints.subscribe(load)
    load(endpoints.book)
