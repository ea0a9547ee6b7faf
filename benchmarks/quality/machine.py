"""A model's core that all tasks share, and the projects that are opened on it, one at a time."""

import asyncio
import contextlib
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import filelock
import psutil

from benchmarks.quality.listening import Wire
from benchmarks.quality.suite import write
from spark_desktop.adapters.core_lookup import CoreFiles, address_of
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.events import FilesChanged
from spark_desktop.services.ports import Endpoint
from spark_desktop.wiring import Project, open_project

# Seconds for a core to come up or to go, and for a folder to be watched.
_LONGEST_S = 120.0
_POLL_S = 0.02
# A core ends soon after the program that began it, but not while that one's loop waits its turn on
# a machine that is busy; and a burst of saves is over by then.
_LINGER_S = 5.0
_OVER_S = 0.3
_PROBE = "probe.txt"


class Machine:
    """Holds one core while it is open, which projects opened here join."""

    def __init__(self, wire: Wire, place: Path) -> None:
        """``place`` is an empty folder for whatever is opened."""
        self.wire = wire
        self._run = place / "run"
        self._place = place
        self._holder: Project | None = None

    async def endpoint(self) -> Endpoint:
        """Return who answers, without a project."""
        if self._holder is None:
            raise RuntimeError("the machine is not open")
        return await self._holder.answers.endpoint_for(WorkKind.EDIT)

    @asynccontextmanager
    async def project(
        self, files: Mapping[str, str], provide: Callable[[Path], None]
    ) -> AsyncIterator[Project]:
        """A project with these files, committed, watched, its core up, with its own data folder.

        ``provide`` puts in what is installed there, before it is opened.
        """
        # One path for all: it stands in what tests write, and so in prompts.
        root = self._place / "project"
        await asyncio.to_thread(_made, root, files)
        await asyncio.to_thread(provide, root)
        try:
            async with self.opened(root) as project:
                yield project
        finally:
            await asyncio.to_thread(_cleared, root)

    @asynccontextmanager
    async def opened(self, root: Path) -> AsyncIterator[Project]:
        """The project in a folder, watched, its core up, with a data folder of its own."""
        data = self._place / "data"
        async with AsyncExitStack() as closing:
            closing.push_async_callback(asyncio.to_thread, _cleared, data)
            project = await self._opened(root, data)
            closing.push_async_callback(project.close)
            await project.answers.endpoint_for(WorkKind.SUGGESTION)
            await watching(project)
            self.wire.took()
            yield project

    async def _opened(self, root: Path, data: Path) -> Project:
        # What all projects of this machine share is the core, which is found by this folder.
        await asyncio.to_thread(_linked, data, self._run)
        return await open_project(
            root,
            model=self.wire.name,
            linger=_LINGER_S,
            data_dir=data,
            endpoints=self.wire.services,
        )

    async def _begin(self) -> None:
        """Start the core that stays until the end; one that died is started again."""
        if self._holder is not None:
            self._holder.core.start()
            await self._holder.core.endpoint()

    async def __aenter__(self) -> "Machine":
        self._run.mkdir(mode=0o700)
        root = self._place / "held"
        (root / "project").mkdir(parents=True)
        self._holder = await self._opened(root / "project", root / "data")
        self.wire.prepare = self._begin
        return self

    async def __aexit__(self, *_: object) -> None:
        address = address_of(CoreFiles(self._run, self.wire.name))
        if self._holder is not None:
            await self._holder.close()
        if address is not None:
            await _until(lambda: not psutil.pid_exists(address.pid))


@contextmanager
def place_to_work(below: Path | None = None) -> Iterator[Path]:
    """An empty folder until the block ends: the same in every run, so that prompts are, too.

    A run beside another one gets the next. It is ``below`` a folder, that of temporary files.
    """
    below = below or Path(tempfile.gettempdir())
    for number in itertools.count():
        place = below / f"spark-quality-{number}"
        place.mkdir(mode=0o700, exist_ok=True)
        lock = filelock.FileLock(place / "lock", blocking=False)
        with contextlib.suppress(filelock.Timeout):
            lock.acquire()
        if lock.is_locked:
            break
    try:
        _cleared(*(one for one in place.iterdir() if one.name != "lock"))
        yield place
    finally:
        lock.release()


def _cleared(*places: Path) -> None:
    for place in places:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)


def _linked(data: Path, run: Path) -> None:
    data.mkdir()
    (data / "run").symlink_to(run)


def _made(root: Path, files: Mapping[str, str]) -> None:
    """Write and commit the files, as a project is that somebody works in."""
    import pygit2

    write(files, root)
    repository = pygit2.init_repository(str(root))
    repository.index.add_all()
    repository.index.write()
    author = pygit2.Signature("Somebody", "somebody@example.org", 1_700_000_000)
    tree = repository.index.write_tree()
    repository.create_commit("HEAD", author, author, "As it is", tree, [])


async def watching(project: Project) -> None:
    """Return when the folder is watched, which only a change that is noticed tells."""
    noticed: list[FilesChanged] = []
    stop = project.bus.subscribe(FilesChanged, noticed.append)
    project.watch()
    probe = project.root / _PROBE

    def told() -> bool:
        probe.write_text("is anybody there?", "utf-8")
        return bool(noticed)

    await _until(told)
    probe.unlink()
    # What tells of the probe is over before anything is measured.
    await asyncio.sleep(_OVER_S)
    stop()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_LONGEST_S):
        while not condition():  # noqa: ASYNC110 - another process does it, nothing tells us
            await asyncio.sleep(_POLL_S)
