"""The uncommitted diff: git's, or without git what was applied in this session."""

import asyncio
from datetime import datetime

from spark_desktop.domain.errors import FileError, SparkError
from spark_desktop.domain.history import StepKind
from spark_desktop.domain.patch import compute
from spark_desktop.domain.secret_files import Shareable, shareable
from spark_desktop.domain.text import decode
from spark_desktop.domain.unified_diff import format_patch
from spark_desktop.domain.words import say
from spark_desktop.services.ports import Diffs, FileStore
from spark_desktop.services.step_store import StepStore

MAX_CHARS = 1_000_000


class WorkingDiff:
    """``since`` is when the session began: older changes may be committed elsewhere."""

    def __init__(self, diffs: Diffs, files: FileStore, store: StepStore, since: datetime) -> None:
        self._diffs = diffs
        self._files = files
        self._store = store
        self._since = since

    async def read(self) -> Shareable:
        """Return the diff without files that look like secrets, which it names.

        Raises SparkError where nothing else is changed.
        """
        told = await self._diffs.uncommitted()
        found = await self._applied() if told is None else told.text
        if told is None and not found:
            raise SparkError(
                say("There is no diff: no git here, and nothing was applied in this session."),
                say("Choose the files instead."),
            )
        kept = await asyncio.to_thread(shareable, found)
        left_out = (*(told.left_out if told else ()), *kept.left_out)
        if not kept.text.strip() and left_out:
            raise SparkError(
                say("The diff is only of files that may hold secrets."),
                say("Choose them one by one, and confirm each."),
            )
        if not kept.text.strip():
            raise SparkError(
                say("There is no diff: everything is committed."), say("Choose the files instead.")
            )
        if len(kept.text) > MAX_CHARS:
            raise SparkError(
                say(
                    "The diff is too large for a question: {count} characters.",
                    count=len(kept.text),
                ),
                say("Choose the files that matter instead."),
            )
        return Shareable(kept.text, left_out)

    async def _applied(self) -> str:
        """Return what the files of this session's changes look like against their first bytes."""
        first: dict[str, str] = {}
        for step in await self._store.steps():
            if step.kind is not StepKind.EDIT or step.created < self._since or step.undone:
                continue
            for change in step.changes:
                first.setdefault(change.place, first.pop(change.path, change.before))
        parts = []
        for path, digest in first.items():
            before = await self._store.content(digest)
            try:
                now = await self._files.read(path)
                old = decode(before or b"").content
            except FileError:
                continue  # gone since: its diff would be a whole file
            patch = compute(path, digest, old, now.text.content)
            if patch.hunks:
                parts.append(format_patch(patch, old))
        return "".join(parts)
