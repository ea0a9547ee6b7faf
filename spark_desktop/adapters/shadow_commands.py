"""Runs the user's own commands in the shadow where that is allowed. A ProjectCommands.

In the shadow the proposed text is the file itself, so that tools need no copy beside it, and find
the configuration that belongs to its path.
"""

from spark_desktop.adapters.project_commands import LocalCommands
from spark_desktop.adapters.workbench import LocalWorkbench
from spark_desktop.domain.project_checks import Outcome, ProjectCommand
from spark_desktop.domain.sandboxing import Job, Limits
from spark_desktop.services.shadow_checks import Consent


class ShadowCommands:
    """The commands of the settings: shut in with the user's consent, by ``plain`` without."""

    def __init__(self, bench: LocalWorkbench, plain: LocalCommands, consent: Consent) -> None:
        self._bench, self._plain, self._consent = bench, plain, consent

    async def run(self, command: ProjectCommand, path: str, text: str, seconds: float) -> Outcome:
        """Run a command on ``text`` as if it were the file at ``path``."""
        is_shut_in = self._consent.allowed() and (await self._bench.sandboxing()).works
        if not is_shut_in:
            return await self._plain.run(command, path, text, seconds)
        data = text.encode("utf-8", "surrogatepass")
        words = command.filled(path, path)
        return await self._bench.run(Job(words, {path: text}, Limits(seconds), data=data))
