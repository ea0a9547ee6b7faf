"""A fake of the workspace's index, which knows what a test tells it."""

from collections.abc import Collection, Sequence

from spark_desktop.domain.code import Definition, Import, IndexState, Reference, TextHit


class KnownCode:
    """Answers from what was put into it; ready unless a test says otherwise."""

    def __init__(self) -> None:
        self.known: list[Definition] = []
        self.uses: list[Reference] = []
        self.imported: list[Import] = []
        self.tests: dict[str, tuple[str, ...]] = {}
        self.reaching: dict[str, tuple[str, ...]] = {}
        self.drawn = ""
        self.is_ready = True
        self.asked: list[str] = []

    @property
    def state(self) -> IndexState:
        return IndexState(int(self.is_ready), 1, self.is_ready)

    async def ready(self, seconds: float) -> bool:
        return self.is_ready

    async def defined(self, names: Collection[str]) -> frozenset[str]:
        return frozenset(one.name for one in self.known) & frozenset(names)

    async def definitions(self, name: str, most: int = 20) -> tuple[Definition, ...]:
        self.asked.append(name)
        return tuple(one for one in self.known if one.name == name)[:most]

    async def outline(self, path: str) -> tuple[Definition, ...]:
        return tuple(one for one in self.known if one.path == path)

    async def references(self, name: str, most: int = 500) -> tuple[Reference, ...]:
        return tuple(one for one in self.uses if one.name == name)[:most]

    async def imports(self, path: str) -> tuple[Import, ...]:
        return tuple(one for one in self.imported if one.path == path)

    async def names_in(self, path: str) -> frozenset[str]:
        return frozenset(one.name for one in (*self.known, *self.uses) if one.path == path)

    async def resolved(self, path: str, module: str, names: Collection[str]) -> tuple[Import, ...]:
        return tuple(one for one in self.imported if one.module == module)

    async def importers(self, path: str) -> tuple[str, ...]:
        return tuple(one.path for one in self.imported if one.target == path)

    async def tests_of(self, path: str) -> tuple[str, ...]:
        return self.tests.get(path, ())

    async def tests_reaching(self, path: str) -> tuple[str, ...]:
        return self.reaching.get(path, ())

    async def search(self, words: str, most: int = 20) -> tuple[TextHit, ...]:
        return ()

    async def map(self, about: Sequence[str], characters: int) -> str:
        return self.drawn[:characters]
