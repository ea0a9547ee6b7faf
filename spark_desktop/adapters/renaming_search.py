"""Which files of the workspace hold a name, by looking at their bytes."""

import asyncio
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from spark_desktop.adapters.languages import grammar_for
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.ports import FileStore

# Bytes; a longer file is generated, or its lines are too many to be followed.
_MOST = 1_000_000
_FAMILIES = (
    frozenset({"python"}),
    frozenset({"javascript", "typescript", "tsx"}),
    frozenset({"go"}),
    frozenset({"rust"}),
    frozenset({"c", "cpp"}),
)


class NameSearch:
    """Asks the index where it is ready, else looks at the watched files in an OS thread."""

    def __init__(self, files: FileStore, index: CodeIndex | None = None) -> None:
        self._files = files
        self.index = index

    async def holding(self, path: str, words: Collection[str]) -> tuple[str, ...]:
        """Return the files that hold one of the words and may use what ``path`` defines, sorted.

        Raises FileError where the folder cannot be listed.
        """
        family = _family(path)
        if not family:
            return ()
        if self.index is not None and self.index.state.is_ready:
            found = set(await self.index.importers(path))
            for word in words:
                found |= {one.path for one in await self.index.references(word)}
                found |= {one.path for one in await self.index.definitions(word)}
            return tuple(sorted(one for one in found if _family(one) == family))
        paths = [one for one in await self._files.files() if _family(one) == family]
        return await asyncio.to_thread(_with_words, self._files.root, paths, frozenset(words))


def _family(path: str) -> frozenset[str]:
    grammar = grammar_for(path)
    named = "" if grammar is None else grammar.name
    return next((family for family in _FAMILIES if named in family), frozenset())


def _with_words(root: Path, paths: Iterable[str], words: frozenset[str]) -> tuple[str, ...]:
    some = b"|".join(re.escape(word.encode()) for word in sorted(words))
    # UTF-16 and its like hold no such bytes; they are left to the user.
    search = re.compile(rb"(?<![\w$])(?:" + some + rb")(?![\w$])")
    found = []
    for path in paths:
        try:
            with (root / path).open("rb") as file:
                data = file.read(_MOST + 1)
        except OSError:
            # Gone since it was listed, or not ours to read: nothing can be proposed for it.
            continue
        if len(data) <= _MOST and search.search(data):
            found.append(path)
    return tuple(sorted(found))
