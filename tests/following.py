"""A project on disk whose saves go through the inbox with the real parser."""

from dataclasses import dataclass
from pathlib import Path

from fakes import Answer, MemoryFiles
from worlds import World, build

from spark_desktop.adapters.renaming import TreeSitterNames
from spark_desktop.adapters.renaming_search import NameSearch
from spark_desktop.adapters.syntax import TreeSitterSyntax
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Proposal, Ready
from spark_desktop.domain.trigger import FollowUp, title_of
from spark_desktop.services.follow_up import FollowUps


class RootedFiles(MemoryFiles):
    """The same files in memory and in a folder, where a search looks at their bytes."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    @property
    def root(self) -> Path:
        return self._root


@dataclass
class Following:
    """``world`` has the fakes, ``follow_ups`` the service that looks at saves."""

    world: World
    follow_ups: FollowUps
    root: Path

    async def save(self, *paths: str, **texts: str) -> None:
        """Write the files (``__`` is a dot, ``___`` a slash) and let the inbox see them."""
        for name, text in texts.items():
            self.write(plain(name), text)
        names = [*paths, *(plain(name) for name in texts)]
        await self.world.inbox.saved(names)
        await self.world.turns.idle()

    async def replace(self, path: str, *pairs: tuple[str, str]) -> None:
        """Save a file with some words replaced."""
        text = self.text(path)
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        self.write(path, text)
        await self.world.inbox.saved([path])
        await self.world.turns.idle()

    def write(self, path: str, text: str) -> None:
        self.world.files.write(path, text)
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(self.world.files.data[path])

    def text(self, path: str) -> str:
        return self.world.files.data[path].decode()

    @property
    def offered(self) -> dict[str, str]:
        """Return what each file would become, of those that are offered."""
        return {
            one.trigger.snapshot.path: apply(one.trigger.snapshot.text.content, one.patch.hunks)
            for one in self.ready
        }

    @property
    def ready(self) -> list[Proposal]:
        return [one for one in self.world.board.all() if isinstance(one.state, Ready)]

    @property
    def left(self) -> str:
        """Return what is said to be left to the user."""
        checks = [check for one in self.ready for check in one.evidence]
        return " ".join(str(check.detail) for check in checks if check.is_advice)

    async def accept(self) -> None:
        await self.world.review.accept_group(self.ready[0].group or "")


def asked(one: Following) -> set[str]:
    """Return what the follow-ups are called."""
    return {
        str(title_of(p.trigger)) for p in one.world.board.all() if isinstance(p.trigger, FollowUp)
    }


def plain(name: str) -> str:
    return name.replace("___", "/").replace("__", ".")


def following(root: Path, files: dict[str, str], *answers: Answer | str) -> Following:
    """Return a project with these files, all of them seen by the inbox."""
    memory = RootedFiles(root)
    for path, text in files.items():
        memory.data[path] = text.encode()
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    world = build(memory, *answers)
    search = NameSearch(memory)
    found = FollowUps(
        TreeSitterNames(),
        search.holding,
        memory,
        TreeSitterSyntax(),
        world.board,
        world.seen_bus,
    )
    world.inbox.finders.append(found.find)
    world.suggester.follow_ups = found.computed
    for path in files:
        world.inbox.seen.keep(memory.snapshot(path))
    return Following(world, found, root)
