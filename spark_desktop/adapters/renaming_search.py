"""Which files of the workspace hold a name, by looking at their bytes."""

import asyncio
import re
from collections import deque
from collections.abc import Collection, Iterable
from pathlib import Path

from spark_desktop.adapters.languages import grammar_for
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.ports import FileStore

# Bytes; a longer file is generated, or its lines are too many to be followed.
_MOST = 1_000_000
# Saved files that the index may not have read again; uses and definitions that it is asked for.
_SAVED, _MOST_PLACES = 200, 20_000
# Files; they take about a second.
_LOOKED_AT = 5000
_FAMILIES = (
    frozenset({"python"}),
    frozenset({"javascript", "typescript", "tsx"}),
    frozenset({"go"}),
    frozenset({"rust"}),
    frozenset({"c", "cpp"}),
)


class NameSearch:
    """Looks at the watched files in an OS thread; asks the index where there are too many.

    ``index`` may be set at any time. It leaves out what it takes for generated or secret, where a
    name may be used all the same: up to ``looked_at`` files of the language are looked at. What
    was saved last is looked at in any case, as the index follows a little later.
    """

    def __init__(self, files: FileStore, index: CodeIndex | None = None) -> None:
        self._files = files
        self.index = index
        self.looked_at = _LOOKED_AT
        self._saved: deque[str] = deque(maxlen=_SAVED)

    def saved(self, paths: Iterable[str]) -> None:
        """Take it that these files were saved just now."""
        self._saved.extend(paths)

    async def holding(self, path: str, words: Collection[str]) -> tuple[str, ...]:
        """Return the files that hold one of the words and may use what ``path`` defines, sorted.

        Raises FileError where the folder cannot be listed.
        """
        family = _family(path)
        if not family:
            return ()
        paths = [one for one in await self._files.files() if _family(one) == family]
        if self.index is not None and self.index.state.is_ready and len(paths) > self.looked_at:
            found = set(await self.index.importers(path))
            for word in words:
                found |= {one.path for one in await self.index.references(word, _MOST_PLACES)}
                found |= {one.path for one in await self.index.definitions(word, _MOST_PLACES)}
            recent = [one for one in dict.fromkeys(self._saved) if _family(one) == family]
            found |= set(await asyncio.to_thread(self._among, recent, frozenset(words)))
            return tuple(sorted(one for one in found if _family(one) == family))
        return await asyncio.to_thread(self._among, paths, frozenset(words))

    def _among(self, paths: Iterable[str], words: frozenset[str]) -> tuple[str, ...]:
        return _with_words(self._files.root, paths, words)


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
