"""Commands in a folder that is gone or has an odd name, and with streams that are closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spark_desktop.domain.errors import FileError
from spark_desktop.wiring import open_project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows none of these")
# Notes which of its streams are the null device, and ends with the command's code.
PROGRAM = """
import os, sys
from spark_desktop.cli.main import main
code = main(sys.argv[2:])
null = os.stat(os.devnull)
with open(sys.argv[1], "w") as told:
    told.write(str([os.path.samestat(os.fstat(number), null) for number in range(3)]))
sys.exit(code)
"""


@pytest.mark.parametrize(
    "argv",
    [
        ("run", "true"),
        ("run", "--folder", "..", "true"),
        ("edit", "a.py", "Guard it"),
        ("ask", "Why?"),
        ("watch",),
        ("undo",),
        ("history",),
        ("threads",),
        ("lab",),
    ],
)
def test_a_current_folder_that_was_removed_is_said(spark, folder, monkeypatch, argv):
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    run = spark(*argv)
    assert (run.code, run.out, spark.opened) == (2, b"", [])
    assert "spark: There is no current folder: No such file or directory." in run.err


def test_a_folder_that_is_named_needs_no_current_one(spark, folder, monkeypatch):
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    run = spark("run", "--folder", str(folder), "pwd")
    assert (run.code, run.text) == (0, f"{folder}\n")


def odd_folder(parent: Path) -> Path:
    """Return a folder whose name is not UTF-8."""
    odd = parent / os.fsdecode(b"caf\xe9")
    try:
        odd.mkdir()
    except OSError:
        pytest.skip("this file system has no such names")
    return odd


async def test_a_project_whose_path_is_not_utf_8_is_refused_with_a_next_step(tmp_path):
    inner = odd_folder(tmp_path) / "project"
    inner.mkdir()
    with pytest.raises(FileError, match=r"caf\?/project is not UTF-8") as refused:
        await open_project(inner, data_dir=tmp_path / "data")
    assert "question mark" in refused.value.next_step
    assert not (tmp_path / "data").exists()


def test_a_command_in_a_folder_whose_name_is_not_utf_8_keeps_its_exit_code(tmp_path):
    done = spark_process(tmp_path, "", "run", "--", "sh", "-c", "exit 42", cwd=odd_folder(tmp_path))
    assert done.returncode == 42
    assert b"caf? is not UTF-8" in done.stderr


@pytest.mark.parametrize(
    ("closed", "out"),
    [(">&-", b""), ("2>&-", b"out\n"), ("<&-", b"out\n"), ("<&- >&- 2>&-", b"")],
)
def test_a_stream_that_is_closed_does_not_end_the_command(tmp_path, closed, out):
    done = spark_process(
        tmp_path, closed, "run", "--", "sh", "-c", "echo out; echo err >&2; exit 3"
    )
    assert done.returncode == 3
    assert done.stdout == out
    assert b"Traceback" not in done.stderr


def test_no_other_file_gets_the_number_of_a_closed_stream(tmp_path):
    spark_process(tmp_path, ">&- 2>&- <&-", "run", "true")
    assert (tmp_path / "told").read_text() == "[True, True, True]"


def spark_process(
    place: Path, closed: str, *argv: str, cwd: Path | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Run the command as a process of its own, with some of its streams closed."""
    words = [sys.executable, "-c", PROGRAM, str(place / "told"), *argv]
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *words],
        cwd=cwd or place,
        env={
            **os.environ,
            "SPARK_DATA_DIR": str(place / "data"),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        timeout=60,
        check=False,
    )
