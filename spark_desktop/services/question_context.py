"""What goes with a question from a comment beside its file: what the code there uses of others."""

import asyncio
import logging
from collections.abc import Iterable

from spark_desktop.domain.context import window
from spark_desktop.domain.context_item import ItemKind, ItemRef
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.file_outline import names_in, words_in
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.trigger import QuestionComment, Span
from spark_desktop.services.code_lookup import CodeLookup
from spark_desktop.services.ports import FileStore
from spark_desktop.services.prompt_reading import Reading

_log = logging.getLogger(__name__)
# Files that go along, and their characters: reading them takes a small machine a second for 200.
_FILES = 3
_CHARACTERS = 3_000
_ALL_CHARACTERS = 6_000
# Longer files are not looked at: parsing one takes tenths of a second, and most were generated.
_LONGEST = 500_000
# Lines to each side of a question that stands in no function or class.
_AROUND = 20


class QuestionContext:
    """Finds where the names stand that the code around a question uses."""

    def __init__(self, lookup: CodeLookup, files: FileStore) -> None:
        self._lookup = lookup
        self._files = files

    async def refs(self, trigger: QuestionComment) -> tuple[ItemRef, ...]:
        """Return the files that define what the code uses; of long ones the definition alone.

        What may hold secrets, is generated or ignored is not among them; what fails is left out,
        since the question can be asked without.
        """
        try:
            return await self._found(trigger)
        except SparkError:
            return ()
        except Exception:  # noqa: BLE001 - the question must not be lost to what goes with it
            _log.exception("nothing could be found to go with a question")
            return ()

    async def _found(self, trigger: QuestionComment) -> tuple[ItemRef, ...]:
        own = trigger.snapshot
        if len(own.text.content) > _LONGEST:
            return ()
        reading = self._lookup.reading(own, _LONGEST)
        lines = await reading.lines(own.path)
        symbols = await reading.symbols(own.path)
        region = _around(symbols, trigger.lines) or window(lines, trigger.lines, _AROUND)
        text = "".join(lines[region.start : region.end])
        names = words_in(trigger.question) | await asyncio.to_thread(names_in, text)
        found: dict[str, ItemRef] = {}
        room = _ALL_CHARACTERS
        for path, span in await self._lookup.places(reading, names):
            if path == own.path or path in found or await self._files.ignored(path) is not None:
                continue
            ref, size = await _ref(reading, path, span)
            if ref is not None and size <= room:
                found[path] = ref
                room -= size
            if len(found) == _FILES:
                break
        return tuple(found.values())


def _around(symbols: Iterable[Symbol], lines: Span) -> Span | None:
    """Return the smallest function or class around the lines."""
    found = [
        one.lines
        for one in symbols
        if one.lines.start <= lines.start and lines.end <= one.lines.end
    ]
    return min(found, key=len, default=None)


async def _ref(reading: Reading, path: str, span: Span) -> tuple[ItemRef | None, int]:
    """Return what of a file goes along, with its characters; None for nothing."""
    lines = await reading.lines(path)
    size = sum(len(line) for line in lines)
    if 0 < size <= _CHARACTERS:
        return ItemRef(ItemKind.FILE, path, lines=span), size
    size = sum(len(line) for line in lines[span.start : span.end])
    symbol = next((one for one in await reading.symbols(path) if one.lines == span), None)
    if symbol is None or size > _CHARACTERS:
        return None, 0
    return ItemRef(ItemKind.SYMBOL, path, symbol.name, lines=span), size
