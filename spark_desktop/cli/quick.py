"""``spark quick``: the quick prompt of the running app, else an answer in the terminal."""

import argparse
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from spark_desktop.cli.answer_notes import AnswerNotes
from spark_desktop.cli.ask import end
from spark_desktop.cli.core_progress import CoreProgress
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import LINGER, ProjectFactory, model_named
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.events import CoreStateChanged, TurnStreamed
from spark_desktop.domain.handover import QuickText
from spark_desktop.domain.words import say
from spark_desktop.places import data_folder

if TYPE_CHECKING:
    # Its imports (HTTP, SQLite) would slow down every ``spark --help``.
    from spark_desktop.quick_wiring import QuickAnswers

Opener = Callable[[str | None, float], "AbstractAsyncContextManager[QuickAnswers]"]


class HandOver(Protocol):
    """The way to the running app."""

    async def __call__(self, data_dir: Path, question: str) -> bool:
        """Let it show the quick prompt and ask, if the question is not empty.

        Return whether an app took it.
        """
        ...


async def running_app(data_dir: Path, question: str) -> bool:
    """Let the app that runs on ``data_dir`` show its prompt; return whether there is one."""
    from spark_desktop.adapters.single_instance import hand_over

    tokens = (os.environ.get(name) for name in ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"))
    token = next((token for token in tokens if token), "")
    return await hand_over(data_dir, QuickText(question, token))


async def run(
    args: argparse.Namespace,
    output: Output,
    factory: ProjectFactory,
    hand_over: HandOver = running_app,
    opener: Opener | None = None,
) -> ExitCode:
    """Show the prompt of the running app; without one, or with ``--print``, answer on stdout."""
    del factory  # A quick question belongs to no project.
    question: str | None = args.question
    if question is not None and not question.strip():
        raise UsageError(say("The question is empty."), say('Ask one: spark quick "…"'))
    # What needs stdout, or another model than the app's, is answered here.
    here = args.print or output.structured or args.model is not None
    if not here and await hand_over(data_folder(), question or ""):
        return ExitCode.OK
    if question is None:
        raise UsageError(
            say("No Spark runs whose quick prompt could be shown."),
            say('Start it (spark-desktop), or ask here: spark quick "…"'),
        )
    return await _answer(question, args.model, output, opener or _open)


async def _answer(question: str, model: str | None, output: Output, opener: Opener) -> ExitCode:
    def on_piece(event: TurnStreamed) -> None:
        if output.structured:
            output.record({"event": "text", "text": event.piece})
        else:
            output.text(event.piece)

    async with opener(model_named(model), LINGER) as answers:
        answers.bus.subscribe(CoreStateChanged, CoreProgress(output).on_state)
        answers.bus.subscribe(TurnStreamed, on_piece)
        AnswerNotes(output, answers.bus)
        for note in answers.notes:
            output.note(f"spark: {note}")
        try:
            await answers.service.remember(question)
        except StoreError as error:
            # The answer matters more than that the question can be found again.
            output.note(f"spark: {error}")
        turn = await answers.service.ask(question)
    return end(turn, output)


def _open(model: str | None, linger: float) -> "AbstractAsyncContextManager[QuickAnswers]":
    from spark_desktop.quick_wiring import quick_answers

    return quick_answers(model, linger)
