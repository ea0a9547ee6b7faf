"""An operation whose calls fail, or whose files are changed meanwhile, says so and does nothing.

With SPARK_LAW_CASES set every call fails in every way; else each fails once in one, and
from every other one on, at which files are changed too.
"""

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from faults.step_cases import CASES, Case, hard_link, mix, three_files, tree_of
from faults.step_runs import Restarted, World, points_of, world
from faults.stopping import Stopping

from spark_desktop.domain.errors import FileError, ReadOnlyFileError, SparkError, StoreError

IS_THOROUGH = "SPARK_LAW_CASES" in os.environ
CODES = (errno.ENOSPC, errno.EIO, errno.EACCES)
# Calls that want room on the disk, and those that want to be allowed to change a folder.
WANT_ROOM = ("create", "write", "mkdir", "link", "commit")
WANT_RIGHTS = ("create", "replace", "mkdir", "link", "unlink", "rmdir")


def fail(code: int, name: str) -> None:
    """Raise what the system, or the database, raises for that error number."""
    if name != "commit":
        raise OSError(code, os.strerror(code))
    error = sqlite3.OperationalError(os.strerror(code))
    full, broken = sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR
    error.sqlite_errorcode = full if code == errno.ENOSPC else broken
    raise error


def require_named(error: SparkError, code: int, case: Case) -> None:
    """Fail unless the error names the file or the database, and a next step."""
    assert error.next_step
    if isinstance(error, StoreError):
        assert "spark.db" in error.message
        return
    assert isinstance(error, FileError)
    assert any(write.path in error.message for write in case.operation.writes)
    assert "nothing was written" in error.message or "was not written" in error.message
    if code == errno.ENOSPC:
        assert "the disk is full" in error.message
    assert isinstance(error, ReadOnlyFileError) == (code == errno.EACCES)


@pytest.mark.parametrize("make", CASES)
async def test_a_call_that_fails_once_leaves_everything_old_or_is_no_failure(
    fast_folder: Path, make: Callable[[], Case]
) -> None:
    case = make()
    points = await points_of(fast_folder / "whole", case)
    runs, names = 0, set()
    for at in range(len(points)):
        for code in CODES if IS_THOROUGH else CODES[at % 3 : at % 3 + 1]:
            found = await world(fast_folder / f"{at}-{code}", case)

            def act(number: int, name: str, at: int = at, code: int = code) -> None:
                if number == at:
                    fail(code, name)

            stopping = Stopping(act=act)
            error = await found.run(stopping)
            is_new = await Restarted(found).require_whole()
            assert is_new is (error is None)
            if error:
                require_named(error, code, case)
            else:
                # A folder that cannot be synced: see docs/decisions/0004.
                assert points[at].startswith("fsync")
            names |= {name.split()[0] for name in stopping.points}
            await found.close()
            runs += 1
    print(f"{case.name}: {runs} calls that failed once")
    if case.name == "mix":
        assert "rmdir" in names, "folders that were made are removed again"


@pytest.mark.parametrize("make", CASES)
@pytest.mark.parametrize(
    ("code", "calls"),
    [
        pytest.param(errno.ENOSPC, WANT_ROOM, id="disk full"),
        pytest.param(errno.EACCES, WANT_RIGHTS, id="permission lost"),
    ],
)
async def test_a_disk_that_fails_from_some_call_on_leaves_everything_old_once_it_works_again(
    fast_folder: Path, make: Callable[[], Case], code: int, calls: tuple[str, ...]
) -> None:
    case = make()
    points = await points_of(fast_folder / "whole", case)
    runs = 0
    for at in range(len(points)):
        if not points[at].startswith(calls) or (at % 2 and not IS_THOROUGH):
            continue
        found = await world(fast_folder / f"{at}", case)

        def act(number: int, name: str, at: int = at) -> None:
            if number >= at and name.startswith(calls):
                fail(code, name)

        error = await found.run(Stopping(act=act))
        assert error is not None
        assert error.next_step
        is_stuck = "half done" in error.next_step
        start = Restarted(found)
        told = await start.recover()
        is_new = await start.require_whole()
        # What could not be put back for want of room stands whole, and is said to.
        assert not is_new or is_stuck
        assert told or not is_stuck
        await found.close()
        runs += 1
    print(f"{case.name}: {runs} calls from which on the disk failed")


def edited(file: Path) -> None:
    """Save other text in the file's place, as an editor does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("editor").write_bytes(b"their words\n")
    file.with_name("editor").replace(file)


def edited_in_place(file: Path) -> None:
    """Save other text in the file itself."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"their words\n")


def removed(file: Path) -> None:
    """Remove the file."""
    file.unlink(missing_ok=True)


def made_a_folder(file: Path) -> None:
    """Put a folder in the file's place."""
    file.unlink(missing_ok=True)
    file.mkdir(parents=True, exist_ok=True)
    (file / "inside").write_bytes(b"their words\n")


EVENTS = (edited, removed, made_a_folder, edited_in_place)


def touched(root: Path, path: str) -> dict[str, bytes | None]:
    """Return what is at a path, and below it."""
    tree = tree_of(root)
    return {one: data for one, data in tree.items() if one == path or one.startswith(f"{path}/")}


def names_of(case: Case, path: str) -> set[str]:
    """Return the paths that a change of one is a change of: other names, both ends of a rename."""
    names = {path.partition("/")[0] if path.startswith("new/") else path}
    names |= {one for pair in case.links.items() if path in pair for one in pair}
    for write in case.operation.writes:
        if write.like and path in (write.path, write.like):
            names |= {write.path, write.like}
    return names


MEDDLED = [
    pytest.param(three_files, "src/b.py", id="the second of three"),
    pytest.param(mix, "old.py", id="the old name of a rename"),
    pytest.param(mix, "moved.py", id="the new name of a rename"),
    pytest.param(mix, "new/deep/a.py", id="a new file"),
    pytest.param(mix, "gone.py", id="a removed file"),
    pytest.param(hard_link, "b.py", id="a file with two names"),
]


def chosen_events(at: int, path: str) -> tuple[Callable[[Path], None], ...]:
    """Return what happens at a call: everything, or one thing at every other call."""
    turn = at + len(path)
    return EVENTS if IS_THOROUGH else EVENTS[turn // 2 % 4 :][: 1 - turn % 2]


@pytest.mark.parametrize(("make", "path"), MEDDLED)
async def test_what_somebody_does_to_a_file_meanwhile_stays_and_nothing_is_half_done(
    fast_folder: Path, make: Callable[[], Case], path: str
) -> None:
    case = make()
    points = await points_of(fast_folder / "whole", case)
    name, runs, refused = path.rpartition("/")[2], 0, 0
    for at, point in enumerate(points):
        if point.split()[0] in ("replace", "link", "unlink", "write", "truncate") and (
            point.endswith(f" {name}")
        ):
            continue  # between the last look and the call: see docs/decisions/0004
        for event in chosen_events(at, path):
            found = await world(fast_folder / f"{at}-{event.__name__}", case)
            after: dict[str, object] = {}

            def act(
                number: int,
                _name: str,
                at: int = at,
                event: Callable[[Path], None] = event,
                found: World = found,
                after: dict[str, object] = after,
            ) -> None:
                if number == at:
                    before = touched(found.root, path)
                    event(found.root / path)
                    now = touched(found.root, path)
                    after.update({} if now == before else {"is": now})

            error = await found.run(Stopping(act=act))
            if after:
                now = touched(found.root, path)
                assert now == after["is"], f"their work is lost: {event} at {point}"
            is_new = await Restarted(found).require_whole_but(*names_of(case, path))
            assert is_new is (error is None), f"{event} at {point}: {error}"
            refused += error is not None
            await found.close()
            runs += 1
    assert refused, "some of it comes before the file is written"
    print(f"{case.name}, {path}: {runs} times meddled with, {refused} refused")


@pytest.mark.parametrize(("make", "path"), MEDDLED)
async def test_what_somebody_does_between_a_crash_and_the_next_start_stays_and_is_said(
    fast_folder: Path, make: Callable[[], Case], path: str
) -> None:
    case = make()
    points = await points_of(fast_folder / "whole", case)
    runs = 0
    for at in range(len(points)):
        for event in chosen_events(at, path):
            found = await world(fast_folder / f"{at}-{event.__name__}", case)
            await found.run(Stopping(at))
            before = touched(found.root, path)
            event(found.root / path)
            after = touched(found.root, path)
            start = Restarted(found)
            told = await start.recover()
            # What we had made, and was removed before we come back, is made again.
            is_made_again = event is removed and path not in case.old
            if after != before and not is_made_again:
                assert touched(found.root, path) == after, f"{event} at {points[at]}: {told}"
            await start.require_whole_but(*names_of(case, path))
            await found.close()
            runs += 1
    print(f"{case.name}, {path}: {runs} times meddled with after a crash")


async def test_a_folder_that_is_gone_with_its_files_ends_in_no_half_done_step(
    fast_folder: Path,
) -> None:
    case = three_files()
    points = await points_of(fast_folder / "whole", case)
    for at in range(len(points)):
        found = await world(fast_folder / f"{at}", case)
        await found.run(Stopping(at))
        shutil.rmtree(found.root / "src")
        start = Restarted(found)
        await start.recover()
        await start.require_whole_but("src")
        await found.close()
