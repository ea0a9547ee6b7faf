"""A lock for one process."""

import subprocess
import sys
from pathlib import Path

import pytest

from spark_desktop.adapters.process_lock import ProcessLock


def test_only_one_has_it_until_it_is_given_back(tmp_path: Path) -> None:
    one, other = ProcessLock(tmp_path / "lock"), ProcessLock(tmp_path / "lock")
    assert one.acquire()
    assert one.acquire()
    assert not other.acquire()
    one.release()
    one.release()
    assert other.acquire()
    other.release()


def test_the_end_of_its_process_gives_it_back(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from spark_desktop.adapters.process_lock import ProcessLock;"
        "lock = ProcessLock(Path(sys.argv[1])); assert lock.acquire();"
        "print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "up\n"
        mine = ProcessLock(tmp_path / "lock")
        assert not mine.acquire()
        holder.kill()
        holder.wait(60)
        assert mine.acquire()
        mine.release()


def test_a_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="lock"):
        ProcessLock(tmp_path / "gone" / "lock").acquire()
