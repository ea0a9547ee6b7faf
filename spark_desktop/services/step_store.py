"""What the edit service needs from the disk and the database; an adapter implements it."""

from typing import Protocol

from spark_desktop.domain.history import Step
from spark_desktop.domain.operation import Operation, Recovered, StoreUsage


class StepStore(Protocol):
    """The steps of one workspace with the bytes before and after, and their writes to its files."""

    async def commit(self, operation: Operation) -> None:
        """Write every file and note the effect on the kept steps, or do nothing at all.

        Not broken off where the caller is cancelled. Raises FileChangedError where a file is not
        its ``base`` any more, ReadOnlyFileError, NotTextError, FileTooLargeError,
        OutsideWorkspaceError or another FileError that names the file, StoreError for the database:
        each with nothing written.
        """
        ...

    async def recover(self) -> tuple[Recovered, ...]:
        """Complete or roll back what a crash cut short; nothing that another process still does.

        To be called at start, before the first ``commit``. Raises StoreError.
        """
        ...

    async def steps(self) -> tuple[Step, ...]:
        """Return every kept step, oldest first. Raises StoreError."""
        ...

    async def content(self, digest: str) -> bytes | None:
        """Return the bytes before or after a kept change; None where they are not kept.

        Raises StoreError where they were damaged on disk.
        """
        ...

    async def usage(self) -> StoreUsage:
        """Return what the steps take, and how many are too many. Raises StoreError."""
        ...

    async def drop_oldest(self, count: int) -> int:
        """Drop so many of the oldest steps, never the newest one, and return how many were dropped.

        Only after the user was told: nothing else drops steps. Raises StoreError.
        """
        ...
