"""A folder's changes by a worker process: its words, its errors, and its end."""

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest

from spark_desktop.adapters.watch_process import ProcessFileWatch
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.words import Said

WAIT_S = 30.0


def program(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


async def test_changes_are_told_in_bursts_also_those_with_odd_names(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    odd = os.fsdecode(b"caf\xe9.py") if sys.platform == "linux" else "café.py"
    async with asyncio.timeout(WAIT_S), ProcessFileWatch(root).changes() as bursts:
        (root / "a.py").write_text("x\n")
        assert await anext(bursts) == ("a.py",)
        for name in (odd, "with\nbreak.py") if os.name == "posix" else (odd,):
            (root / name).write_text("x\n")
            assert await anext(bursts) == (name,)


async def test_its_process_ends_with_the_stream(tmp_path: Path) -> None:
    async with asyncio.timeout(WAIT_S):
        async with ProcessFileWatch(tmp_path).changes():
            (worker,) = (
                one for one in psutil.Process().children() if "watch_worker" in str(one.cmdline())
            )
        assert not worker.is_running()


async def test_the_errors_are_those_of_the_watch_and_can_be_translated(tmp_path: Path) -> None:
    async with asyncio.timeout(WAIT_S):
        with pytest.raises(FileError, match="absent is not a folder") as caught:
            async with ProcessFileWatch(tmp_path / "absent").changes():
                pass
        error = caught.value
        assert isinstance(error.message, Said)
        assert error.message.template == "{root} is not a folder."
        assert error.next_step == "Open one that exists."
        root = tmp_path / "root"
        root.mkdir()
        async with ProcessFileWatch(root).changes() as bursts:
            root.rmdir()
            with pytest.raises(FileError, match="root was removed"):
                await anext(bursts)


async def test_a_worker_that_ends_says_why(tmp_path: Path) -> None:
    async with asyncio.timeout(WAIT_S):
        dies = program("import sys; print('{\"watching\": true}'); sys.exit('no more room')")
        async with ProcessFileWatch(tmp_path, dies).changes() as bursts:
            with pytest.raises(FileError, match=r"ended: no more room\.") as caught:
                await anext(bursts)
        assert str(tmp_path) in caught.value.message
        assert caught.value.next_step == "Open the folder again."
        silent = program("import os; os._exit(3)")
        with pytest.raises(FileError, match=r"ended: exit code 3\."):
            async with ProcessFileWatch(tmp_path, silent).changes():
                pass


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize(
    ("warning", "told"), [("", "signal 9"), ("warn: x", r"signal 9 \(warn: x\)")]
)
async def test_a_worker_that_was_killed_is_said_to_be(
    tmp_path: Path, warning: str, told: str
) -> None:
    code = (
        f"import os, sys; print({warning!r}, file=sys.stderr, flush=True); os.kill(os.getpid(), 9)"
    )
    async with asyncio.timeout(WAIT_S):
        with pytest.raises(FileError, match=rf"ended: killed by {told}\."):
            async with ProcessFileWatch(tmp_path, program(code)).changes():
                pass


async def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    nothing = (str(tmp_path / "nothing"),)
    with pytest.raises(FileError, match="ended: No such file"):
        async with ProcessFileWatch(tmp_path, nothing).changes():
            pass


async def test_what_a_library_prints_is_passed_over(tmp_path: Path) -> None:
    noisy = program(
        "for line in ('a warning', '5', '{\"watching\": true}', '[\"error\"]', 'null', 'more',\n"
        '             \'{"changed": ["a.py"]}\'):\n'
        "    print(line, flush=True)\n"
        "input()\n"
    )
    async with asyncio.timeout(WAIT_S), ProcessFileWatch(tmp_path, noisy).changes() as bursts:
        assert await anext(bursts) == ("a.py",)
