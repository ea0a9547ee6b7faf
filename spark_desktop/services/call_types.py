"""What calls all over the workspace pass to a Python function, and expect of it."""

import asyncio

from spark_desktop.domain.call_types import Called, CallTypes, call_types, not_all
from spark_desktop.domain.errors import SparkError
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.secret_guard import Reader

_READY_S = 0.05
_MOST_FILES = 20
_PYTHON = (".py", ".pyi")


class CallsEverywhere:
    """Reads the files that use a function; without a ready index none."""

    def __init__(self, index: CodeIndex, files: Reader) -> None:
        self._index = index
        self._files = files

    async def __call__(self, called: Called) -> CallTypes:
        """Return what the calls in the first 20 files show; nothing without an index.

        Where more files use the function, all of its parameters may be given what is not known.
        Files that cannot be read show nothing.
        """
        found = CallTypes()
        if not await self._index.ready(_READY_S):
            return found
        is_constructor = called.container and called.name == "__init__"
        uses = await self._index.references(called.container if is_constructor else called.name)
        paths = dict.fromkeys(one.path for one in uses if one.path.endswith(_PYTHON))
        if len(paths) > _MOST_FILES:
            found.add(not_all(called))
        for path in list(paths)[:_MOST_FILES]:
            try:
                text = (await self._files.read(path)).text.content
            except SparkError:
                continue
            found.add(await asyncio.to_thread(call_types, text, called, path))
        return found
