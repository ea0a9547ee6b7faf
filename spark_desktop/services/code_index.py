"""The index of the workspace, as the services ask it."""

from collections.abc import Collection, Sequence
from typing import Protocol

from spark_desktop.domain.code import Definition, Import, IndexState, Reference, TextHit


class CodeIndex(Protocol):
    """Knows the names of all watched files; follows changes by itself.

    Asked before it is ready it answers from what it has read so far: ``state`` says how far that
    is. Nothing of secret, ignored, generated or vendored files is in it. No method raises: an
    index that fails is empty, and says so once (WorkFailed).
    """

    @property
    def state(self) -> IndexState:
        """Return how far it is."""
        ...

    async def ready(self, seconds: float) -> bool:
        """Wait at most so long until all files were read; return whether they were."""
        ...

    async def defined(self, names: Collection[str]) -> frozenset[str]:
        """Return those of the names that something in the workspace defines."""
        ...

    async def definitions(self, name: str, most: int = 20) -> tuple[Definition, ...]:
        """Return what has the name, at most so many."""
        ...

    async def outline(self, path: str) -> tuple[Definition, ...]:
        """Return what a file defines, in its order."""
        ...

    async def names_in(self, path: str) -> frozenset[str]:
        """Return every name that a file uses or defines."""
        ...

    async def references(self, name: str, most: int = 500) -> tuple[Reference, ...]:
        """Return where the name is used, by path and line; definitions are not uses."""
        ...

    async def imports(self, path: str) -> tuple[Import, ...]:
        """Return what a file imports."""
        ...

    async def resolved(self, path: str, module: str, names: Collection[str]) -> tuple[Import, ...]:
        """Return an import as it would be in a file that need not hold it yet."""
        ...

    async def importers(self, path: str) -> tuple[str, ...]:
        """Return the files that import a file."""
        ...

    async def tests_of(self, path: str) -> tuple[str, ...]:
        """Return the test files for a file, the likeliest first; for a test file what it tests."""
        ...

    async def tests_reaching(self, path: str) -> tuple[str, ...]:
        """Return the test files that import a file by way of others only, the nearest first."""
        ...

    async def search(self, words: str, most: int = 20) -> tuple[TextHit, ...]:
        """Return the files that hold the words, by the full text, the best first."""
        ...

    async def map(self, about: Sequence[str], characters: int) -> str:
        """Return signatures of the workspace, ranked by what the paths ``about`` touch.

        At most so many characters; a line a definition, below its file's path.
        """
        ...
