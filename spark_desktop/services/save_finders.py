"""What looks at each save beside the comments and stubs that stand in a file."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import WorkFailed
from spark_desktop.domain.trigger import Trigger
from spark_desktop.domain.workspace import Ignored, Snapshot
from spark_desktop.services.bus import Bus

# What a save asks for, by the version before (None for a new file) and the saved one; or why it
# asks for nothing, where that is worth a word.
Found = Trigger | Ignored
SaveFinder = Callable[[Snapshot | None, Snapshot], Awaitable[Sequence[Found]]]

_log = logging.getLogger(__name__)


async def found_by(
    finders: Sequence[SaveFinder], before: Snapshot | None, saved: Snapshot, bus: Bus
) -> list[Found]:
    """Return what the finders see in a save; one that fails is told and hides nothing."""
    found: list[Found] = []
    for finder in finders:
        try:
            found.extend(await finder(before, saved))
        except SparkError as error:
            bus.publish(WorkFailed(error.message, error.next_step))
        except Exception:  # noqa: BLE001 - nobody foresees what is wrong in it
            # One that is broken must not end the watching, nor hide what the others see.
            _log.exception("what looks at saves failed for %s", saved.path)
    return found
