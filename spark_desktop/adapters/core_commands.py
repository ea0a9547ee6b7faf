"""Commands of the core's program, as child processes: one answer, or steps as they come."""

import json
from collections.abc import Callable
from typing import Any

from spark_desktop.adapters.line_process import LineProcess
from spark_desktop.domain.errors import ModelStoreError
from spark_desktop.domain.words import say
from spark_desktop.services.tasks import to_end

Json = dict[str, Any]

# Seconds that the program has for stopping in order, before it is killed. It may hang on a server
# that is silent; what it fetched is good also then.
_STOP_S = 2.0


class CoreCommands:
    """``command`` starts the core's program, without its arguments."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command

    async def steps(self, words: tuple[str, ...], told: Callable[[Json], None]) -> None:
        """Run a command, and tell each JSON line of its standard output, in the loop's thread.

        It holds the other end of the program's standard input, so that cancelling, or the death
        of this process, ends it in order. Raises ModelStoreError, in the program's own words
        where it says why it failed.
        """
        run = _started((*self._command, *words))
        failed: Json = {}
        try:
            while (line := await run.line()) is not None:
                event = _object(line)
                if event is None:
                    continue
                if event.get("event") == "failed":
                    failed = event
                else:
                    told(event)
            code = await run.code()
        finally:
            await to_end(run.stop())
        if failed:
            raise ModelStoreError(str(failed.get("message")), str(failed.get("next_step") or ""))
        if code != 0:
            reason = run.last_words or say("exit code {code}", code=code)
            raise ModelStoreError(
                say("The core's program failed: {reason}", reason=reason),
                say("Run 'spark doctor' to see what is missing."),
            )

    async def answer(self, words: tuple[str, ...]) -> Json:
        """Return the one JSON line that a command prints. Raises ModelStoreError."""
        answers: list[Json] = []
        await self.steps(words, answers.append)
        if len(answers) != 1:
            raise ModelStoreError(
                say("What the core's program says cannot be read."),
                say("Run 'spark doctor' to see what is missing."),
            )
        return answers[0]


def _object(line: str) -> Json | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _started(command: tuple[str, ...]) -> LineProcess:
    try:
        return LineProcess(command, _STOP_S)
    except OSError as error:
        raise ModelStoreError(
            say(
                "The core's program is missing: {name}: {reason}.",
                name=command[0],
                reason=error.strerror or error,
            ),
            say("Run 'spark doctor' to see what is missing, or install Spark Desktop again."),
        ) from error
