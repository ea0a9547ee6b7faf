"""What ``spark endpoints`` works with."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from spark_desktop.cli.exit_codes import UsageError
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.presets import Preset
from spark_desktop.services.connection_check import ConnectionCheck
from spark_desktop.services.endpoint_guess import EndpointGuess
from spark_desktop.services.endpoints import EndpointsService
from spark_desktop.services.ports import Clock
from spark_desktop.services.purse import AnswerLog


@dataclass(frozen=True, slots=True)
class EndpointTools:
    """The user's endpoints, those that come with the program, and what asks them."""

    endpoints: EndpointsService
    presets: Mapping[str, Preset]
    check: ConnectionCheck
    guess: EndpointGuess
    log: AnswerLog
    clock: Clock

    def spec(self, endpoint_id: str) -> EndpointSpec:
        """Return an endpoint. Raises UsageError, which names those that there are."""
        found = self.endpoints.book.spec(endpoint_id)
        if found is not None:
            return found
        known = ", ".join(spec.id for spec in self.endpoints.book.specs)
        raise UsageError(
            f"There is no endpoint {endpoint_id}.",
            f"There are: {known}." if known else "Add one: spark endpoints add URL",
        )


Opener = Callable[[], AbstractAsyncContextManager[EndpointTools]]
