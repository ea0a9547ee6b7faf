"""Opens the project that a command works in, and closes it however the command ends."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spark_desktop.cli.answer_notes import AnswerNotes
from spark_desktop.cli.core_progress import CoreProgress
from spark_desktop.cli.history_notes import HistoryNotes
from spark_desktop.cli.output import Output
from spark_desktop.domain.events import CoreStateChanged
from spark_desktop.places import data_folder, settings_file

if TYPE_CHECKING:
    # Its imports (parsers, HTTP, SQLite) would slow down every ``spark --help``.
    from spark_desktop.wiring import Project

# Seconds that a core which the command line started stays for the next command.
LINGER = 180.0

ProjectFactory = Callable[[Path, str | None], Awaitable["Project"]]


@asynccontextmanager
async def project_at(
    root: Path, model: str | None, output: Output, factory: ProjectFactory
) -> AsyncIterator["Project"]:
    """Open the project in ``root``, tell what its core does, and close it in the end."""
    project = await factory(root, model_named(model))
    project.bus.subscribe(CoreStateChanged, CoreProgress(output).on_state)
    AnswerNotes(output, project.bus)
    HistoryNotes(output, project.bus)
    for note in project.notes:
        output.note(f"spark: {note}")
    try:
        await project.edits.tell()
        yield project
    finally:
        await project.close()


def model_named(name: str | None) -> str | None:
    """Return an absolute path for a file: programs share a core if they say the same name."""
    if name is None or name.startswith("replay:") or not Path(name).is_file():
        return name
    return str(Path(name).resolve())


async def open_with_shared_core(root: Path, model: str | None) -> "Project":
    """Return the project with the core that runs already, or one that stays for a while.

    The user's endpoints are asked in their order, unless a ``model`` is named: that one answers.
    """
    from spark_desktop.adapters.settings_file import TomlSettings
    from spark_desktop.endpoint_wiring import ENDPOINTS, endpoint_services
    from spark_desktop.wiring import open_project

    file = settings_file()
    settings = TomlSettings(file).load().settings
    privacy = settings.privacy
    async with AsyncExitStack() as closing:
        endpoints = endpoint_services(
            data_folder(), file.with_name(ENDPOINTS), lambda: privacy.keep_ledger
        )
        closing.push_async_callback(endpoints.close)
        project = await open_project(
            root,
            model=model,
            linger=LINGER,
            endpoints=endpoints,
            only_core=model is not None,
            history_bytes=lambda: privacy.history_bytes,
        )
        closing.push_async_callback(project.close)
        # What starts a proposal here is the user's choice in every program.
        project.use(settings)
        notes = endpoints.endpoints.problems
        return replace(project, closing=closing.pop_all(), notes=notes)
