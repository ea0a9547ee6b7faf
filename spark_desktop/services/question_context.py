"""What goes with a question from a comment beside its file: what the code there uses of others."""

from spark_desktop.domain.context_item import ItemKind, ItemRef
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.file_outline import names_in, words_in
from spark_desktop.domain.trigger import QuestionComment, Span
from spark_desktop.services.code_lookup import CodeLookup
from spark_desktop.services.ports import FileStore
from spark_desktop.services.prompt_reading import Reading

# Files that go along, and their characters: reading them takes a small machine a second for 200.
_FILES = 3
_CHARACTERS = 3_000
_ALL_CHARACTERS = 6_000


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

    async def _found(self, trigger: QuestionComment) -> tuple[ItemRef, ...]:
        own = trigger.snapshot
        reading = self._lookup.reading(own)
        region = await reading.enclosing(own.path, trigger.lines)
        text = "".join((await reading.lines(own.path))[region.start : region.end])
        names = words_in(trigger.question) | names_in(text)
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
    return ItemRef(ItemKind.SYMBOL, path, symbol.name), size
