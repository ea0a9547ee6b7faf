"""What the windows of the endpoints need, as one record."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from spark_desktop.domain.connection_check import CheckReport
from spark_desktop.domain.core_state import CoreState
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.presets import Preset
from spark_desktop.domain.secret import Secret
from spark_desktop.services.bus import Bus
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.endpoints import EndpointsService
from spark_desktop.services.ports import Clock
from spark_desktop.services.purse import AnswerLog, Purse
from spark_desktop.services.tasks import TaskScope


class ConnectionTest(Protocol):
    """Tests an endpoint step by step."""

    def run(self, spec: EndpointSpec, key: Secret | None) -> AsyncIterator[CheckReport]:
        """Yield all steps so far whenever one begins or ends; closing the iterator ends it.

        What a server does wrong is in the steps; raises SparkError where nothing can be tested.
        """
        ...


class Guess(Protocol):
    """Finds out what a server speaks."""

    async def guess(self, pasted: str, key: Secret | None) -> EndpointSpec:
        """Return the endpoint that an address means. Raises EndpointError where nobody answers."""
        ...


def _no_core() -> CoreState | None:
    return None


@dataclass(frozen=True, slots=True)
class DeskServices:
    """One for the program; ``scope`` owns the tasks.

    ``guess`` asks servers what they speak. ``core`` tells the state of the open project's core,
    None where no project is open, and ``keyring_name`` what keeps the keys, as it calls itself;
    that raises SecretStoreError.
    """

    endpoints: EndpointsService
    health: Health
    purse: Purse
    log: AnswerLog
    test: ConnectionTest
    presets: Mapping[str, Preset]
    bus: Bus
    clock: Clock
    scope: TaskScope
    guess: Guess | None = None
    core: Callable[[], CoreState | None] = _no_core
    keyring_name: Callable[[], Awaitable[str]] | None = None
