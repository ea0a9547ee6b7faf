"""Whether any answer of the model was right: what no choice among its answers can exceed."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.quality.judging import Fate, judged
from benchmarks.quality.suite import Task, write
from benchmarks.quality.toolchains import Toolchains
from spark_desktop.domain.proposal import Proposal
from spark_desktop.wiring import Project

# Answers that are judged for a task, in the order in which they came.
_MOST = 12


class Reach:
    """Notes what the answers of a project make of their files, as the product reads them."""

    def __init__(self, project: Project) -> None:
        self.changes: list[tuple[str, str]] = []
        # Nothing tells of answers that are compared and not shown.
        told: Any = project.suggester.judge
        self._checked = told.checked
        told.checked = self._noted

    def _noted(self, *given: object) -> Proposal:
        proposal: Proposal = self._checked(*given)
        if proposal.patch is not None:
            change = proposal.patch.path, proposal.after
            if change not in self.changes:
                self.changes.append(change)
        return proposal

    async def holds_right(self, task: Task, tools: Toolchains) -> bool:
        """Return whether the hidden tests pass with one of the answers alone."""
        for path, text in self.changes[:_MOST]:
            if await asyncio.to_thread(_is_right, task, path, text, tools):
                return True
        return False


def _is_right(task: Task, path: str, text: str, tools: Toolchains) -> bool:
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        write({**task.start, path: text}, folder)
        return judged(task, folder, tools)[0] is Fate.RIGHT
