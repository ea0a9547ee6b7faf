"""What the services need to know about a path that a model wrote."""

from dataclasses import dataclass
from typing import Protocol

from spark_desktop.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class Admitted:
    """A path that may be read and written: as the answer wrote it, and as the workspace has it.

    ``path`` has the case and the Unicode form of what is on disk, as far as that is there.
    """

    written: str
    path: str
    exists: bool


class PathGuard(Protocol):
    """Says which paths of an answer lead to text files of the workspace."""

    async def admit(self, written: str) -> Admitted | Refused:
        """Return the path as the workspace has it, or why it is refused. Never raises."""
        ...
