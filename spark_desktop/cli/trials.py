"""``spark edit --test CMD``: an edit is shown when the command passes on a copy that has it."""

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spark_desktop.adapters.terminal_run import NOT_FOUND, NOT_RUNNABLE
from spark_desktop.cli.exit_codes import UsageError
from spark_desktop.cli.folders import current_folder
from spark_desktop.cli.output import Output
from spark_desktop.domain.checks import failure
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.project_checks import CommandError, NotRun, command_of
from spark_desktop.domain.proposal import Check, Proposal, Ready, Streaming
from spark_desktop.domain.sandboxing import OPEN_NOTE
from spark_desktop.services.run_evidence import (
    RUN_SECONDS,
    CommandEvidence,
    how_it_failed,
    label_of,
    told_by,
)

if TYPE_CHECKING:
    from spark_desktop.cli.json_shapes import Json
    from spark_desktop.wiring import Project

# How often a model is asked, each time with the failure before, where --tries says nothing.
TRIES = 2


def test_words(args: argparse.Namespace) -> tuple[str, ...]:
    """Return the command of ``--test``, () for none. Raises UsageError."""
    tries: int | None = args.tries
    if args.test is None:
        if tries is not None:
            raise UsageError("--tries needs --test.", 'Say what must pass: --test "pytest -q"')
        return ()
    if tries is not None and tries < 1:
        raise UsageError(f"--tries is {tries}.", "Write a number from 1 on.")
    try:
        return command_of(args.test).words
    except CommandError as error:
        raise UsageError(error.said, 'Write it as --test "pytest -q".') from error


class Trials:
    """The command's part in one edit, as a ProjectEvidence; it remembers each try.

    ``folder`` is where the command runs, inside of the workspace.
    """

    def __init__(
        self, project: "Project", words: tuple[str, ...], folder: str, output: Output
    ) -> None:
        self._run = project.shadow_run
        self._bench = project.shadow.bench
        self._words, self._folder, self._output = words, folder, output
        self._evidence = CommandEvidence(self._run, words, RUN_SECONDS, folder)
        self._others = project.suggester.project
        self._attempt = 1
        self._checks: dict[int, Check] = {}
        project.bus.subscribe(ProposalChanged, self._follow)

    async def begin(self, path: str, text: str) -> None:
        """Run the command on the file as it is, and say how it fails.

        Raises SparkError where it cannot be run.
        """
        self._output.redraw(f"Running {label_of(self._words)}")
        outcome = await self._run(self._words, {path: text}, RUN_SECONDS, self._folder)
        self._output.redraw("")
        if isinstance(outcome, NotRun):
            raise SparkError(
                f"{label_of(self._words)}: {outcome.reason}.", "Check the command of --test."
            )
        if not (state := await self._bench.sandboxing()).works:
            self._output.note(f"spark: {label_of(self._words)} runs {OPEN_NOTE} ({state.reason}).")
        if outcome.code == 0:
            self._output.note("spark: The command of --test passes already, without a change.")
            return
        failed = await how_it_failed(label_of(self._words), outcome, await told_by(outcome))
        if outcome.code in (NOT_FOUND, NOT_RUNNABLE) and not self._is_about(path, outcome.output):
            raise SparkError(
                f"{failed}.",
                "Check that what --test names is there and may be executed; no model was asked.",
            )
        # A package that is missing looks like a test that fails, and no answer could mend it.
        self._output.note(f"spark: Before the change {failed}.")

    def _is_about(self, path: str, output: str) -> bool:
        """Return whether a shell's word that it cannot run something may be the file's mistake."""
        name = re.escape(path.rpartition("/")[2])
        return re.search(rf"(?<!\w){name}(?!\w)", "\n".join((*self._words, output))) is not None

    async def __call__(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        """Return what the user's own checks and the command say of ``after``."""
        told = () if self._others is None else await self._others(path, before, after)
        if failure(told):
            return told
        self._output.redraw(f"Running {label_of(self._words)}")
        (check,) = await self._evidence(path, before, after)
        self._output.redraw("")
        known = self._checks.get(self._attempt)
        # What is run after an answer has passed are changes of it that show what the test leaves
        # open: they should fail.
        if known is None or not known.passed:
            self._checks[self._attempt] = check
        return (*told, check)

    def tell(self, proposal: Proposal) -> None:
        """Say how many answers failed before one passed: the more, the likelier by luck."""
        failed = sum(not check.passed for check in self._checks.values())
        if isinstance(proposal.state, Ready) and failed:
            answers = "answer" if failed == 1 else "answers"
            self._output.note(f"spark: {failed} {answers} before this one did not pass.")

    def json(self) -> "Json":
        """Return each try: whether it passed, why not, and the end of what the command wrote."""
        last = max((self._attempt, *self._checks))
        return {"tries": [self._try(number) for number in range(1, last + 1)]}

    def _try(self, number: int) -> "Json":
        check = self._checks.get(number)
        if check is None:
            # Such an answer did not come as far as the command.
            return {"passed": False, "ran": False, "detail": "", "report": ""}
        return {
            "passed": check.passed,
            "ran": True,
            "detail": check.detail,
            "report": check.report,
        }

    def _follow(self, event: ProposalChanged) -> None:
        if not isinstance(event.proposal.state, Streaming):
            return
        attempt = event.proposal.state.attempt
        if attempt > self._attempt:
            # Several answers at once are not watched: without this nothing moved meanwhile.
            self._output.redraw(f"Answer {attempt}: the model is asked again")
        self._attempt = attempt


def try_out(project: "Project", trials: Trials, tries: int | None) -> None:
    """Let only what the command passes be proposed, after so many tries at most."""
    suggester = project.suggester
    suggester.project = trials
    repairs = (tries or TRIES) - 1
    suggester.effort = replace(suggester.effort, repairs=repairs, project=True, trusts=True)


def folder_in(root: Path) -> str:
    """Return the current folder as a path in ``root``, "" for itself or one elsewhere."""
    here = current_folder()
    inside = here.relative_to(root) if here.is_relative_to(root) else Path()
    return "" if inside == Path() else inside.as_posix()
