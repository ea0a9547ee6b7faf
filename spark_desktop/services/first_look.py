"""Looks at the files of a folder without version control: what a save changed is seen beside it."""

from collections.abc import Callable

from spark_desktop.domain.workspace import Ignored
from spark_desktop.services.ports import FileStore
from spark_desktop.services.save_bursts import read_for_saves
from spark_desktop.services.seen_texts import MOST_BYTES, SeenTexts

# Beyond them it is no folder that somebody works in by hand, and reading it takes too long.
_MOST_FILES = 5000


async def first_look(files: FileStore, seen: SeenTexts, is_code: Callable[[str], bool]) -> int:
    """Keep the texts of the files that are code as they are now; return how many.

    In a folder with version control the committed texts stand in, and nothing is read. Files that
    were saved meanwhile keep their newer version. Raises FileError where it cannot be listed.
    """
    if await seen.commits.head():
        return 0
    kept = 0
    for path in (await files.files())[:_MOST_FILES]:
        if seen.held > MOST_BYTES // 2:
            break
        if not is_code(path) or await seen.before(path) is not None:
            continue
        snapshot = await read_for_saves(files, path)
        if not isinstance(snapshot, Ignored) and await seen.before(path) is None:
            seen.keep(snapshot)
            kept += 1
    return kept
