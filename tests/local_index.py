"""An index of a folder in this process: the same database and answers, no worker."""

import queue
from collections.abc import Collection, Sequence
from pathlib import Path

from spark_desktop.adapters.index_answers import IndexAnswers
from spark_desktop.adapters.index_files import IndexFiles
from spark_desktop.adapters.index_store import IndexStore
from spark_desktop.domain.code import Definition, Import, IndexState, Reference, TextHit


def read_all(root: Path, store: IndexStore) -> None:
    """Put the whole folder into the database."""
    files = IndexFiles(root)
    found = [(path, stamp) for path in files.walk() if (stamp := files.stamp(path))]
    store.put([files.read(path, stamp) for path, stamp in found])


class LocalIndex:
    """A CodeIndex that is ready at once; it follows no changes."""

    def __init__(self, root: Path, file: Path, is_ready: bool = True) -> None:
        self.store = IndexStore.open(file)
        self.files = IndexFiles(root)
        read_all(root, self.store)
        self.answers = IndexAnswers(self.store.queries, self.files)
        self.is_ready = is_ready

    @property
    def state(self) -> IndexState:
        count = self.store.count()
        return IndexState(count, count, self.is_ready)

    async def ready(self, seconds: float) -> bool:
        return self.is_ready

    async def defined(self, names: Collection[str]) -> frozenset[str]:
        return frozenset(self.answers.defined(names))

    async def definitions(self, name: str, most: int = 20) -> tuple[Definition, ...]:
        return tuple(self.answers.definitions(name, most))

    async def outline(self, path: str) -> tuple[Definition, ...]:
        return tuple(self.answers.outline(path))

    async def names_in(self, path: str) -> frozenset[str]:
        return frozenset(self.answers.names_in(path))

    async def references(self, name: str, most: int = 500) -> tuple[Reference, ...]:
        return tuple(self.answers.references(name, most))

    async def imports(self, path: str) -> tuple[Import, ...]:
        return tuple(self.answers.imports(path))

    async def resolved(self, path: str, module: str, names: Collection[str]) -> tuple[Import, ...]:
        return tuple(self.answers.resolved(path, module, list(names)))

    async def importers(self, path: str) -> tuple[str, ...]:
        return tuple(self.answers.importers(path))

    async def tests_of(self, path: str) -> tuple[str, ...]:
        return tuple(self.answers.tests_of(path))

    async def tests_reaching(self, path: str) -> tuple[str, ...]:
        return tuple(self.answers.tests_reaching(path))

    async def search(self, words: str, most: int = 20) -> tuple[TextHit, ...]:
        return tuple(self.answers.search(words, most))

    async def map(self, about: Sequence[str], characters: int) -> str:
        return self.answers.map(about, characters)


def ended(*messages: dict[str, object]) -> "queue.SimpleQueue[dict[str, object] | None]":
    """Return what a worker hears: the messages, then the end of its input."""
    heard: queue.SimpleQueue[dict[str, object] | None] = queue.SimpleQueue()
    for message in (*messages, None):
        heard.put(message)
    return heard
