"""Places in what was compiled from TypeScript, as places in the source that a person wrote."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from spark_desktop.domain.compiled_sources import Sources, is_compiled, line_like, source_of
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.source_maps import mapped
from spark_desktop.domain.test_output import Frame
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.ports import FileStore


class CompiledPlaces:
    """``read`` gives a source that may be shown, None for any other."""

    def __init__(self, files: FileStore, read: Callable[[str], Awaitable[Snapshot | None]]) -> None:
        self._files = files
        self._read = read
        # The last files that were asked about: all frames of a run are in the same ones.
        self._known: tuple[frozenset[str], Sources] = (frozenset(), Sources.of(()))

    async def of(self, frame: Frame, files: Collection[str]) -> Frame:
        """Return the place in TypeScript for one in what was compiled from it, else as it is."""
        if not is_compiled(frame.path):
            return frame
        known = frozenset(files)
        places = await self._compared(f"{frame.path}.map")
        place = await asyncio.to_thread(mapped, frame.path, places, frame.line)
        if place is None or place[0] not in known:
            source, line = await self._source(frame.path, known), -1
        else:
            source, line = place
        snapshot = None if source is None else await self._read(source)
        if source is None or snapshot is None:
            return frame
        content = snapshot.text.content
        # A map of another version of the source may name a line that it does not have.
        if not 0 <= line < len(split_lines(content)):
            compiled = await self._compared(frame.path)
            line = await asyncio.to_thread(_line_in, content, compiled, frame.line)
        return Frame(source, line)

    async def _source(self, path: str, files: frozenset[str]) -> str | None:
        known, sources = self._known
        if known != files:
            sources = await asyncio.to_thread(Sources.of, files)
            self._known = (files, sources)
        return await asyncio.to_thread(source_of, path, sources)

    async def _compared(self, path: str) -> str:
        """Return a file's text, "" without one, only to compare it: an ignored one is shown to
        nobody."""
        try:
            return (await self._files.read(path)).text.content
        except FileError:
            return ""


def _line_in(content: str, compiled: str, line: int) -> int:
    """Return which line of a source a line of what was compiled from it is of; -1: not known."""
    lines = split_lines(compiled)
    return line_like(lines[line], split_lines(content)) if 0 <= line < len(lines) else -1
