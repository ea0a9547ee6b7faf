"""The command as its user runs it: processes that share a core, die, and leave nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cli.conftest import AFTER, BEFORE, REWRITTEN, git

from tests.e2e.sessions import core_of, polls, runs, slot_of, write_replay

pytestmark = pytest.mark.e2e

# The command with a core that stays for so long: three minutes would outlast the tests.
PROGRAM = """
import sys
from spark_desktop.cli.main import main
from spark_desktop.wiring import open_project

async def project(root, model):
    return await open_project(root, model=model, linger=float(sys.argv[1]))

sys.exit(main(sys.argv[2:], project))
"""
LONG_S = 60.0
SHORT_S = 0.5


@dataclass
class Commands:
    """Starts commands in one folder, with one replay script."""

    folder: Path
    data_dir: Path
    model: str
    linger: float = LONG_S
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, *argv: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.linger), *argv],
            cwd=self.folder,
            env={**os.environ, "SPARK_DATA_DIR": str(self.data_dir)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.started.append(process)
        return process

    def run(self, *argv: str) -> "subprocess.CompletedProcess[bytes]":
        process = self.start(*argv)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def core(self):
        return core_of(self.data_dir, self.model)

    def end(self) -> None:
        for process in self.started:
            with process:
                process.kill()
        if address := self.core():
            with suppress(ProcessLookupError):
                os.kill(address.pid, signal.SIGTERM)
            for _ in polls():
                if not runs(address.pid):
                    return


@pytest.fixture
def commands(folder: Path, tmp_path: Path) -> Iterator[Commands]:
    """Commands with a core that answers from a script; both are ended."""
    model = write_replay(
        tmp_path / "replay.json",
        {"match": "Guard", "text": REWRITTEN},
        {"match": "slowly", "text": "word " * 400, "delay_ms": 50},
        {"match": "", "text": "An answer."},
    )
    made = Commands(folder, tmp_path / "data", model)
    yield made
    made.end()


def test_the_diff_goes_through_a_pipe_into_git_apply(commands, folder):
    run = commands.run("edit", "a.py", "Guard it", "--model", commands.model)
    assert run.returncode == 0, run.stderr.decode()
    git(folder, "apply", data=run.stdout)
    assert (folder / "a.py").read_text() == AFTER


def test_an_applied_change_is_undone_by_another_process(commands, folder):
    commands.run("edit", "a.py", "Guard it", "--apply", "--model", commands.model)
    assert (folder / "a.py").read_text() == AFTER
    assert commands.run("undo").returncode == 0
    assert (folder / "a.py").read_text() == BEFORE


def test_the_next_command_uses_the_core_of_the_last_one(commands):
    assert commands.run("ask", "Why?", "--model", commands.model).stdout == b"An answer.\n"
    first = commands.core()
    assert first is not None
    assert commands.run("ask", "Why?", "--model", commands.model).returncode == 0
    assert commands.core() == first


def test_kill_9_of_one_command_leaves_the_core_to_the_other_until_nobody_uses_it(commands):
    commands.linger = SHORT_S
    killed = commands.start("ask", "Say it slowly.", "--model", commands.model)
    assert killed.stdout is not None
    assert killed.stdout.read(4) == b"word"
    address = commands.core()
    assert address is not None
    other = commands.start("ask", "Why?", "--model", commands.model)
    for _ in polls():
        if slot_of(address)["queued"]:
            break
    killed.kill()
    out, _err = other.communicate(timeout=60)
    assert (other.returncode, out) == (0, b"An answer.\n")
    for _ in polls():
        if not runs(address.pid):
            break
    assert commands.core() is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_frees_the_engine_and_leaves_the_core(commands):
    asked = commands.start("ask", "Say it slowly.", "--model", commands.model)
    assert asked.stdout is not None
    assert asked.stdout.read(4) == b"word"
    asked.send_signal(signal.SIGINT)
    _out, err = asked.communicate(timeout=60)
    assert asked.returncode == 130
    assert b"Traceback" not in err
    address = commands.core()
    assert address is not None
    for _ in polls():
        if slot_of(address)["state"] == "free":
            break


def test_head_ends_the_command_quietly(commands):
    asked = commands.start("ask", "Say it slowly.", "--model", commands.model)
    assert asked.stdout is not None
    assert asked.stdout.read(4) == b"word"
    asked.stdout.close()
    assert asked.stderr is not None
    err = asked.stderr.read()
    assert asked.wait(60) == 0
    assert b"Traceback" not in err
    assert b"Broken" not in err


def test_watch_reports_a_saved_file_as_json_lines(commands, folder):
    watching = commands.start("watch", "--json", "--model", commands.model)
    assert watching.stdout is not None
    assert json.loads(watching.stdout.readline())["event"] == "watching"
    (folder / "b.py").write_text(f"# Guard it AI!\n{BEFORE}")
    seen: list[dict[str, object]] = []
    while not any(record["event"] == "proposal" for record in seen):
        seen.append(json.loads(watching.stdout.readline()))
    assert seen[-1]["path"] == "b.py"


def test_a_core_that_cannot_start_fails_with_its_reason(commands):
    run = commands.run("ask", "Why?", "--model", "no-such-model")
    assert run.returncode == 1
    assert b"no-such-model" in run.stderr


@pytest.mark.parametrize("argv", [["--help"], ["edit", "--help"]])
def test_help_loads_nothing_that_takes_time(argv):
    program = (
        "import sys\nfrom spark_desktop.cli.main import main\n"
        f"try:\n    main({argv!r})\nexcept SystemExit:\n    pass\n"
        "print(' '.join(sys.modules), file=sys.stderr)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = set(told.stderr.decode().split())
    heavy = {"asyncio", "httpx", "tree_sitter", "sqlite3", "psutil", "watchdog", "PySide6"}
    assert not heavy & loaded
    assert told.stdout.startswith(b"usage: spark")
