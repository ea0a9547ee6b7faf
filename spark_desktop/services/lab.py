"""The speed lab: the project's answers, and the paces of other hardware."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.conversation import Thread, Turn
from spark_desktop.domain.lab import Report, report_of
from spark_desktop.domain.lab_profile import Profile, Schedule
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.session_recording import recording_of
from spark_desktop.services.lab_proposals import LabProposals
from spark_desktop.services.ports import Exports, Profiles, ThreadStore

# One seed for all: the same answer comes at the same moments each time it is watched.
_SEED = 0


class LabService:
    """Reads what was recorded; a schedule that was asked for is kept."""

    def __init__(
        self, threads: ThreadStore, profiles: Profiles, exports: Exports, proposals: LabProposals
    ) -> None:
        self._threads = threads
        self._exports = exports
        self._profiles = profiles
        self._proposals = proposals
        self._schedules: dict[tuple[str, Usage], Schedule] = {}

    async def threads(self) -> tuple[Thread, ...]:
        """Return the project's threads with their turns, newest first. Raises StoreError."""
        known = await self._threads.threads()
        return tuple([await self._threads.thread(thread.id) for thread in known])

    async def proposals(self) -> tuple[ProposalFigures, ...]:
        """Return what the project's proposals took, oldest first. Raises StoreError."""
        return await self._proposals.all()

    async def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles that the core knows. Raises ProfileError."""
        return await self._profiles.profiles()

    async def schedules(self, profile_ids: Sequence[str], usage: Usage) -> tuple[Schedule, ...]:
        """Return when an answer's tokens would come under each profile. Raises ProfileError."""
        return tuple(await asyncio.gather(*(self._schedule(name, usage) for name in profile_ids)))

    async def report(self, thread_id: str | None = None) -> Report:
        """Return what the project's answers (or one thread's) took, and would take elsewhere.

        Proposals belong to no thread: they are in the whole project's report.
        Raises StoreError for an unknown thread, ProfileError.
        """
        turns: list[Turn] = []
        proposals: tuple[ProposalFigures, ...] = ()
        if thread_id is None:
            turns = [turn for thread in await self.threads() for turn in thread.turns]
            proposals = await self.proposals()
        else:
            turns.extend((await self._threads.thread(thread_id)).turns)
        return report_of(turns, await self.profiles(), proposals)

    async def export_recording(self, path: Path, thread_id: str | None = None) -> int:
        """Write the project's answers (or one thread's) as a recording; return how many.

        Raises StoreError for an unknown thread, FileError.
        """
        if thread_id is None:
            threads = tuple(reversed(await self.threads()))
        else:
            threads = (await self._threads.thread(thread_id),)
        text, count = recording_of(threads)
        await self.export(path, text.encode("ascii"))
        return count

    async def export(self, path: Path, data: bytes) -> None:
        """Write a file where the user wants it. Raises FileError."""
        await self._exports.write(path, data)

    async def _schedule(self, profile_id: str, usage: Usage) -> Schedule:
        key = (profile_id, usage)
        if key not in self._schedules:
            self._schedules[key] = await self._profiles.schedule(profile_id, usage, _SEED)
        return self._schedules[key]
