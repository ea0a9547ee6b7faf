"""What the view models need from the services, as narrow Protocols."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.conversation import Thread, Turn
from spark_desktop.domain.history import Step
from spark_desktop.domain.lab_profile import Profile, Schedule
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.merge import Side
from spark_desktop.domain.operation import StoreUsage
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.trigger import Span, Trigger


class Turns(Protocol):
    """Proposals in the making, one at a time."""

    def request(self, trigger: Trigger) -> str:
        """Queue a proposal (or, for a question, a turn) and return its id."""
        ...

    def repeat(self, proposal_id: str) -> str:
        """Make a proposal once more, on the file as it is now; return the new id."""
        ...

    def revise(self, proposal_id: str, comments: Sequence[LineComment]) -> str:
        """Ask for a proposal that heeds the comments; return its id. Raises SparkError."""
        ...

    def stop(self) -> bool:
        """Stop the running turn; return whether there was one."""
        ...

    def dismiss(self, proposal_id: str) -> None:
        """Take a queued or closed proposal off the list."""
        ...

    def proposals(self) -> tuple[Proposal, ...]:
        """Return the proposals, oldest first."""
        ...


class Reviews(Protocol):
    """Decisions on hunks; each raises SparkError with nothing written."""

    async def accept(self, proposal_id: str, hunk_ids: Iterable[str] | None = None) -> Step:
        """Write the hunks (None: all pending ones)."""
        ...

    def reject(self, proposal_id: str, hunk_ids: Iterable[str] | None = None) -> None:
        """Decide against the hunks (None: all pending ones)."""
        ...

    async def accept_group(self, group: str) -> Step:
        """Write every pending hunk of those of an answer's files that passed, as one."""
        ...

    def reject_group(self, group: str) -> None:
        """Decide against every pending hunk of an answer's files."""
        ...

    async def show_anyway(self, proposal_id: str) -> None:
        """Let a withheld proposal be decided on, with what failed in its evidence."""
        ...

    async def reconsider(self, proposal_id: str, hunk_ids: Iterable[str]) -> None:
        """Let decided hunks wait again; those that were accepted are undone on disk."""
        ...

    async def undo_decision(self, proposal_id: str) -> tuple[str, ...]:
        """Take the last decision on a proposal back; return the hunks that it was about."""
        ...

    def split(
        self,
        proposal_id: str,
        hunk_id: str,
        old_at: int | None = None,
        new_at: int | None = None,
    ) -> tuple[str, ...]:
        """Split a hunk before these of its old and new lines; return the parts' ids."""
        ...

    def edit(self, proposal_id: str, hunk_id: str, text: str) -> None:
        """Let ``text``, by the user, be what the hunk puts in."""
        ...

    def resolve(self, proposal_id: str, hunk_id: str, side: Side) -> None:
        """Choose between the versions of a conflicting hunk."""
        ...

    def place(self, proposal_id: str, failed_id: str, lines: Span) -> str:
        """Let a part without a place replace these lines; return the new hunk's id."""
        ...

    def drop(self, proposal_id: str, failed_id: str) -> None:
        """Give a part without a place up."""
        ...


class Edits(Protocol):
    """Applied steps. Every method raises SparkError, with nothing written."""

    async def undo(
        self, step_id: str | None = None, hunks: Mapping[str, Collection[str]] | None = None
    ) -> Step:
        """Take a step back, or hunks of it by its changes' ids; None: the last that stands."""
        ...

    async def redo(
        self, step_id: str | None = None, hunks: Mapping[str, Collection[str]] | None = None
    ) -> Step:
        """Bring a step back, or hunks of it; None: what was undone last."""
        ...

    async def undo_origin(self, origin: str) -> tuple[Step, ...]:
        """Take back every step of a turn."""
        ...

    async def redo_origin(self, origin: str) -> tuple[Step, ...]:
        """Bring back every step of a turn."""
        ...

    async def restore(self, step_id: str) -> Step:
        """Make the files what they were before a step."""
        ...

    async def steps(self) -> tuple[Step, ...]:
        """Return the kept edits and restores, oldest first."""
        ...

    async def usage(self) -> StoreUsage:
        """Return what the kept steps take, and may take."""
        ...


class Chat(Protocol):
    """Threads and their turns."""

    async def repeat(self, thread_id: str, turn_id: str) -> Turn:
        """Ask a turn's question again, in its place. Raises SparkError for an unknown turn."""
        ...

    async def go_on(self, thread_id: str, turn_id: str) -> Turn:
        """Let the model go on with an answer that was cut. Raises SparkError."""
        ...

    async def new_thread(self) -> Thread:
        """Return a new, empty thread, which becomes the current one."""
        ...

    async def current(self) -> Thread:
        """Return the newest thread; one is created where there is none."""
        ...

    async def open(self, thread_id: str) -> Thread:
        """Return a thread with its turns, which becomes the current one."""
        ...

    async def threads(self) -> tuple[Thread, ...]:
        """Return the threads, newest first, without their turns."""
        ...

    def stop(self) -> bool:
        """Stop the running answer; return whether there was one."""
        ...

    def skip_compaction(self) -> bool:
        """Ask without summing up earlier turns; return whether that was under way."""
        ...


class Exports(Protocol):
    """Files that the user wants outside of the project."""

    async def export(self, path: Path, data: bytes) -> None:
        """Write a file where the user wants it. Raises FileError."""
        ...


class Lab(Exports, Protocol):
    """Recorded answers, and the paces of other hardware."""

    async def threads(self) -> tuple[Thread, ...]:
        """Return the threads with their turns, newest first."""
        ...

    async def proposals(self) -> tuple[ProposalFigures, ...]:
        """Return what the project's proposals took, oldest first."""
        ...

    async def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles that the core knows. Raises ProfileError."""
        ...

    async def schedules(self, profile_ids: Sequence[str], usage: Usage) -> tuple[Schedule, ...]:
        """Return when an answer's tokens would come under each profile. Raises ProfileError."""
        ...
