"""Real saves and real git switches, from the disk to the entry."""

import asyncio
import subprocess
from pathlib import Path

import pytest
from fakes import MemoryFiles
from worlds import World, build

from spark_desktop.adapters.file_store import LocalFileStore
from spark_desktop.adapters.file_watch import WatchdogFileWatch
from spark_desktop.adapters.git_commits import GitCommits
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.events import SaveSettled
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome
from spark_desktop.services.inbox import Inbox

STUB = "def one():\n    pass\n"


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose branch ``other`` has stubs in 300 files, and one of them in ``few``."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "")
    root = tmp_path / "project"
    for number in range(300):
        file = root / f"part_{number % 7}" / f"{number}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x = 1\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "first")
    git(root, "checkout", "-q", "-b", "few")
    (root / "part_0" / "0.py").write_text(STUB)
    git(root, "commit", "-q", "-a", "-m", "few")
    git(root, "checkout", "-q", "-b", "other")
    for file in root.glob("part_*/*.py"):
        file.write_text("y = 2\n" + STUB)
    (root / "part_1" / "1.py").unlink()
    git(root, "commit", "-q", "-a", "-m", "other")
    git(root, "checkout", "-q", "main")
    return root


async def entry_after(root: Path, *arguments: str) -> tuple[World, InboxEntry]:
    """Switch while the folder is watched; return the world, and the first entry there is."""
    world = build(MemoryFiles())
    rules = IgnoreRules(root)
    inbox = Inbox(
        LocalFileStore(root, rules),
        WatchdogFileWatch(root, rules),
        world.inbox._syntax,
        world.turns,
        world.review,
        world.seen_bus,
    )
    inbox.seen.commits = GitCommits(root)
    opened, told = asyncio.Event(), asyncio.Event()
    world.seen_bus.subscribe(SaveSettled, lambda _event: told.set())
    world.scope.start("inbox", inbox.run(opened.set))
    async with asyncio.timeout(20):
        await opened.wait()
        await asyncio.to_thread(git, root, *arguments)
        await told.wait()
    await world.scope.close()
    await world.turns.close()
    await world.chat.close()
    entries = [event.entry for event in world.seen.of(SaveSettled)]
    assert len(entries) == 1
    return world, entries[0]


async def test_a_switch_of_hundreds_of_files_is_one_entry_with_each_of_them(project: Path) -> None:
    world, entry = await entry_after(project, "checkout", "-q", "other")
    assert len(entry.paths) == len(set(entry.paths)) == 300
    assert entry.reason == "Branch switched: 300 files changed; nothing proposed."
    assert world.turns.proposals() == ()


async def test_a_switch_of_one_file_is_no_save(project: Path) -> None:
    world, entry = await entry_after(project, "checkout", "-q", "few")
    assert entry.reason == "Branch switched: 1 file changed; nothing proposed."
    assert entry.outcome is Outcome.IGNORED
    assert world.turns.proposals() == ()
