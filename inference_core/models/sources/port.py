"""What the store asks of a source."""

import threading
from dataclasses import dataclass
from typing import Protocol

from inference_core.models.catalogue import CatalogueModel
from inference_core.models.errors import FetchCancelledError
from inference_core.models.part_file import PartFile
from inference_core.models.progress import Meter

# A source that says nothing for this long is passed over, in seconds.
ANSWER_WITHIN_S = 5.0
# Bytes copied between two looks at the stop button.
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Fetch:
    """One attempt: the bytes wanted, where they go, who is told, and what stops it."""

    model: CatalogueModel
    part: PartFile
    meter: Meter
    cancelled: threading.Event

    def step(self, done: int) -> None:
        """Report that ``done`` bytes are here; raises FetchCancelledError if it shall stop."""
        if self.cancelled.is_set():
            raise FetchCancelledError(self.model.id)
        self.meter.at(done)


class Source(Protocol):
    """One place that has the model's bytes."""

    @property
    def name(self) -> str:
        """Return what a person calls this source; it holds no credentials."""
        ...

    def working_bytes(self, model: CatalogueModel) -> int:
        """Return the disk space needed at once beside the file itself, in bytes."""
        ...

    def fetch(self, fetch: Fetch) -> None:
        """Complete the part file, going on from what is there.

        Raises SourceFailedError where the source cannot deliver, FetchCancelledError, and OSError
        where the part file cannot be written. What was fetched until then stays for the next try.
        """
        ...
