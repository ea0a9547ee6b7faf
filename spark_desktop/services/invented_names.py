"""Attributes and keys that a small model made up: words that nobody else uses.

Nothing says of what class ``contact`` is in ``contact.lastname``. But a word that stands nowhere in
the workspace, in no text of the user and in no library at hand is most likely an invention. That
is a doubt, not a fault: code for somebody else's data may be the first to name it.
"""

import asyncio
import builtins
import importlib
import re
import sys
from functools import cache

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.regex import regex
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.name_evidence import NamesReader
from spark_desktop.services.secret_guard import Reader

_READY_S = 0.05
_MOST_HITS = 10
_WORDS = regex(r"[^\W\d]\w*")
# Modules of Python whose objects code handles without importing them.
_COMMON = (
    *("datetime", "pathlib", "collections", "re", "decimal", "fractions", "io", "json", "logging"),
    *("enum", "dataclasses", "typing", "functools", "itertools", "subprocess", "threading", "os"),
)


class InventedNames:
    """Finds them in an answer; without a ready index, or among foreign libraries, none."""

    def __init__(self, reader: NamesReader, index: CodeIndex, files: Reader) -> None:
        self._reader = reader
        self._index = index
        self._files = files

    async def __call__(self, path: str, before: str, after: str, asked: str) -> tuple[str, ...]:
        """Return the words that only ``after`` uses; ``asked`` is what the user wrote."""
        if not path.endswith((".py", ".pyi")) or not await self._index.ready(_READY_S):
            return ()
        new = await asyncio.to_thread(self._reader.names, path, after)
        old = await asyncio.to_thread(self._reader.names, path, before)
        if new is None or old is None:
            return ()
        modules = {one.module.partition(".")[0] for one in new.imports}
        for one in new.imports:
            if one.module.partition(".")[0] not in sys.stdlib_module_names:
                found = await self._index.resolved(path, one.module, one.names)
                if not any(each.target for each in found):
                    return ()  # what its objects have is not known here
        known = {word.casefold() for word in _WORDS.findall(f"{before}\n{asked}")}
        words = {one for one in new.read - old.read if one.casefold() not in known}
        words -= new.stored & old.stored
        words -= await asyncio.to_thread(_library, frozenset(modules & sys.stdlib_module_names))
        return tuple([one for one in sorted(words) if not await self._stands(one)])

    async def _stands(self, word: str) -> bool:
        if await self._index.defined([word]) or await self._index.references(word, 1):
            return True
        # The index finds texts by parts of words: "last" and "name" for last_name.
        for hit in await self._index.search(word, _MOST_HITS):
            try:
                snapshot = await self._files.read(hit.path)
            except SparkError:
                continue
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", snapshot.text.content):
                return True
        return False


@cache
def _library(modules: frozenset[str]) -> frozenset[str]:
    """Return the names that objects of Python's own library have, those of its common modules.

    Of the ``modules`` that a file imports only such as are loaded here are looked into.
    """
    found: set[str] = set()
    for value in vars(builtins).values():
        found.update(dir(value))
    for name in (*_COMMON, *sorted(modules)):
        module = sys.modules.get(name)
        if module is None and name in _COMMON:
            module = importlib.import_module(name)
        if module is None:
            continue
        found.update(dir(module))
        for value in list(vars(module).values()):
            found.update(dir(value))
    return frozenset(found)
