"""Runs an operation until something stops it, and looks at what the next start makes of it."""

import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from faults.step_cases import Case, other_names, tree_of
from faults.stopping import KilledError, Stopping

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.step_store import SqliteStepStore
from spark_desktop.adapters.workspace_folder import WorkspaceFolder
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.history import Step
from spark_desktop.domain.operation import Recovered, RecoveryOutcome

ENDED = "a process that has ended"


@dataclass
class World:
    """A workspace and its database; ``run`` writes, ``restart`` is the next start."""

    folder: Path
    case: Case
    opened: list[Database] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """Return the workspace."""
        return self.folder / "root"

    def store(
        self, stopping: Stopping, owner: str = ENDED, file: Path | None = None
    ) -> SqliteStepStore:
        """Return a store whose calls can be stopped."""
        database = stopping.database(file or self.folder / "spark.db")
        self.opened.append(database)
        return SqliteStepStore(database, WorkspaceFolder(self.root), 10**9, stopping.disk(), owner)

    async def run(self, stopping: Stopping) -> SparkError | None:
        """Commit the operation; return the error that said no, None also after a kill."""
        try:
            await self.store(stopping).commit(self.case.operation)
        except SparkError as error:
            return error
        except KilledError:
            pass
        return None

    async def restart(self, stopping: Stopping) -> None:
        """Recover as the next start does, which may be stopped too."""
        with suppress(KilledError):
            await self.store(stopping).recover()

    async def at_rest(self) -> None:
        """Close the database, so that its file holds everything."""
        for database in self.opened:
            await database.close()
        self.opened.clear()

    async def close(self) -> None:
        """Close what was opened, and remove the files: there are many worlds."""
        await self.at_rest()
        shutil.rmtree(self.folder)


class Restarted:
    """The next start of a world: another connection, and another process as far as we can tell."""

    def __init__(
        self, world: World, stopping: Stopping | None = None, file: Path | None = None
    ) -> None:
        self._world = world
        self._store = world.store(stopping or Stopping(), owner="", file=file)
        self._database = world.opened[-1]

    async def recover(self) -> tuple[Recovered, ...]:
        """Recover as a start does."""
        return await self._store.recover()

    async def journal_length(self) -> int:
        """Return how many operations the journal holds."""
        return await self._database.run(
            lambda db: int(db.execute("SELECT count(*) FROM journal").fetchone()[0])
        )

    async def damage_contents(self) -> None:
        """Make everything that is kept unreadable."""
        await self._database.run(lambda db: db.execute("UPDATE contents SET data = 'damaged'"))

    async def require_whole(self) -> bool:
        """Return whether everything is new; fail where it is neither all old nor all new.

        That is: each file, each folder, no file more, and the kept steps with their marks.
        """
        case, root = self._world.case, self._world.root
        tree = tree_of(root)
        assert tree in (case.old, case.new), f"half done: {sorted(tree)}"
        is_new = tree == case.new
        assert await self.steps() == case.steps(is_new), "the steps do not match the files"
        assert other_names(root, case)
        assert await self.journal_length() == 0
        assert await self.recover() == (), "it is said once"
        return is_new

    async def require_whole_but(self, *paths: str) -> bool:
        """Return whether all but some paths is new; fail where that is half done.

        The steps must be those before, or those after: whether a change of these paths counts as
        undone there is not looked at.
        """
        case = self._world.case
        tree, old, new = (
            {path: data for path, data in tree.items() if not _is_below(path, paths)}
            for tree in (tree_of(self._world.root), case.old, case.new)
        )
        assert tree in (old, new), f"half done: {sorted(tree)}"
        assert await self.journal_length() == 0
        steps = [_without(step, paths) for step in await self.steps()]
        assert steps == [_without(step, paths) for step in case.steps(tree == new)]
        return tree == new

    async def steps(self) -> tuple[Step, ...]:
        """Return the kept steps."""
        return await self._store.steps()


async def world(folder: Path, case: Case) -> World:
    """Return a new world in which the case's operation can be run."""
    empty = await _empty_database(folder.parent)
    found = World(folder, case)
    case.lay_out(found.root)
    shutil.copy(empty, folder / "spark.db")
    for operation in case.kept:
        await found.store(Stopping()).commit(operation)
    return found


def require_told(told: tuple[Recovered, ...], is_new: bool, case: Case) -> None:
    """Fail unless the user is told once what became of the operation."""
    (recovered,) = told
    outcome = RecoveryOutcome.COMPLETED if is_new else RecoveryOutcome.ROLLED_BACK
    assert recovered.outcome is outcome
    assert recovered.title == f"Title of {'kept' if case.kept else 's'}"
    assert sorted(recovered.files) == sorted(write.path for write in case.operation.writes)
    assert recovered.left_alone == ()


async def points_of(folder: Path, case: Case) -> list[str]:
    """Return the names of the calls that the operation makes, in order."""
    found, counting = await world(folder, case), Stopping()
    assert await found.run(counting) is None
    assert await Restarted(found).require_whole()
    await found.close()
    return counting.points


def _is_below(path: str, those: Collection[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in those)


def _without(step: Step, paths: Collection[str]) -> Step:
    left = (
        one
        for one in step.changes
        if not _is_below(one.path, paths) and not _is_below(one.target, paths)
    )
    return replace(step, changes=tuple(left))


async def _empty_database(folder: Path) -> Path:
    """Return a migrated database, made once per folder: it takes longer than all else."""
    file = folder / "empty.db"
    if not file.exists():
        database = Database(file)
        await database.open()
        await database.close()
    return file
