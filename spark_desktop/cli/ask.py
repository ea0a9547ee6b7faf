"""``spark ask``: a question, answered as it is written."""

import argparse
from pathlib import Path

from spark_desktop.cli import folders
from spark_desktop.cli.answer_notes import who_answered
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.json_shapes import turn_json
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.events import TurnStreamed
from spark_desktop.services.ports import FileStore


async def run(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Stream the answer to stdout; as JSON, pieces and then the whole turn."""
    files = [folders.existing_file(name) for name in args.file]
    root = folders.folder_of(files[0]) if files else folders.named_folder(None)
    paths = [folders.path_in(root, file) for file in files]
    async with project_at(root, args.model, output, factory) as project:
        project.warm(WorkKind.CHAT)
        question = await _question(args.question, paths[1:], project.files)

        def on_piece(event: TurnStreamed) -> None:
            if output.structured:
                output.record({"event": "text", "text": event.piece})
            else:
                output.text(event.piece)

        project.bus.subscribe(TurnStreamed, on_piece)
        if not args.go_on:
            await project.chat.new_thread()
        turn = await project.chat.ask(question, path=paths[0] if paths else None)
    return end(turn, output)


async def _question(question: str, more: list[str], files: FileStore) -> str:
    """Return the question and the further files; the first file goes by its path.

    The question comes first, as a chat is named by its first words.
    """
    if not question.strip():
        raise UsageError("The question is empty.", 'Ask one: spark ask "…"')
    quoted = []
    for path in more:
        snapshot = await files.read(path)
        language = Path(path).suffix.lstrip(".")
        quoted.append(f"\n\n{path}:\n```{language}\n{snapshot.text.content.rstrip()}\n```")
    return question + "".join(quoted)


def end(turn: Turn, output: Output) -> ExitCode:
    """Write what comes after the pieces of an answer; return how the command ended."""
    if output.structured:
        output.record({"event": "answer", **turn_json(turn)})
    elif turn.answer and not turn.answer.endswith("\n"):
        output.line("")
    told = who_answered(turn.endpoint, turn.model, turn.cost)
    if told and not output.structured:
        output.note(told)
    if turn.state is TurnState.DONE:
        return ExitCode.OK
    if not output.structured:
        output.note(f"spark: {turn.error}")
    return ExitCode.FAILED
