"""How many cases of a function the workspace's tests show."""

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.shown_cases import ENOUGH, cases_shown, is_written_out
from spark_desktop.domain.test_pairs import is_test
from spark_desktop.services.code_index import CodeIndex
from spark_desktop.services.secret_guard import Reader

_READY_S = 0.05
_MOST_FILES = 10
# Where tests stand in the file that they test.
_RUST_TESTS = "#[cfg(test)]"


class TestedCases:
    """Reads the tests that use a function; without a ready index it knows nothing."""

    def __init__(self, index: CodeIndex, files: Reader) -> None:
        self._index = index
        self._files = files

    async def __call__(self, path: str, name: str) -> int | None:
        """Return how many calls of a function of ``path`` tests have, ENOUGH for more than one.

        0: tests reach it only by way of something else. None where that is not known: no index,
        a name that is used and not called, as that of a property, or one that is never written
        out. A file that cannot be read has none.
        """
        if not is_written_out(name) or not await self._index.ready(_READY_S):
            return None
        uses = await self._index.references(name)
        paths = dict.fromkeys(one.path for one in uses if is_test(one.path) or one.path == path)
        if not any(map(is_test, paths)) and not path.endswith(".rs"):
            return 0
        found = 0
        for one in list(paths)[:_MOST_FILES]:
            try:
                text = (await self._files.read(one)).text.content
            except SparkError:
                continue
            if not is_test(one):
                text = text.partition(_RUST_TESTS)[2]
            found += cases_shown(text, name)
        return min(found, ENOUGH) or None
