import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from watchdog.events import DirDeletedEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from spark_desktop.adapters import file_watch, ignore_rules, watch_burst
from spark_desktop.adapters.file_watch import WatchdogFileWatch
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.errors import FileError

Bursts = AsyncIterator[tuple[str, ...]]


@asynccontextmanager
async def watching(root: Path) -> AsyncIterator[Bursts]:
    async with WatchdogFileWatch(root, IgnoreRules(root)).changes() as bursts:
        yield bursts


async def until(bursts: Bursts, last: str) -> list[str]:
    """Return every path reported up to and with ``last``."""
    seen: list[str] = []
    async with asyncio.timeout(10):
        async for paths in bursts:
            seen.extend(paths)
            if last in paths:
                return seen
    raise AssertionError("the stream ended")


async def test_a_saved_file_is_reported_by_its_relative_path(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    async with watching(tmp_path) as bursts:
        (tmp_path / "src" / "a.py").write_text("x = 1\n")
        assert await anext(bursts) == ("src/a.py",)


async def test_a_burst_of_writes_is_one_tuple_without_repeats(tmp_path: Path) -> None:
    names = [f"{number}.py" for number in range(50)]
    async with watching(tmp_path) as bursts:
        for _ in range(3):
            for name in names:
                (tmp_path / name).write_text("x = 1\n")
        assert sorted(await anext(bursts)) == sorted(names)


async def test_an_atomic_save_by_rename_is_one_change(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old\n")
    async with watching(tmp_path) as bursts:
        (tmp_path / "a.py.new123").write_text("new\n")
        (tmp_path / "a.py.new123").rename(tmp_path / "a.py")
        assert await anext(bursts) == ("a.py",)


async def test_a_save_in_the_manner_of_vim_is_one_change(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old\n")
    async with watching(tmp_path) as bursts:
        (tmp_path / ".a.py.swp").write_text("swap")
        (tmp_path / "4913").write_text("")
        (tmp_path / "4913").unlink()
        (tmp_path / "a.py").rename(tmp_path / "a.py~")
        (tmp_path / "a.py").write_text("new\n")
        (tmp_path / "a.py~").unlink()
        assert await anext(bursts) == ("a.py",)


async def test_a_removed_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old\n")
    async with watching(tmp_path) as bursts:
        (tmp_path / "a.py").unlink()
        assert await anext(bursts) == ("a.py",)


async def test_both_names_of_a_renamed_file_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x\n")
    async with watching(tmp_path) as bursts:
        (tmp_path / "a.py").rename(tmp_path / "b.py")
        assert set(await until(bursts, "b.py")) == {"a.py", "b.py"}


async def test_the_files_of_a_created_folder_are_reported(tmp_path: Path) -> None:
    async with watching(tmp_path) as bursts:
        (tmp_path / "new" / "deep").mkdir(parents=True)
        (tmp_path / "new" / "deep" / "a.py").write_text("x\n")
        assert await until(bursts, "new/deep/a.py")
        (tmp_path / "new" / "deep" / "b.py").write_text("x\n")
        assert await until(bursts, "new/deep/b.py")


async def test_the_files_of_a_folder_moved_in_are_reported(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    (outside / "deep").mkdir(parents=True)
    (outside / "deep" / "a.py").write_text("x\n")
    async with watching(root) as bursts:
        outside.rename(root / "inside")
        assert await until(bursts, "inside/deep/a.py")
        (root / "inside" / "deep" / "a.py").write_text("y\n")
        assert await until(bursts, "inside/deep/a.py")


async def test_a_folder_removed_and_made_again_is_still_watched(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    async with watching(tmp_path) as bursts:
        shutil.rmtree(tmp_path / "src")
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "a.py").write_text("x\n")
        await until(bursts, "src/a.py")
        (tmp_path / "src" / "b.py").write_text("x\n")
        assert await until(bursts, "src/b.py") == ["src/b.py"]


async def test_a_late_word_of_a_removed_folder_does_not_end_the_watch_of_its_successor(
    tmp_path: Path,
) -> None:
    src = tmp_path / "src"
    src.mkdir()
    observers: list[RecordingObserver] = []

    def observer() -> RecordingObserver:
        observers.append(RecordingObserver())
        return observers[-1]

    watch = WatchdogFileWatch(tmp_path, IgnoreRules(tmp_path), observer=observer)
    async with watch.changes() as bursts:
        src.rmdir()
        src.mkdir()
        (src / "a.py").write_text("x\n")
        await until(bursts, "src/a.py")
        observers[0].handlers[str(src)].dispatch(DirDeletedEvent(str(src)))
        (src / "b.py").write_text("x\n")
        assert await until(bursts, "src/b.py") == ["src/b.py"]


async def test_a_renamed_folder_is_watched_under_its_new_name(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.py").write_text("x\n")
    async with watching(tmp_path) as bursts:
        (tmp_path / "old").rename(tmp_path / "new")
        await until(bursts, "new/a.py")
        (tmp_path / "new" / "b.py").write_text("x\n")
        assert await until(bursts, "new/b.py") == ["new/b.py"]


async def test_nothing_below_an_ignored_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("generated/\n")
    for name in ("node_modules", "generated", "src/__pycache__"):
        (tmp_path / name).mkdir(parents=True)
    async with watching(tmp_path) as bursts:
        for name in ("node_modules", "generated", "src/__pycache__"):
            (tmp_path / name / "a.js").write_text("x\n")
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "HEAD").write_text("x\n")
        (tmp_path / "last.py").write_text("x\n")
        assert await until(bursts, "last.py") == ["last.py"]


async def test_an_ignored_file_outside_ignored_folders_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\n")
    async with watching(tmp_path) as bursts:
        (tmp_path / "a.log").write_text("x\n")
        assert await anext(bursts) == ("a.log",)


async def test_a_burst_of_thousands_is_one_tuple_and_nothing_is_lost(tmp_path: Path) -> None:
    names = {f"{number}.py" for number in range(2000)}
    async with watching(tmp_path) as bursts:
        for name in names:
            (tmp_path / name).write_text("x\n")
        async with asyncio.timeout(20):
            seen = await anext(bursts)
    assert len(seen) == len(names)
    assert set(seen) == names


async def test_a_folder_of_thousands_that_appears_is_reported_in_full(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    for number in range(ignore_rules.MAX_FILES + 1):
        (outside / f"{number}.py").touch()
    async with watching(root) as bursts:
        outside.rename(root / "inside")
        async with asyncio.timeout(20):
            assert len(await anext(bursts)) == ignore_rules.MAX_FILES + 1


async def test_what_git_writes_while_it_holds_its_lock_is_one_burst(tmp_path: Path) -> None:
    lock = tmp_path / ".git" / "index.lock"
    lock.parent.mkdir()
    lock.touch()
    async with watching(tmp_path) as bursts:
        burst = asyncio.ensure_future(anext(bursts))
        for name in ("a.py", "b.py"):
            (tmp_path / name).write_text("x\n")
            # More than the pause that ends a burst of single saves.
            await asyncio.wait({burst}, timeout=0.2)
        lock.unlink()
        async with asyncio.timeout(10):
            assert set(await burst) == {"a.py", "b.py"}


async def test_a_long_checkout_is_one_burst_however_old_its_lock_becomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "_FRESH_LOCK", 0.3)
    lock = tmp_path / ".git" / "index.lock"
    lock.parent.mkdir()
    async with watching(tmp_path) as bursts:
        burst = asyncio.ensure_future(anext(bursts))
        lock.touch()
        for name in ("a.py", "b.py", "c.py"):
            (tmp_path / name).write_text("x\n")
            await asyncio.wait({burst}, timeout=0.4)
        lock.unlink()
        async with asyncio.timeout(10):
            assert set(await burst) == {"a.py", "b.py", "c.py"}


async def test_a_lock_that_git_left_behind_holds_nothing_back(tmp_path: Path) -> None:
    lock = tmp_path / ".git" / "index.lock"
    lock.parent.mkdir()
    lock.touch()
    os.utime(lock, (1, 1))
    async with watching(tmp_path) as bursts:
        (tmp_path / "a.py").write_text("x\n")
        async with asyncio.timeout(10):
            assert await anext(bursts) == ("a.py",)


async def test_a_lock_that_git_has_just_left_behind_holds_a_save_back_for_seconds_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "_LONGEST_AT_WORK", 0.3)
    lock = tmp_path / ".git" / "index.lock"
    lock.parent.mkdir()
    lock.touch()
    async with watching(tmp_path) as bursts:
        (tmp_path / "a.py").write_text("x\n")
        async with asyncio.timeout(10):
            assert await anext(bursts) == ("a.py",)


async def test_many_files_that_git_rests_between_stay_one_burst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "_LONGEST_AT_WORK", 0.3)
    monkeypatch.setattr(watch_burst, "MANY", 3)
    lock = tmp_path / ".git" / "index.lock"
    lock.parent.mkdir()
    lock.touch()
    names = [f"{number}.py" for number in range(4)]
    async with watching(tmp_path) as bursts:
        burst = asyncio.ensure_future(anext(bursts))
        for name in names[:3]:
            (tmp_path / name).write_text("x\n")
        await asyncio.wait({burst}, timeout=1)
        (tmp_path / names[3]).write_text("x\n")
        lock.unlink()
        async with asyncio.timeout(10):
            assert sorted(await burst) == names


async def test_a_writer_without_a_pause_does_not_hold_a_burst_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "LONGEST_BURST", 0.1)
    watch = WatchdogFileWatch(tmp_path, IgnoreRules(tmp_path), quiet=30)
    async with watch.changes() as bursts:
        first = asyncio.ensure_future(anext(bursts))
        async with asyncio.timeout(10):
            while not first.done():
                (tmp_path / "a.py").write_text("x\n")
                await asyncio.wait({first}, timeout=0.02)
        assert first.result() == ("a.py",)


async def test_a_slow_tool_that_never_pauses_is_one_burst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "LONGEST_BURST", 0.2)
    names = [f"{number}.py" for number in range(60)]
    watch = WatchdogFileWatch(tmp_path, IgnoreRules(tmp_path), quiet=1.0)
    async with watch.changes() as bursts:
        burst = asyncio.ensure_future(anext(bursts))
        for name in names:
            (tmp_path / name).write_text("x\n")
            await asyncio.sleep(0.01)
        async with asyncio.timeout(10):
            assert sorted(await burst) == sorted(names)


async def test_a_slow_checkout_is_one_burst_although_git_never_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "LONGEST_BURST", 0.1)
    monkeypatch.setattr(watch_burst, "_LONGEST_AT_WORK", 0.3)
    monkeypatch.setattr(watch_burst, "FEW", 4)
    lock = tmp_path / ".git" / "index.lock"
    lock.parent.mkdir()
    lock.touch()
    names = [f"{number}.py" for number in range(30)]
    watch = WatchdogFileWatch(tmp_path, IgnoreRules(tmp_path), quiet=1.0)
    async with watch.changes() as bursts:
        burst = asyncio.ensure_future(anext(bursts))
        for name in names:
            (tmp_path / name).write_text("x\n")
            await asyncio.sleep(0.04)
        lock.unlink()
        async with asyncio.timeout(10):
            assert sorted(await burst) == sorted(names)


async def test_a_checkout_that_takes_minutes_is_told_in_large_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "_FRESH_LOCK", 0.2)
    monkeypatch.setattr(watch_burst, "_LONGEST_OF_GIT", 0.8)
    monkeypatch.setattr(watch_burst, "FEW", 2)
    lock = tmp_path / ".git" / "index.lock"
    lock.parent.mkdir()
    names = [f"{number}.py" for number in range(16)]
    async with watching(tmp_path) as bursts:
        told: list[tuple[str, ...]] = []

        async def listen() -> None:
            async for paths in bursts:
                told.append(paths)
                if sum(map(len, told)) == len(names):
                    return

        listening = asyncio.ensure_future(listen())
        lock.touch()
        for name in names:
            (tmp_path / name).write_text("x\n")
            # More than the pause that ends a burst of single saves.
            await asyncio.sleep(0.15)
        lock.unlink()
        async with asyncio.timeout(10):
            await listening
    assert sorted(path for paths in told for path in paths) == sorted(names)
    assert len(told) <= 5


async def test_a_tool_that_writes_on_and_on_is_told_after_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "LONGEST_BURST", 0.1)
    monkeypatch.setattr(watch_burst, "_LONGEST_AT_WORK", 0.5)
    watch = WatchdogFileWatch(tmp_path, IgnoreRules(tmp_path), quiet=30)
    async with watch.changes() as bursts:
        first = asyncio.ensure_future(anext(bursts))
        async with asyncio.timeout(10):
            while not first.done():
                for number in range(20):
                    (tmp_path / f"{number}.py").write_text("x\n")
                await asyncio.wait({first}, timeout=0.02)
        assert len(first.result()) == 20


async def test_a_compiler_that_writes_ignored_files_does_not_hold_a_save_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_burst, "LONGEST_BURST", 0.3)
    (tmp_path / ".gitignore").write_text("*.o\n")
    watch = WatchdogFileWatch(tmp_path, IgnoreRules(tmp_path), quiet=30)
    async with watch.changes() as bursts:
        first = asyncio.ensure_future(anext(bursts))
        (tmp_path / "a.c").write_text("x\n")
        async with asyncio.timeout(3):
            while not first.done():
                for number in range(20):
                    (tmp_path / f"{number}.o").write_text("x\n")
                await asyncio.wait({first}, timeout=0.02)
        assert "a.c" in first.result()


async def test_many_folders_are_watched_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_watch, "_MOST_WATCHES", 2)
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    async with watching(tmp_path) as bursts:
        (tmp_path / "c" / "x.py").write_text("x\n")
        assert await anext(bursts) == ("c/x.py",)


async def test_a_missing_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    watch = WatchdogFileWatch(tmp_path / "absent", IgnoreRules(tmp_path / "absent"))
    with pytest.raises(FileError, match="absent is not a folder") as caught:
        async with watch.changes():
            pass
    assert caught.value.next_step


async def test_the_stream_says_that_its_folder_was_removed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    async with watching(root) as bursts:
        root.rmdir()
        with pytest.raises(FileError, match="was removed"):
            async with asyncio.timeout(10):
                await anext(bursts)


@pytest.mark.parametrize("target", ["new", "../other"])
async def test_a_folder_that_is_moved_away_is_reported_by_its_name(
    tmp_path: Path, target: str
) -> None:
    root = tmp_path / "root"
    (root / "old" / "below").mkdir(parents=True)
    (root / "old" / "below" / "a.py").write_text("x = 1\n")
    async with watching(root) as bursts:
        (root / "old").rename(root / target)
        (root / "b.py").write_text("x = 1\n")
        seen = await until(bursts, "old")
    assert not any(path.startswith("old/") for path in seen)


async def test_a_tree_that_is_removed_is_named_once_beside_its_files(tmp_path: Path) -> None:
    burst = watch_burst.Burst(tmp_path)
    folders = [f"old/{one}" for one in range(3000)]
    paths = [f"{folder}/{name}.py" for folder in folders for name in "abcdef"]
    (tmp_path / "again").mkdir()
    left = dict.fromkeys((*folders, "old", "older", "again/below", "again"))
    kept, _ = burst._worth_telling(dict.fromkeys(paths, False), left)
    assert kept == (*paths, "old", "older", "again/below")


@pytest.mark.parametrize("is_moved", [False, True])
async def test_a_folder_that_goes_just_after_a_save_is_named(
    tmp_path: Path, is_moved: bool
) -> None:
    root = tmp_path / "root"
    (root / "old").mkdir(parents=True)
    (root / "old" / "a.py").write_text("x = 1\n")
    (root / "old" / "b.py").write_text("x = 1\n")
    (root / "node_modules").mkdir()
    async with watching(root) as bursts:
        (root / "old" / "a.py").write_text("x = 2\n")
        if is_moved:
            (root / "old").rename(tmp_path / "moved")
        else:
            shutil.rmtree(root / "old")
        (root / "node_modules").rmdir()
        seen = await until(bursts, "old")
    # Which of the files are told before their watch ends is for the system to say.
    assert set(seen) <= {"old", "old/a.py", "old/b.py"}


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_the_stream_says_that_its_folder_is_somewhere_else(
    tmp_path: Path, is_replaced: bool
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_text("x = 1\n")
    async with watching(root) as bursts:
        root.rename(tmp_path / "moved")
        if is_replaced:
            root.mkdir()
        (tmp_path / "moved" / "a.py").write_text("x = 2\n")
        with pytest.raises(FileError, match="root was moved") as raised:
            await anext(bursts)
    assert raised.value.next_step


async def test_leaving_ends_every_thread_of_the_watch(tmp_path: Path) -> None:
    def inotify_handles() -> int:
        links = (os.path.realpath(handle) for handle in Path("/proc/self/fd").iterdir())
        return sum("inotify" in link for link in links)

    before = inotify_handles()
    async with watching(tmp_path) as bursts:
        waiting = asyncio.ensure_future(anext(bursts))
        await asyncio.wait({waiting}, timeout=0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert inotify_handles() == before


class RecordingObserver(Observer):
    """An observer that keeps the last handler of each folder."""

    def __init__(self) -> None:
        super().__init__()
        self.handlers: dict[str, FileSystemEventHandler] = {}

    def schedule(self, handler: FileSystemEventHandler, path: str, **options: Any) -> ObservedWatch:
        self.handlers[path] = handler
        return super().schedule(handler, path, **options)


class LimitedObserver(Observer):
    """An observer whose system has no watches left after the first ``left``."""

    def __init__(self, code: int, left: int) -> None:
        super().__init__()
        self._code = code
        self._left = left

    def schedule(self, handler: FileSystemEventHandler, path: str, **options: Any) -> ObservedWatch:
        if self._left == 0:
            raise OSError(self._code, os.strerror(self._code))
        self._left -= 1
        return super().schedule(handler, path, **options)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, "fs.inotify.max_user_watches"),
        (errno.EMFILE, "fs.inotify.max_user_instances"),
        (errno.EACCES, "permission denied"),
    ],
)
async def test_a_system_that_cannot_watch_is_an_error_with_the_next_step(
    tmp_path: Path, code: int, told: str
) -> None:
    watch = WatchdogFileWatch(
        tmp_path, IgnoreRules(tmp_path), observer=lambda: LimitedObserver(code, left=0)
    )
    with pytest.raises(FileError, match=told) as caught:
        async with watch.changes():
            pass
    assert ("sysctl" in caught.value.next_step) == (code != errno.EACCES)


async def test_a_limit_reached_while_watching_ends_the_stream_with_the_next_step(
    tmp_path: Path,
) -> None:
    def observer() -> LimitedObserver:
        return LimitedObserver(errno.ENOSPC, left=1)

    async with WatchdogFileWatch(
        tmp_path, IgnoreRules(tmp_path), observer=observer
    ).changes() as bursts:
        (tmp_path / "new").mkdir()
        with pytest.raises(FileError, match="max_user_watches"):
            async with asyncio.timeout(10):
                await anext(bursts)
